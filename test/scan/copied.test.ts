import { describe, expect, it } from "vitest";
import { parseOptions } from "../../server/scan/parse-options.js";
import { makePlan } from "../../server/scan/plan.js";
import { redactorOf } from "../../server/scan/run.js";
import { copiedEndpoint } from "../../server/scan/target/copied.js";

const JSON_BODY = `--json '{"message":"Hello"}'`;

describe("an endpoint from a curl command", () => {
  it.each([
    ["a bearer token", `-H 'Authorization: Bearer abc.def'`, { kind: "bearer" }, "abc.def"],
    [
      "a token of another scheme",
      `-H 'Authorization: Token abc'`,
      { kind: "api-key", header: "Authorization" },
      "Token abc",
    ],
    ["user and password", "-u me:pa:ss", { kind: "basic", user: "me" }, "pa:ss"],
    ["a user alone", "-u me", { kind: "basic", user: "me" }, undefined],
    ["the same as a header", `-H 'Authorization: Basic bWU6cGE6c3M='`, { kind: "basic", user: "me" }, "pa:ss"],
    ["a key", `-H 'X-API-Key: k-1'`, { kind: "api-key", header: "X-API-Key" }, "k-1"],
    ["one cookie", `-b 'session=s-1'`, { kind: "cookie", name: "session" }, "s-1"],
  ])("knows %s, and leaves its value out of what may be kept", (_, flags, auth, secret) => {
    const copied = copiedEndpoint(`curl http://h/chat ${flags} ${JSON_BODY}`);
    expect(copied).toMatchObject({ endpoint: { auth }, headers: {}, hidden: {}, hiddenIn: null });
    expect(copied.secret).toBe(secret);
    if (secret !== undefined) expect(JSON.stringify(copied.endpoint)).not.toContain(secret.replace(/^Token /, ""));
  });

  it("keeps the names of further secret headers alone", () => {
    const copied = copiedEndpoint(
      `curl http://h/chat -H 'Cookie: a=a-1; b=b-2' -H 'X-CSRFToken: c-3' -H 'X-Api-Key: k-4' -H 'Accept: */*' ${JSON_BODY}`,
    );
    expect(copied.endpoint).toMatchObject({
      auth: { kind: "api-key", header: "X-Api-Key" },
      secretHeaders: ["Cookie", "X-CSRFToken"],
      headers: { Accept: "*/*", "Content-Type": "application/json" },
    });
    expect(copied.secret).toBe("k-4");
    expect(copied.headers).toEqual({ Cookie: "a=a-1; b=b-2", "X-CSRFToken": "c-3" });
    expect(JSON.stringify(copied.endpoint)).not.toMatch(/a-1|b-2|c-3|k-4/);
  });

  it.each([
    ["address", `curl 'http://h/chat?api_key=q-1&q=Hello'`, "the parameter api_key of its address"],
    [
      "body",
      `curl http://h/chat -d '{"message":"Hello","auth":{"accessToken":"q-1"}}'`,
      "the field accessToken of its body",
    ],
    ["form", "curl http://h/chat -d 'message=Hello&password=q-1'", "the field password of its body"],
    ["parts of a form", "curl http://h/chat -F message=Hello -F secret=q-1", "the field secret of its body"],
  ])("puts a secret in the %s aside and says where it is", (_, command, where) => {
    const copied = copiedEndpoint(command);
    expect(copied.hiddenIn).toBe(where);
    expect(JSON.stringify(copied.endpoint)).not.toContain("q-1");
    expect(JSON.stringify(copied.hidden)).toContain("q-1");
    expect(JSON.stringify(copied)).toContain("{{prompt}}");
  });

  it.each([
    ["pasted into one line", `curl 'http://h/chat' \\   -H 'X-Ship: Wren' \\   --data-raw '{"message":"Hello"}'`],
    ["with a prompt of the shell", `$ curl http://h/chat -H 'X-Ship: Wren' -d '{"message":"Hello"}'`],
    ["over several lines", `curl http://h/chat \\\n  -H 'X-Ship: Wren' \\\n  -d '{"message":"Hello"}'\n`],
    ["without a scheme", `curl h/chat -H 'X-Ship: Wren' -d '{"message":"Hello"}'`],
  ])("is understood %s", (_, command) => {
    expect(copiedEndpoint(command)).toEqual({
      endpoint: {
        url: "http://h/chat",
        method: "POST",
        headers: { "X-Ship": "Wren" },
        bodyTemplate: '{"message":"{{prompt}}"}',
      },
      headers: {},
      hidden: {},
      hiddenIn: null,
    });
  });

  it("takes user and password out of the address", () => {
    const copied = copiedEndpoint("curl 'http://me:p%40ss@h/chat?q=Hello'");
    expect(copied).toMatchObject({ endpoint: { auth: { kind: "basic", user: "me" } }, secret: "p@ss" });
    expect(copied.endpoint.url).toBe("http://h/chat?q={{prompt}}");
  });

  it.each([
    ["wget http://h/", /^That is no curl command/],
    ["curl", /^That is no curl command/],
    ["curl -s", /^The curl command names no URL\.$/],
    [`curl ^"http://h/chat^" ^\n  -H ^"Cookie: a=1`, /^The curl command has a quote that is not closed\.$/],
    [
      "curl http://h/ --proxy-user me:pw",
      /^The curl command has the option --proxy-user, which is not understood here\.$/,
    ],
    [`curl http://h/ -d '{"id":7}'`, /^No field of the curl command's body .*; write \{\{prompt\}\} in its place\.$/],
  ])("says in one sentence what is wrong with %j", (command, message) => {
    expect(() => copiedEndpoint(command)).toThrow(message);
  });
});

describe("a secret that stands in address or body", () => {
  const options = parseOptions({
    url: "http://127.0.0.1:9/chat?token=tok-1234",
    bodyTemplate: '{"message":"{{prompt}}","apiKey":"key-5678"}',
  });

  it("is in no plan and no report", () => {
    const url = new URL(options.url);
    expect(makePlan(options, url, { network: "loopback", addresses: ["127.0.0.1"] }).target).not.toContain("tok-1234");
    const shown = redactorOf(options).text(`${options.url} ${options.bodyTemplate} max_tokens`);
    expect(shown).not.toMatch(/tok-1234|key-5678/);
    expect(shown).toContain("max_tokens");
  });
});

/** A word as browsers of today quote it for Windows' command prompt. */
const quotedForPrompt = (text: string): string =>
  `^"${text
    .replace(/[\\"]/g, "\\$&")
    .replace(/[^a-zA-Z0-9\s_\-:=+~'/.',?;()*`]/g, "^$&")
    .replace(/%(?=\w)/g, "%^")
    .replace(/\n/g, "^\n\n")}^"`;

