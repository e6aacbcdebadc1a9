import { describe, expect, it } from "vitest";
import { parseCurl, shellWords } from "../../server/scan/target/curl.js";

describe("curl commands", () => {
  it("splits words as a shell does", () => {
    expect(shellWords(`curl 'a b' "c \\"d\\" $e" $'f\\n\\u0041' g\\ h \\\n i`)).toEqual([
      "curl",
      "a b",
      'c "d" $e',
      "f\nA",
      "g h",
      "i",
    ]);
  });

  it.each([
    [
      `curl -X POST https://x.test/chat -H 'Content-Type: application/json' -d '{"session":"s1","message":"hi"}'`,
      { method: "POST", bodyTemplate: '{"session":"s1","message":"{{prompt}}"}' },
    ],
    [
      `curl https://x.test/v1/chat --json '{"model":"m","messages":[{"role":"system","content":"s"},{"role":"user","content":"hi"}]}'`,
      {
        method: "POST",
        bodyTemplate:
          '{"model":"m","messages":[{"role":"system","content":"s"},{"role":"user","content":"{{prompt}}"}]}',
      },
    ],
    [
      `curl https://x.test/ask --data-urlencode 'q=what now' -d lang=en`,
      { method: "POST", bodyTemplate: "q={{prompt}}&lang=en" },
    ],
    [`curl -G https://x.test/ask -d query=hello`, { method: "GET", url: "https://x.test/ask?query={{prompt}}" }],
    [`curl 'https://x.test/ask?lang=de&prompt=hello'`, { url: "https://x.test/ask?lang=de&prompt={{prompt}}" }],
    [
      `curl https://x.test -d '{"weird":"{{prompt}}","message":"keep"}'`,
      { bodyTemplate: '{"weird":"{{prompt}}","message":"keep"}' },
    ],
    [
      `curl --compressed -s -k -u ada:lovelace --url=https://x.test --data='{"a":{"deep":{"text":"hi"}}}'`,
      {
        headers: { Authorization: "Basic YWRhOmxvdmVsYWNl" },
        tls: { insecure: true },
        bodyTemplate: '{"a":{"deep":{"text":"{{prompt}}"}}}',
      },
    ],
  ])("reads %s", (command, expected) => {
    expect(parseCurl(command)).toMatchObject(expected);
  });

  it.each([
    ["wget x", /begins with the word curl/],
    ["curl -s", /no URL/],
    ["curl x -d @body.json", /from a file/],
    [`curl x -d '{"a":"1","b":"2"}'`, /write \{\{prompt\}\}/],
    ["curl x -F a=b", /Multipart/],
  ])("refuses %j", (command, reason) => {
    expect(() => parseCurl(command)).toThrow(reason);
  });
});
