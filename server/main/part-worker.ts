/** Inside a worker thread: looks at one part of a project for the thread that checks it. */
import type { MessagePort } from "node:worker_threads";
import type { Cancel } from "../analysis/engine-api.js";
import type { Finding } from "../analysis/finding.js";
import type { Part } from "../analysis/part.js";
import type { PartOutcome } from "../project/check-parts.js";
import { createFileHost, type FileHost } from "../project/host.js";
import { openPart } from "./engine.js";
import type { PlainInput, Reply, Request } from "./part-messages.js";

/** Answers requests, one after the other, until the port is closed. */
export function servePart(port: MessagePort): void {
  let work: Work | undefined;
  const say = (reply: Reply): void => port.postMessage(reply);
  const answer = async (request: Request): Promise<unknown> => {
    if (request.call === "begin") {
      work?.part.dispose();
      work = await begin(request);
      return undefined;
    }
    if (!work) throw new Error("nothing was begun");
    const { part, cancel } = work;
    if (request.call === "scope") return part.scope(cancel);
    if (request.call === "modules") return part.modules(request.scope, request.alone, cancel);
    if (request.call === "functions")
      return part.functions(request.registered, cancel, (done, total) => say({ kind: "progress", done, total }));
    if (request.call === "judge") return part.judge(request.all);
    const outcome: PartOutcome = {
      findings: [...part.write(request.files, request.chosen, cancel), ...work.further()],
      notes: part.notes(),
      overview: part.overview(),
      unreadable: work.host.unreadable(),
    };
    part.dispose();
    // The thread may stay for the next check, what it knows of this one need not.
    work = undefined;
    return outcome;
  };
  port.on("message", (request: Request) => {
    answer(request).then(
      (value) => say({ kind: "value", value }),
      (error: unknown) => say({ kind: "error", message: error instanceof Error ? error.message : String(error) }),
    );
  });
}

interface Work {
  part: Part;
  host: FileHost;
  cancel: Cancel;
  /** Findings that no part's engine makes. */
  further(): Finding[];
}

async function begin(request: Extract<Request, { call: "begin" }>): Promise<Work> {
  const { input, cancelled, part, parts } = request;
  const host = createFileHost(input.files);
  const engineInput = engineInputOf(input, host);
  const opened = await openPart(engineInput, part, parts, input.open);
  return {
    ...opened,
    host,
    cancel: {
      get cancelled() {
        return Atomics.load(cancelled, 0) === 1;
      },
    },
  };
}

function engineInputOf(input: PlainInput, host: FileHost) {
  const at = new Map(input.files.map((file, i) => [file, i]));
  const of = <T>(list: readonly T[], file: string): T | undefined => list[at.get(file) ?? -1];
  return {
    host,
    root: input.root,
    settings: (file: string) => of(input.settings, file) ?? input.otherwise,
    models: (file: string) => of(input.models, file) ?? [],
    rules: (file: string) => of(input.rules, file) ?? [],
  };
}
