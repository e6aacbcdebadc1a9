import path from "node:path";
import { describe, expect, it } from "vitest";
import { type ScanFlags, scanRequest } from "../../server/main/commands/scan-options.js";
import { Configs } from "../../server/project/configs.js";
import { LIMIT_NAMES, scanOptionsSchema } from "../../server/scan/index.js";
import { parseCurl, shellWords } from "../../server/scan/target/curl.js";
import { folderWith } from "../support/folder.js";
import { run } from "../support/run.js";

const url = "http://127.0.0.1:5000/chat";

describe("shellWords", () => {
  it.each([
    ['a \'b c\' "d \\"e\\" $f"', ["a", "b c", 'd "e" $f']],
    ["a \\\n  b\\ c ''", ["a", "b c", ""]],
    ["$'it\\'s\\n\\u00e9' x'y'z", ["it's\né", "xyz"]],
  ])("splits %j", (command, words) => {
    expect(shellWords(command)).toEqual(words);
  });

  it.each(["'a", '"a', "$'a"])("refuses a quote that is not closed: %s", (command) => {
    expect(() => shellWords(command)).toThrow("The curl command has a quote that is not closed.");
  });
});

describe("parseCurl", () => {
  it("reads what browsers copy", () => {
    const command = `curl 'https://x.example/ask?a=1' \\
      -H 'content-type: application/json' -b 'sid=1; t=2' --data-raw $'{"message":"it\\'s"}' --compressed -k`;
    expect(parseCurl(command)).toEqual({
      url: "https://x.example/ask?a=1",
      headers: { "content-type": "application/json", Cookie: "sid=1; t=2" },
      body: '{"message":"it\'s"}',
      insecure: true,
    });
  });

  it("reads methods, users, certificates and --json", () => {
    const request = parseCurl("curl -sSXPUT -u me:pw --cert c.pem --key=k.pem --json '{\"q\":1}' http://h/");
    expect(request).toEqual({
      url: "http://h/",
      method: "PUT",
      headers: { "Content-Type": "application/json" },
      body: '{"q":1}',
      user: "me:pw",
      cert: "c.pem",
      key: "k.pem",
      insecure: false,
    });
  });

  it("puts data into the query with -G", () => {
    expect(parseCurl("curl -G http://h/a --data-urlencode 'q={{prompt}} ?'").url).toBe("http://h/a?q={{prompt}}%20%3F");
  });

  it.each([
    ["curl -X POST", "The curl command names no URL."],
    ["curl http://h -H", "The curl command ends after -H, which takes a value."],
    ["curl http://h -d @body.json", "The curl command reads its body from body.json; put the text itself there."],
    ["curl http://h -F a=@notes.txt", "The curl command sends the file notes.txt; a scan sends only text."],
    ["curl http://h -F a", "The curl command's form has the field a, which has no value."],
    ["curl http://h --frobnicate", "The curl command has the option --frobnicate, which is not understood here."],
  ])("says what it cannot read: %s", (command, message) => {
    expect(() => parseCurl(command)).toThrow(message);
  });
});

