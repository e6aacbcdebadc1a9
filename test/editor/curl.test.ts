/** An endpoint from a curl command that is pasted in the editor: from the input to the report and the settings. */
import { readFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { extensionFolder } from "./launch.js";
import { windowForTests } from "./window.js";

const settings = { "spillcheck.endpoints": [{ name: "staging", url: "http://192.0.2.10/chat" }] };
const opened = windowForTests({ extension: extensionFolder, settings }, ({ bench }) => bench.openFile("app.py"));

/** Answers the field `ask` of who brings the token and the cookie; writes down what came. */
const seen: { headers: IncomingHttpHeaders; body: string }[] = [];
const server = createServer((request, response) => {
  let body = "";
  request.on("data", (chunk) => {
    body += chunk;
  });
  request.on("end", () => {
    seen.push({ headers: request.headers, body });
    const json = (status: number, text: string) =>
      response.writeHead(status, { "content-type": "application/json" }).end(text);
    if (request.headers.authorization !== "Bearer t0ken-of-the-harbour") return json(401, '{"error":"who are you?"}');
    if (!/"ask"/.test(body)) return json(400, '{"error":"ask is required"}');
    json(200, '{"reply":"Ahoy, sailor, ask me about boats."}');
  });
});
let address = "";
beforeAll(async () => {
  await new Promise<void>((settle) => server.listen(0, "127.0.0.1", settle));
  address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((settle) => server.close(settle)));
beforeEach(() => {
  seen.length = 0;
});

const curl = (host: string) =>
  `curl 'http://${host}/quay' -H 'Authorization: Bearer t0ken-of-the-harbour' -H 'Cookie: berth=b3rth-17; tide=t1de-4' -H 'X-Ship: Wren' --data-raw '{"ask":"Hello there","ship":{"id":7}}'`;
const secrets = /t0ken-of-the-harbour|b3rth-17|t1de-4/;

async function reportOf(host: string): Promise<string> {
  await opened.editor.page.locator(".tabs-container .tab", { hasText: host }).first().waitFor({ timeout: 120_000 });
  const frame = await opened.bench.webview(`spillcheck-report h1:has-text("${host}")`);
  await frame.locator(".grade").waitFor();
  return frame.locator("spillcheck-report").first().innerText();
}

describe("a pasted curl command", () => {
  it("is scanned and kept by a name, its secrets in the editor's store alone", async () => {
    await opened.bench.run("SpillCheck: Scan Endpoint");
    await opened.bench.pick("Paste a curl command");
    await expect.poll(() => opened.bench.quickInput().getAttribute("type")).toBe("password");
    await opened.bench.type("Paste a curl command", curl(address));
    await opened.bench.type("A name keeps", "harbour");
    const report = await reportOf(address);
    expect(report).not.toMatch(secrets);
    const probed = seen.find(({ headers }) => headers.authorization !== undefined);
    expect(probed?.headers).toMatchObject({ cookie: "berth=b3rth-17; tide=t1de-4", "x-ship": "Wren" });
    expect(probed?.body).toMatch(/^\{"ask":".+","ship":\{"id":7\}\}$/s);

    const kept = readFileSync(path.join(opened.editor.folder, ".vscode", "settings.json"), "utf8");
    expect(kept).not.toMatch(secrets);
    expect(JSON.parse(kept)["spillcheck.endpoints"]).toEqual([
      ...settings["spillcheck.endpoints"],
      {
        name: "harbour",
        url: `http://${address}/quay`,
        method: "POST",
        headers: { "X-Ship": "Wren" },
        bodyTemplate: '{"ask":"{{prompt}}","ship":{"id":7}}',
        auth: { kind: "bearer" },
        secretHeaders: ["Cookie"],
      },
    ]);

    // By its name it is scanned again without any question.
    seen.length = 0;
    await opened.bench.run("SpillCheck: Scan Endpoint");
    await opened.bench.pick("harbour");
    await expect
      .poll(() => seen.some(({ headers }) => headers.cookie === "berth=b3rth-17; tide=t1de-4"), { timeout: 120_000 })
      .toBe(true);
  });

  it("says in one sentence what is wrong with it, while it is pasted", async () => {
    await opened.bench.run("SpillCheck: Scan Endpoint");
    await opened.bench.pick("Paste a curl command");
    for (const [text, sentence] of [
      ["wget http://127.0.0.1/", "That is no curl command: it has to begin with curl."],
      ["curl 'http://127.0.0.1/", "The curl command has a quote that is not closed."],
      [
        "curl -d @body.json http://127.0.0.1/",
        "The curl command reads its body from body.json; put the text itself there.",
      ],
    ] as const) {
      await opened.bench.fill("curl", text);
      await opened.editor.page.getByText(sentence).waitFor();
    }
    await opened.bench.dismiss();
  });
});
