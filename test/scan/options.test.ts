import { generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { planScan, runScan, type ScanOptionsInput } from "../../server/scan/index.js";
import { findingIds, jsonChat, serve, type TestEndpoint } from "./endpoints.js";

const open: TestEndpoint[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((endpoint) => endpoint.close()));
});

const url = "http://127.0.0.1:9/chat";
const pem = (name: string) => readFileSync(path.join(__dirname, "../fixtures/tls", name), "utf8");
const locked = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({
  type: "pkcs8",
  format: "pem",
  cipher: "aes-256-cbc",
  passphrase: "x",
});

describe("options that would make a scan mean nothing", () => {
  it.each<[string, Partial<ScanOptionsInput>, RegExp]>([
    ["an empty address", { url: "  " }, /address of the endpoint is empty/],
    ["a body without a place for the question", { bodyTemplate: '{"message":"hi"}' }, /holds no \{\{prompt\}\}/],
    ["a method that is none", { method: "PO ST" }, /"PO ST" is no HTTP method/],
    ["a method that takes no question", { method: "connect" }, /"CONNECT" is no HTTP method that takes a question/],
    [
      "a session at another host",
      { session: { method: "POST", path: "http://127.0.0.1:8/steal" } },
      /has to go to http:\/\/127\.0\.0\.1:9 as well; give its path/,
    ],
    ["a session at a host without a scheme", { session: { method: "POST", path: "//h.example/s" } }, /as well/],
    ["a session's path that is none", { session: { method: "POST", path: "http://[" } }, /is no path of a request/],
    [
      "a place of the session id that is none",
      { session: { method: "POST", path: "/s", idPath: "$[" } },
      /"\$\[", is no JSONPath/,
    ],
    ["a header's name that is none", { headers: { "X Y": "1" } }, /"X Y" is no name of a header/],
    ["a header of two lines", { headers: { "X-Key": "sesame\r\nHost: x" } }, /^The header X-Key holds signs/],
    ["a blank system prompt", { knowledge: { systemPrompts: [" \n"] } }, /system prompt that was given is empty/],
    ["an authority that is none", { tls: { ca: "no PEM" } }, /authority is no certificate in PEM form/],
    ["a certificate that is none", { tls: { cert: "no PEM", key: "no PEM" } }, /client certificate is no certificate/],
    ["a certificate without its key", { tls: { cert: pem("client.pem") } }, /without its key/],
    ["a key without its certificate", { tls: { key: pem("client.key") } }, /without its client certificate/],
    ["a key that is none", { tls: { cert: pem("client.pem"), key: "no PEM" } }, /no key in PEM form/],
    ["another's key", { tls: { cert: pem("client.pem"), key: pem("server.key") } }, /do not belong together/],
    ["a locked key", { tls: { cert: pem("client.pem"), key: String(locked) } }, /locked with a passphrase/],
    [
      "a session at another host than an address without a scheme",
      { url: "127.0.0.1:9/chat", session: { method: "POST", path: "http://127.0.0.1:8/s" } },
      /has to go to http:\/\/127\.0\.0\.1:9 as well/,
    ],
  ])("%s is refused", async (_what, options, sentence) => {
    const planned = planScan({ url, ...options });
    await expect(planned).rejects.toMatchObject({ kind: "bad-option", message: expect.stringMatching(sentence) });
    // Nothing that may be a secret is in the sentence.
    await expect(planned).rejects.not.toThrow(/sesame/);
  });

  it.each<[string, Partial<ScanOptionsInput>]>([
    ["the question in the address alone", { url: `${url}?q={{prompt}}`, bodyTemplate: '{"lang":"en"}' }],
    ["certificate and key in one file", { tls: { cert: `${pem("client.pem")}\n${pem("client.key")}` } }],
    ["certificate, key and authority", { tls: { cert: pem("client.pem"), key: pem("client.key"), ca: pem("ca.pem") } }],
    ["one blank prompt beside another", { knowledge: { systemPrompts: ["", "You are Wren."] } }],
  ])("%s is taken", async (_what, options) => {
    await expect(planScan({ url, ...options })).resolves.toMatchObject({ network: "loopback" });
  });
});

describe("user and password in the address", () => {
  it("are sent as basic authentication, and shown nowhere", async () => {
    const wanted = `Basic ${Buffer.from("ada:p@ss:w0rd-77").toString("base64")}`;
    const endpoint = await serve((body, request, response) =>
      request.headers.authorization === wanted
        ? jsonChat((prompt) => (/17 plus 25/.test(prompt) ? "42" : "I can only help with boats."))(
            body,
            request,
            response,
          )
        : void response.writeHead(401, { "www-authenticate": "Basic" }).end(),
    );
    open.push(endpoint);
    const address = endpoint.url.replace("http://", "http://ada:p%40ss:w0rd-77@");
    const result = await runScan({ url: address });
    expect(result.category_breakdown.llm_ai_security.status).toBe("complete");
    expect(findingIds(result)).not.toContain("unauthenticated-llm-endpoint");
    expect(JSON.stringify(result)).not.toMatch(/w0rd-77|p%40ss/);
    expect(JSON.stringify(result)).not.toContain(wanted.slice(6));
    expect(result.target).toBe(endpoint.url);
  });
});

it.each(["/sessions", "sessions?lang=en", "http://127.0.0.1:9/sessions"])("takes a session at %s", async (path) => {
  for (const target of [url, "127.0.0.1:9/chat"])
    await expect(planScan({ url: target, session: { method: "POST", path, idPath: "$.id" } })).resolves.toBeDefined();
});

it.each([
  ["http://0.0.0.0:9/chat", "loopback"],
  ["http://[::]:9/chat", "loopback"],
  ["http://0.1.2.3:9/chat", "private"],
])("takes %s for a %s address", async (address, network) => {
  expect(await planScan({ url: address })).toMatchObject({ network });
});