describe("a curl command for Windows' command prompt", () => {
  it.each([
    ["one line", "Hello"],
    ["quotes and a backslash", 'Say "hi" in C:\\temp\\'],
    ["what the prompt would take for itself", "a & b | c > d ^_^ 100% %PATH% !x!"],
    ["several lines", "one\ntwo\n\nthree"],
    ["nothing but quotes", '""'],
  ])("is read with %s", (_, message) => {
    const body = JSON.stringify({ message: `Hi ${message}`, topic: message }, null, 1);
    const copied = copiedEndpoint(
      [
        `curl ${quotedForPrompt("http://h/chat?a=1&b=2")}`,
        `-X ${quotedForPrompt("POST")}`,
        `-H ${quotedForPrompt("content-type: application/json")}`,
        `-b ${quotedForPrompt("session=s-1")}`,
        `--data-raw ${quotedForPrompt(body)}`,
      ].join(" ^\n  "),
    );
    expect(copied.endpoint).toMatchObject({ url: "http://h/chat?a=1&b=2", method: "POST", auth: { kind: "cookie" } });
    expect(JSON.parse(copied.endpoint.bodyTemplate ?? "")).toEqual({ message: "{{prompt}}", topic: message });
    expect(copied.secret).toBe("s-1");
  });

  it.each([
    [
      "in one line",
      `curl ^"http://h/chat^" ^   -H ^"accept: */*^" ^   --data-raw ^"^{^\\^"message^\\^":^\\^"Hi^\\^"^}^"`,
    ],
    ["with plain quotes", `curl "http://h/chat" ^\r\n  -H "accept: */*" ^\r\n  --data-raw "{\\"message\\":\\"Hi\\"}"`],
    ["as older browsers wrote it", `curl "http://h/chat" ^\n -H "accept: */*" ^\n --data-raw "{""message"":""Hi""}"`],
  ])("is read %s", (_, command) => {
    expect(copiedEndpoint(command).endpoint).toMatchObject({
      url: "http://h/chat",
      headers: { accept: "*/*" },
      bodyTemplate: '{"message":"{{prompt}}"}',
    });
  });
});
