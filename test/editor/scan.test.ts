/** The live scan in the editor, against the practice lab: from the command to the report. */
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import type { Frame } from "playwright-core";
import { describe, expect, it } from "vitest";
import { extensionFolder } from "./launch.js";
import { windowForTests } from "./window.js";

/** An address that is set aside for documentation: nothing is there, and nothing is sent there. */
const settings = { "spillcheck.endpoints": [{ name: "staging", url: "http://192.0.2.10/chat" }] };
const opened = windowForTests({ extension: extensionFolder, settings }, ({ bench }) => bench.openFile("app.py"));

const report = () => opened.bench.webview("spillcheck-report h1");
/** The report of the lab, which is scanned where a test before did not: in the window of a second try. */
async function labReport(): Promise<Frame> {
  const tab = opened.editor.page.locator(".tabs-container .tab", { hasText: "Scan: 127.0.0.1" });
  if ((await tab.count()) === 0) await opened.bench.run("SpillCheck: Start Lab and Scan It");
  const frame = await report();
  await frame.locator(".grade").waitFor();
  return frame;
}
/** The text of the report, its components' inside included. */
const textOf = async (frame: Frame) =>
  (await frame.locator("spillcheck-report").first().innerText()).replace(/\s+/g, " ");

describe("SpillCheck: Start Lab and Scan It", () => {
  it("ends in a graded report beside the code", async () => {
    await opened.bench.run("SpillCheck: Start Lab and Scan It");
    const frame = await report();
    await frame.locator(".grade").waitFor();
    await frame.locator(".finding", { hasText: "system-prompt-leak" }).first().waitFor();
    expect(await textOf(frame)).toMatch(/Scan of http:\/\/127\.0\.0\.1:\d+\//);
    await frame.locator(".grade-F, .grade-D").waitFor();
    await opened.bench.picture("report-beside-code");
  });

  it("can be read and clicked: findings open, filters filter, keys work", async () => {
    const frame = await labReport();
    await opened.bench.run("View: Toggle Maximize Editor Group");
    const heads = frame.locator(".finding-head");
    const all = await heads.count();
    expect(all).toBeGreaterThan(5);
    const leak = frame.locator(".finding", { hasText: "system-prompt-leak" }).first();
    await leak.locator(".finding-head").click();
    await leak.locator(".finding-body").waitFor();
    expect(await leak.locator(".finding-body").innerText()).toMatch(/Flask|remed|mend/i);
    await opened.bench.picture("report-finding");
    await leak.locator(".finding-head").press("Enter");
    await leak.locator(".finding-body").waitFor({ state: "hidden" });
    await leak.locator(".finding-head").press("ArrowDown");
    const focused = () =>
      frame.evaluate<string>("(document.activeElement?.shadowRoot?.activeElement ?? document.activeElement).id");
    expect(await focused()).not.toBe(await leak.locator(".finding-head").getAttribute("id"));
    const search = frame.locator("[role=search] input").first();
    await search.fill("no finding says this");
    await frame.getByText("No finding matches these filters.").waitFor();
    await frame.getByRole("button", { name: "Clear filters" }).click();
    await expect.poll(() => heads.count()).toBe(all);
  });

  it("opens the page of a finding's id", async () => {
    const frame = await labReport();
    const leak = frame.locator(".finding", { hasText: "system-prompt-leak" }).first();
    if (!(await leak.locator(".finding-body").isVisible())) await leak.locator(".finding-head").click();
    await leak.locator(".finding-body button.mono").first().click();
    await opened.editor.page.locator(".tabs-container .tab", { hasText: "system-prompt-leak" }).waitFor();
    await opened.bench.run("View: Close Editor");
  });

  it("has a strict content security policy and loads nothing from elsewhere", async () => {
    const frame = await labReport();
    const policy = await frame.locator("meta[http-equiv=Content-Security-Policy]").getAttribute("content");
    expect(policy).toMatch(/default-src 'none'/);
    expect(policy).toMatch(/script-src 'nonce-[0-9a-f]{32,}'/);
    expect(policy).not.toContain("unsafe");
  });

  for (const [name, theme, mark] of [
    ["dark", "Default Dark Modern", ".vs-dark"],
    ["high-contrast", "Default High Contrast", ".hc-black"],
    ["light", "Default Light Modern", ".vs"],
  ] as const) {
    it(`follows the ${name} theme`, async () => {
      const frame = await labReport();
      opened.editor.configure({ ...settings, "workbench.colorTheme": theme });
      await opened.editor.page.locator(`.monaco-workbench${mark}`).waitFor();
      const background = () =>
        frame.evaluate<string>(
          "getComputedStyle(document.documentElement).getPropertyValue('--vscode-editor-background')",
        );
      const expected = { dark: /^#1|^#0|^#2/, "high-contrast": /^#0+$/, light: /^#f/i }[name];
      await expect.poll(background).toMatch(expected);
      await opened.bench.picture(`report-in-editor-${name}`);
    });
  }

  it("is there again after the window was reloaded", async () => {
    await labReport();
    await opened.editor.page.reload();
    await opened.editor.page
      .locator(".tabs-container .tab", { hasText: "Scan: 127.0.0.1" })
      .waitFor({ timeout: 120_000 });
    const frame = await report();
    await frame.locator(".finding", { hasText: "system-prompt-leak" }).first().waitFor();
  });
});

describe("SpillCheck: Scan Endpoint", () => {
  it("says in one sentence what is wrong with an endpoint that is down", async () => {
    const server = createServer();
    await new Promise<void>((settle) => server.listen(0, "127.0.0.1", settle));
    const { port } = server.address() as AddressInfo;
    await new Promise((settle) => server.close(settle));
    await opened.bench.run("SpillCheck: Scan Endpoint");
    await opened.bench.pick("Type an address");
    await opened.bench.type("Address of the endpoint", `http://127.0.0.1:${port}/chat`);
    await opened.bench.pick("None");
    const message = await opened.bench.notification(String(port));
    const text = (await message.textContent()) ?? "";
    expect(text).not.toMatch(/\bat .*\.js|Error:|undefined/);
    expect(text).toMatch(/127\.0\.0\.1:\d+/);
  });

  it("shows one exchange before, and scans when told to", async () => {
    const server = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk) => {
        body += chunk;
      });
      request.on("end", () => {
        const known = body.includes('"message"');
        response
          .writeHead(known ? 200 : 400, { "content-type": "application/json" })
          .end(known ? '{"reply":"Ahoy, sailor, ask me about boats."}' : '{"error":"message is required"}');
      });
    });
    await new Promise<void>((settle) => server.listen(0, "127.0.0.1", settle));
    const { port } = server.address() as AddressInfo;
    try {
      await opened.bench.run("SpillCheck: Ping Endpoint");
      await opened.bench.pick("Type an address");
      await opened.bench.type("Address of the endpoint", `http://127.0.0.1:${port}/chat`);
      await opened.bench.pick("None");
      const dialog = opened.editor.page.locator(".monaco-dialog-box");
      await dialog.waitFor();
      const text = await dialog.innerText();
      expect(text).toContain("Ahoy, sailor, ask me about boats.");
      expect(text).toContain('field "message"');
      await opened.bench.picture("ping");
      await dialog.getByRole("button", { name: "Scan" }).click();
      await opened.editor.page
        .locator(".tabs-container .tab", { hasText: `127.0.0.1:${port}` })
        .waitFor({ timeout: 120_000 });
      // The report takes the focus when it is there; until then a quick input would be closed by it.
      await (await report()).locator(".grade").waitFor();
    } finally {
      await new Promise((settle) => server.close(settle));
    }
  });

  it("refuses what is no address while it is typed", async () => {
    await opened.bench.run("SpillCheck: Scan Endpoint");
    await opened.bench.pick("Type an address");
    await opened.bench.fill("Address of the endpoint", "not an address");
    await opened.editor.page.getByText("Type an address that begins with http:// or https://.").waitFor();
  });

  it("asks before it scans what is not on this machine, and sends nothing when told no", async () => {
    await opened.bench.run("SpillCheck: Scan Endpoint");
    await opened.bench.pick("staging");
    const dialog = opened.editor.page.locator(".monaco-dialog-box");
    await dialog.waitFor();
    const text = await dialog.innerText();
    expect(text).toContain("192.0.2.10");
    expect(text).toMatch(/at most \d+ requests/);
    await opened.bench.picture("consent");
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await dialog.waitFor({ state: "hidden" });
    expect(await opened.editor.page.locator(".tabs-container .tab", { hasText: "192.0.2.10" }).count()).toBe(0);
  });

  it("offers the endpoint that a settings file describes", async () => {
    writeFileSync(path.join(opened.editor.folder, ".spillcheck.yaml"), "scan:\n  url: http://127.0.0.1:9/described\n");
    const offered = async () => {
      await opened.bench.run("SpillCheck: Scan Endpoint");
      await opened.bench.rows().filter({ hasText: "Type an address" }).waitFor();
      const count = await opened.bench.rows().filter({ hasText: "127.0.0.1:9/described" }).count();
      await opened.bench.dismiss();
      return count;
    };
    // Until the server has heard of the file it is not there.
    await expect.poll(offered, { timeout: 120_000 }).toBe(1);
  });

  it("says why an endpoint with a secret in its headers is not offered", async () => {
    const endpoint = { name: "careless", url: "http://192.0.2.11/chat", headers: { Authorization: "Bearer abc-123" } };
    opened.editor.configure({ "spillcheck.endpoints": [...settings["spillcheck.endpoints"], endpoint] });
    await opened.bench.run("SpillCheck: Scan Endpoint");
    await opened.bench.rows().filter({ hasText: "staging" }).waitFor();
    const text = (await (await opened.bench.notification("careless")).textContent()) ?? "";
    expect(text).toContain("careless: headers holds a secret in Authorization");
    expect(text).not.toContain("abc-123");
    expect(await opened.bench.rows().filter({ hasText: "careless" }).count()).toBe(0);
    await opened.bench.dismiss();
    opened.editor.configure(settings);
  });

  it("asks for a secret without showing it, and keeps it out of every file", async () => {
    const seen: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(200, { "content-type": "application/json" }).end('{"reply":"Hello."}');
    });
    await new Promise<void>((settle) => server.listen(0, "127.0.0.1", settle));
    const { port } = server.address() as AddressInfo;
    try {
      await opened.bench.run("SpillCheck: Scan Endpoint");
      await opened.bench.pick("Type an address");
      await opened.bench.type("Address of the endpoint", `http://127.0.0.1:${port}/chat`);
      await opened.bench.pick("Bearer token");
      // The list gives way to the input a moment later; it never shows what is typed.
      await expect.poll(() => opened.bench.quickInput().getAttribute("type")).toBe("password");
      await opened.bench.type("Bearer token for", "s3cret-of-the-test");
      await opened.editor.page
        .locator(".tabs-container .tab", { hasText: `127.0.0.1:${port}` })
        .waitFor({ timeout: 120_000 });
      // The report takes the focus when it is there; until then a quick input would be closed by it.
      await (await report()).locator(".grade").waitFor();
      expect(seen).toContain("Bearer s3cret-of-the-test");
      const frame = await opened.bench.webview(`spillcheck-report h1:has-text("${port}")`);
      expect(await textOf(frame)).not.toContain("s3cret-of-the-test");
    } finally {
      await new Promise((settle) => server.close(settle));
    }
  });
});