describe("scanRequest", () => {
  it("makes options that the scan takes, from every flag", () => {
    const folder = folderWith({ "p.txt": "You are a bot.", "ca.pem": "CA", "api.yaml": "openapi: 3.0.0\n" });
    const { options, thresholds } = scanRequest(
      url,
      {
        method: "put",
        header: ["X-A: 1", "X-B:2"],
        bodyTemplate: "{{prompt}}",
        replyPath: "$.r",
        auth: "api-key:X-Key",
        ca: "ca.pem",
        sessionStart: "post /s",
        sessionId: "$.id",
        csrf: "cookie:csrftoken=header:X-CSRFToken",
        ownId: ["1"],
        otherId: ["2"],
        systemPromptFile: "p.txt",
        canary: ["QUILL-7731"],
        toolName: ["lookup_order"],
        openapi: "api.yaml",
        depth: "deep",
        checks: "encryption, ssrf",
        maxRequests: 9,
        timeout: 1.5,
        threshold: ["80", "llm_ai_security=70"],
      },
      { cwd: folder, env: { SPILLCHECK_SECRET: "s3", SPILLCHECK_SECRET_2: "s4" } },
    );
    expect(scanOptionsSchema.parse(options)).toMatchObject({
      url,
      method: "PUT",
      headers: { "X-A": "1", "X-B": "2" },
      auth: { kind: "api-key", header: "X-Key" },
      secret: "s3",
      secret2: "s4",
      tls: { ca: "CA", insecure: false },
      session: { method: "POST", path: "/s", idPath: "$.id" },
      csrf: { cookie: "csrftoken", header: "X-CSRFToken" },
      knowledge: { systemPrompts: ["You are a bot."], secrets: ["QUILL-7731"], toolNames: ["lookup_order"] },
      openapi: { text: "openapi: 3.0.0\n" },
      depth: "deep",
      checks: ["encryption", "ssrf"],
      maxRequests: 9,
      limits: { totalMs: 1500 },
    });
    expect(thresholds).toEqual({ overall: 80, categories: { llm_ai_security: 70 } });
  });

  it("takes one's own probes and patterns, from settings and flags", () => {
    const probe = (id: string) =>
      `probes:\n  - { id: ${id}, title: T, family: f, finding: jailbreak, oracle: leak, variants: [{ depth: quick, text: Hi }] }\n`;
    const folder = folderWith({
      ".spillcheck.yaml": `scan:\n  probes: [a.yaml]\n  patterns:\n    - { id: badge, kind: personal-data, title: Badge, pattern: "BDG-[0-9]{6}" }\n`,
      "a.yaml": probe("mine"),
      "sub/b.yaml": probe("other"),
      "sub/bad.yaml": probe("role-play"),
    });
    const cwd = path.join(folder, "sub");
    const config = new Configs({ ruleIds: [] }).near(cwd);
    const { options } = scanRequest(url, { probes: ["b.yaml"] }, { cwd, env: {}, config });
    const parsed = scanOptionsSchema.parse(options);
    expect(parsed.userProbes.map((each) => each.id)).toEqual(["mine", "other"]);
    expect(parsed.userPatterns.map((each) => each.id)).toEqual(["badge"]);
    expect(() => scanRequest(url, { probes: ["bad.yaml"] }, { cwd, env: {}, config })).toThrow(
      /another probe with the id/,
    );
  });

  it("takes the settings file where there is no flag, with paths relative to it", () => {
    const folder = folderWith({
      ".spillcheck.yaml": `scan:\n  url: ${url}\n  system_prompt_file: p.txt\n  depth: standard\n  threshold: 60\n  headers: { X-A: a, X-B: b }\n`,
      "p.txt": "prompt",
      "sub/x": "",
    });
    const config = new Configs({ ruleIds: [] }).near(path.join(folder, "sub"));
    const { options, thresholds } = scanRequest(
      undefined,
      { header: ["X-A: flag"], depth: "quick" },
      { cwd: path.join(folder, "sub"), env: {}, config },
    );
    expect(options).toMatchObject({
      url,
      depth: "quick",
      headers: { "X-A": "flag", "X-B": "b" },
      knowledge: { systemPrompts: ["prompt"] },
    });
    expect(thresholds).toEqual({ overall: 60, categories: {} });
  });

  it("takes every limit from flags before the settings file", () => {
    const folder = folderWith({
      ".spillcheck.yaml": `scan:\n  url: ${url}\n  timeout: 7\n  limits: { concurrency: 2, redirects: 0, bodyBytes: 1000 }\n`,
    });
    const config = new Configs({ ruleIds: [] }).near(folder);
    expect(config?.problems).toEqual([]);
    const read = (flags: ScanFlags) =>
      scanOptionsSchema.parse(scanRequest(undefined, flags, { cwd: folder, env: {}, config }).options).limits;
    expect(read({})).toMatchObject({ concurrency: 2, redirects: 0, bodyBytes: 1000, totalMs: 7_000, retries: 2 });
    expect(read({ limit: ["concurrency=4", "totalMs=900"] })).toMatchObject({
      concurrency: 4,
      totalMs: 900,
      firstByteMs: 7_000,
      bodyBytes: 1000,
    });
    for (const name of LIMIT_NAMES) expect(read({ limit: [`${name}=3`] })[name]).toBe(3);
  });

  it.each([
    ["concurency=2", /There is no limit "concurency"; did you mean concurrency\?/],
    ["concurrency", /--limit "concurrency" is not understood: it must read NAME=NUMBER\./],
    ["concurrency=", /must read NAME=NUMBER/],
    ["concurrency=0", /--limit "concurrency=0" is not understood: Too small/],
    ["concurrency=two", /is not understood/],
    ["totalMs=99999999999", /is not understood: Too big/],
  ])("refuses the limit %s", (limit, sentence) => {
    expect(() => scanRequest(url, { limit: [limit] }, { cwd: "/", env: {} })).toThrow(sentence);
  });

  it("takes no secret from the settings file", () => {
    const folder = folderWith({
      ".spillcheck.yaml": `scan:\n  url: ${url}\n  headers: { Authorization: Bearer abc-123 }\n`,
    });
    const config = new Configs({ ruleIds: [] }).near(folder);
    const read = () => scanRequest(undefined, {}, { cwd: folder, env: {}, config });
    expect(read).toThrow(/names the header Authorization, and a file is no place for secrets/);
    expect(read).not.toThrow(/abc-123/);
  });

  it("puts canaries and tools of flags and of a file together", () => {
    const folder = folderWith({ "facts.yaml": "secrets: [FERN-2207]\ntoolNames: [assignBerth]\n" });
    const flags = { facts: "facts.yaml", canary: ["QUILL-7731"], toolName: ["lookup_order"] };
    expect(scanRequest(url, flags, { cwd: folder, env: {} }).options.knowledge).toMatchObject({
      secrets: ["QUILL-7731", "FERN-2207"],
      toolNames: ["lookup_order", "assignBerth"],
    });
  });

  it.each([
    [
      "scan:\n  url: http://ada:pw@127.0.0.1:9/\n",
      2,
      /^spillcheck: \.spillcheck\.yaml:2:8: .*an address without user and password/m,
    ],
    ["scan:\n  dpeth: deep\n", 2, /^spillcheck: \.spillcheck\.yaml:2:3: .*depth/m],
    ["scan: [1\n", 2, /^spillcheck: \.spillcheck\.yaml:\d:\d+: The file is not valid YAML/m],
  ])("says what is wrong in the settings file: %j", async (text, code, problem) => {
    const folder = folderWith({ ".spillcheck.yaml": text });
    for (const command of [["scan"], ["monitor", "--once"]]) {
      const ran = await run(command, folder);
      expect(ran.code).toBe(code);
      expect(ran.err).toMatch(problem);
      expect(ran.err).not.toContain("ada:pw");
    }
  });

  it.each([
    [
      `curl http://h.example/f -d 'utterance=hi&lang=en'`,
      { method: "POST", bodyTemplate: "utterance={{prompt}}&lang=en" },
    ],
    [`curl 'http://h.example/g?q=hi&lang=en'`, { url: "http://h.example/g?q={{prompt}}&lang=en" }],
    [`curl -G http://h.example/g --data-urlencode 'q=hi there'`, { url: "http://h.example/g?q={{prompt}}" }],
  ])("puts the placeholder where the user's text stands: %s", (curl, expected) => {
    expect(scanRequest(undefined, { curl }, { cwd: "/", env: {} }).options).toMatchObject(expected);
  });

  it("sends a form of -F as one", () => {
    const { options } = scanRequest(
      undefined,
      { curl: `curl http://h.example/f -F lang=en -F 'question=hi there;type=text/plain'` },
      { cwd: "/", env: {} },
    );
    const boundary = /boundary=(.+)$/.exec(options.headers?.["Content-Type"] ?? "")?.[1] ?? "none";
    expect(options.bodyTemplate?.split(`--${boundary}`)).toEqual([
      "",
      '\r\nContent-Disposition: form-data; name="lang"\r\n\r\nen\r\n',
      '\r\nContent-Disposition: form-data; name="question"\r\n\r\n{{prompt}}\r\n',
      "--\r\n",
    ]);
  });

  it("asks for the placeholder where no field of a curl command looks like the user's text", () => {
    const curl = `curl http://h.example/f --json '{"a":"x","b":"y"}'`;
    expect(() => scanRequest(undefined, { curl }, { cwd: "/", env: {} })).toThrow(/write \{\{prompt\}\} in its place/);
    const { options } = scanRequest(undefined, { curl, bodyTemplate: '{"a":"{{prompt}}"}' }, { cwd: "/", env: {} });
    expect(options.bodyTemplate).toBe('{"a":"{{prompt}}"}');
  });

  it.each([
    [`curl ${url} -d '{"message":"hi"}' | jq .reply`],
    [`curl ${url} -d '{"message":"hi"}' > /tmp/reply.json`],
    [`curl ${url} -d '{"message":"hi"}' ; curl http://h.example/other`],
    [`/usr/bin/curl -s ${url} -d '{"message":"hi"}' 2>/dev/null && echo done`],
  ])("leaves out what a shell would do besides: %s", (curl) => {
    expect(scanRequest(undefined, { curl }, { cwd: "/", env: {} }).options).toMatchObject({
      url,
      bodyTemplate: '{"message":"{{prompt}}"}',
    });
  });

  it.each([
    ["http POST localhost/chat message=hi", /^The command begins with http; a command of curl is understood here\.$/],
    [
      `curl ${url} -H "Authorization: Bearer $TOKEN" -d '{"message":"x"}'`,
      /^The curl command holds \$TOKEN, which only/,
    ],
    [`curl ${url} -H "X: \${KEY}" -d '{"message":"x"}'`, /holds \$\{KEY\}/],
    [`curl ${url} -b cookies.txt -d '{"message":"x"}'`, /^The curl command reads its cookies from cookies\.txt/],
  ])("says what it cannot know of %s", (curl, sentence) => {
    expect(() => scanRequest(undefined, { curl }, { cwd: "/", env: {} })).toThrow(sentence);
  });

  it("keeps a dollar that no shell would touch", () => {
    const curl = `curl ${url} -d '{"message":"What costs $FIVE?"}' -H "X-Price: \\$5 or $ 6"`;
    expect(scanRequest(undefined, { curl }, { cwd: "/", env: {} }).options).toMatchObject({
      bodyTemplate: '{"message":"{{prompt}}"}',
      headers: { "X-Price": "$5 or $ 6" },
    });
  });

  it.each<[ScanFlags, RegExp]>([
    [{ checks: " , " }, /^--checks names no check/],
    [{ canary: [""] }, /^--canary was given an empty text\.$/],
    [{ toolName: [" "] }, /^--tool-name was given an empty text\.$/],
    [{ ownId: [""] }, /^--own-id was given/],
    [{ otherId: [""] }, /^--other-id was given/],
    [{ sessionId: "$.id" }, /^--session-id goes with --session-start/],
    [{ sessionBody: "{}" }, /^--session-body goes with --session-start/],
    [{ timeout: 1e9 }, /too long; it must be at most 3600\.$/],
  ])("refuses what would say nothing: %j", (flags, sentence) => {
    expect(() => scanRequest(url, flags, { cwd: "/", env: {} })).toThrow(sentence);
  });

  it("takes the secret of a curl command, and the environment's before it", () => {
    const flags = { curl: `curl -u me:pw ${url} -d '{"message":"x"}'` };
    const read = (env: Record<string, string>) => scanRequest(undefined, flags, { cwd: "/", env }).options;
    expect(read({})).toMatchObject({
      url,
      method: "POST",
      auth: { kind: "basic", user: "me" },
      secret: "pw",
      bodyTemplate: '{"message":"{{prompt}}"}',
    });
    expect(read({ SPILLCHECK_SECRET: "other" }).secret).toBe("other");
  });

  it.each([
    [{}, undefined, /There is no endpoint to scan/],
    [{ auth: "token" }, url, /--auth "token" is not understood/],
    [{ auth: "bearer" }, url, /secret is missing; put it into the environment variable SPILLCHECK_SECRET/],
    [{ header: ["secret-without-colon"] }, url, /^A --header is not understood; it must read "Name: value"\.$/],
    [{ checks: "encrytion" }, url, /There is no check "encrytion"; did you mean encryption\?/],
    [{ threshold: ["101"] }, url, /--threshold "101" is not understood/],
    [{ threshold: ["ssrff=1"] }, url, /did you mean ssrf\?/],
    [{ csrf: "x" }, url, /--csrf "x" is not understood/],
    [{ sessionStart: "/s" }, url, /--session-start "\/s" is not understood/],
    [{ systemPromptFile: "no.txt" }, url, /The system prompt .*no\.txt cannot be read: it does not exist\./],
  ])("gives one sentence for what it does not understand (%#)", (flags, address, message) => {
    expect(() => scanRequest(address, flags, { cwd: "/", env: {} })).toThrow(message);
  });
});

it("takes no URL beside --lab", async () => {
  const { code, err } = await run(["scan", url, "--lab"], "/");
  expect([code, err]).toEqual([2, "spillcheck: --lab brings its own endpoint; leave the URL out.\n"]);
});
