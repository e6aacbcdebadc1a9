/** The page as the editor's webview has it: data by message, actions sent to the host, state kept by the host. */
import path from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type HostMessage, pageMessageSchema, pageStateSchema } from "../../client/report/protocol.js";
import { renderWebviewShell } from "../../server/report/html.js";
import { reportData } from "../../server/report/scan-guides.js";
import { assets, launch, screenshots, until } from "./browser.js";
import { earlier, history, hostile, ordinary } from "./sample.js";

const ORIGIN = "http://webview.example";

/** What the editor gives a page before its own scripts run: its interface, theme variables, and the kind of theme. */
const editorScript = (theme: Theme, state: unknown) => `
  window.sent = []; window.kept = ${JSON.stringify(state ?? null)};
  window.acquireVsCodeApi = () => ({ postMessage: (m) => sent.push(m), getState: () => kept ?? undefined, setState: (s) => { kept = s; } });
  document.addEventListener("DOMContentLoaded", () => {
    document.body.classList.add(${JSON.stringify(theme.kind)});
    for (const [name, value] of Object.entries(${JSON.stringify(theme.colors)})) document.documentElement.style.setProperty("--vscode-" + name, value);
  });`;

interface Theme {
  kind: "vscode-light" | "vscode-dark" | "vscode-high-contrast";
  colors: Record<string, string>;
}

/** The colours that matter here of the editor's own default themes. */
const DARK: Theme = {
  kind: "vscode-dark",
  colors: {
    "editor-background": "#1f1f1f",
    "sideBar-background": "#181818",
    foreground: "#cccccc",
    descriptionForeground: "#9d9d9d",
    "panel-border": "#2b2b2b",
    "textLink-foreground": "#4daafc",
    focusBorder: "#0078d4",
    "textCodeBlock-background": "#2b2b2b",
    "list-hoverBackground": "#2a2d2e",
    "button-background": "#0078d4",
    "button-foreground": "#ffffff",
    "button-secondaryBackground": "#313131",
    "button-secondaryForeground": "#cccccc",
    "font-family": "system-ui, sans-serif",
    "font-size": "13px",
    "editor-font-family": "monospace",
    "editor-font-size": "13px",
  },
};
const CONTRAST: Theme = {
  kind: "vscode-high-contrast",
  colors: {
    ...DARK.colors,
    "editor-background": "#000000",
    foreground: "#ffffff",
    descriptionForeground: "#ffffff",
    contrastBorder: "#6fc3df",
    "panel-border": "#6fc3df",
    "textLink-foreground": "#21a6ff",
    focusBorder: "#f38518",
    "textCodeBlock-background": "#000000",
    "button-background": "#000000",
    "button-secondaryBackground": "#000000",
    "button-secondaryForeground": "#ffffff",
    "button-border": "#6fc3df",
  },
};

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

async function open(state?: unknown, theme = DARK, width = 900) {
  const context = await browser.newContext({ viewport: { width, height: 900 } });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  const { script, style } = await assets();
  const html = renderWebviewShell({
    script: `${ORIGIN}/page.js`,
    style: `${ORIGIN}/page.css`,
    source: ORIGIN,
    nonce: "0123456789abcdef0123456789abcdef",
  });
  await page.route(`${ORIGIN}/**`, (route) => {
    const name = new URL(route.request().url()).pathname;
    if (name === "/") return route.fulfill({ contentType: "text/html", body: html });
    if (name === "/page.js") return route.fulfill({ contentType: "text/javascript", body: script });
    if (name === "/page.css") return route.fulfill({ contentType: "text/css", body: style });
    return route.fulfill({ status: 204 });
  });
  await page.addInitScript(editorScript(theme, state));
  await page.goto(`${ORIGIN}/`);
  return { page, complaints, close: () => context.close() };
}

const post = (page: Page, message: unknown) => page.evaluate(`postMessage(${JSON.stringify(message)}, "*")`);
const show = (page: Page, message: HostMessage) => post(page, message);
const sent = async (page: Page) =>
  (await page.evaluate<unknown[]>("sent")).map((message) => pageMessageSchema.parse(message));
const kept = async (page: Page) => pageStateSchema.parse(await page.evaluate<unknown>("kept"));
const full = () => reportData(ordinary(), { key: "scan-7", previous: earlier(), history: history() });

