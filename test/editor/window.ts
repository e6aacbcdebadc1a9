/** The window that the tests of a file share, and what becomes of it when a test fails. */
import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import { type Editor, startEditor } from "./launch.js";
import { Workbench } from "./workbench.js";

export interface TestWindow {
  /** The editor; there once the tests run. */
  readonly editor: Editor;
  readonly bench: Workbench;
}

/**
 * Opens a window for the tests of the file that calls this, in their order; after each, what it left open is dismissed.
 *
 * The configuration lets a test that failed be tried once more. That try has a window, a server and a workspace of its own,
 * made ready as the first ones were, so that it starts where the file starts; a test that goes on from the one before it has to
 * look whether that one's work is there. The suite's last lines name every test that needed its second try.
 *
 * @param options of the editor; a function where they take work to find out
 * @param ready what is done in every new window before a test
 */
export function windowForTests(
  options: Parameters<typeof startEditor>[0] | (() => Parameters<typeof startEditor>[0]),
  ready: (window: TestWindow) => Promise<void> = async () => {},
): TestWindow {
  let editor: Editor | undefined;
  let bench: Workbench | undefined;
  const there = <T>(value: T | undefined): T => {
    if (value === undefined) throw new Error("The window is not open.");
    return value;
  };
  const window: TestWindow = {
    get editor() {
      return there(editor);
    },
    get bench() {
      return there(bench);
    },
  };
  const open = async () => {
    editor = await startEditor(typeof options === "function" ? options() : options);
    bench = new Workbench(editor.page);
    await ready(window);
  };
  const close = async () => {
    const open = editor;
    editor = undefined;
    bench = undefined;
    await open?.close();
  };
  beforeAll(open);
  beforeEach(async ({ task }) => {
    if ((task.result?.retryCount ?? 0) === 0) return;
    await close();
    await open();
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === "fail") await bench?.picture(`failed-${task.name.replace(/\W+/g, "-")}`);
    await bench?.dismiss();
  });
  afterAll(close);
  return window;
}