describe("the report in the editor", () => {
  it("asks for its report, shows it, and sends what the user wants", async () => {
    const { page, complaints, close } = await open();
    await until(page, "sent.length === 1");
    expect(await sent(page)).toEqual([{ type: "ready", key: undefined }]);
    expect(await page.getByRole("main").innerText()).toContain("Waiting for the report");
    await show(page, { type: "show", data: full() });
    await page.getByRole("img", { name: "Grade D, score 58 out of 100" }).waitFor();
    await page.screenshot({ path: path.join(screenshots, "webview-dark.png"), fullPage: true });
    await page.getByRole("button", { name: /critical The system prompt comes out/ }).click();
    await page.getByRole("button", { name: "views.py:42" }).click();
    await page.getByRole("button", { name: "scan/system-prompt-leak" }).click();
    await page.getByRole("button", { name: "Scan again" }).click();
    await page.getByRole("button", { name: "HTML", exact: true }).click();
    await page.getByRole("button", { name: "Print or PDF" }).click();
    await page.getByRole("button", { name: "Copy code for Flask" }).first().click();
    const [, ...actions] = await sent(page);
    expect(actions.slice(0, 5)).toEqual([
      { type: "openSource", uri: "shop/views.py", line: 42 },
      { type: "openRule", id: "system-prompt-leak" },
      { type: "rescan" },
      { type: "export", format: "html" },
      { type: "export", format: "print" },
    ]);
    expect(actions[5]).toMatchObject({ type: "copy", what: "the Flask code" });
    expect(complaints).toEqual([]);
    await close();
  });

  it("keeps its state with the host and takes it up again", async () => {
    const first = await open();
    await show(first.page, { type: "show", data: full() });
    await first.page.getByRole("searchbox", { name: "Search findings" }).fill("prompt");
    await first.page.getByRole("button", { name: /critical The system prompt comes out/ }).click();
    const state = await kept(first.page);
    expect(state).toMatchObject({ key: "scan-7", text: "prompt" });
    await first.close();

    const second = await open(state);
    await until(second.page, "sent.length === 1");
    expect(await sent(second.page)).toEqual([{ type: "ready", key: "scan-7" }]);
    await show(second.page, { type: "show", data: full() });
    await second.page.getByRole("heading", { level: 1 }).waitFor();
    expect(await second.page.getByRole("searchbox", { name: "Search findings" }).inputValue()).toBe("prompt");
    expect(await second.page.locator(".finding.open").count()).toBe(2);
    await show(second.page, { type: "show", data: { ...full(), key: "scan-8" } });
    await until(second.page, "kept.key === 'scan-8'");
    expect(await kept(second.page)).toMatchObject({ text: "", expanded: [expect.any(String)] });
    await second.close();
  });

  it("reveals a finding that the filters hide", async () => {
    const { page, close } = await open();
    await show(page, { type: "show", data: full() });
    await page.getByRole("searchbox", { name: "Search findings" }).fill("nothing has this");
    await show(page, { type: "reveal", id: "model-disclosure" });
    await until(page, "document.activeElement.textContent.includes('The model names itself')");
    expect(await page.getByRole("searchbox", { name: "Search findings" }).inputValue()).toBe("");
    await close();
  });

  it("says the host's notices, errors until they are dismissed", async () => {
    const { page, close } = await open();
    await show(page, { type: "notice", level: "error", text: "This scan is no longer kept." });
    await until(page, "document.querySelector('[role=status]')?.textContent === 'This scan is no longer kept.'");
    await page.getByRole("button", { name: "Dismiss" }).click();
    expect(await page.locator(".notice").count()).toBe(0);
    await close();
  });

  it("reports a message that it cannot read, and goes on", async () => {
    const { page, close } = await open();
    await post(page, { type: "show", data: { key: 3 } });
    await until(page, "sent.length === 2");
    expect((await sent(page))[1]).toMatchObject({ type: "problem" });
    await show(page, { type: "show", data: full() });
    await page.getByRole("heading", { level: 1 }).waitFor();
    await close();
  });

  it("shows hostile contents without a complaint, in high contrast and a narrow panel", async () => {
    const { page, complaints, close } = await open(undefined, CONTRAST, 320);
    await show(page, { type: "show", data: reportData(hostile(), { key: "x" }) });
    await page.getByRole("heading", { level: 1 }).waitFor();
    expect(
      await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"),
    ).toBeLessThanOrEqual(0);
    await page.screenshot({ path: path.join(screenshots, "webview-contrast-narrow.png"), fullPage: true });
    await show(page, { type: "show", data: full() });
    await page.getByRole("img", { name: /Grade D/ }).waitFor();
    await page.setViewportSize({ width: 1000, height: 900 });
    await page.screenshot({ path: path.join(screenshots, "webview-contrast.png"), fullPage: true });
    expect(complaints).toEqual([]);
    await close();
  });
});
