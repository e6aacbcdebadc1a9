/** `spillcheck test`, and own rules and models through the command line, with the real engine. */
import path from "node:path";
import { describe, expect, it } from "vitest";
import { rules } from "../../rules/index.js";
import { openTestEngine } from "../support/engine.js";
import { folderWith } from "../support/folder.js";
import { run } from "../support/run.js";

const settings = `
rules:
  - id: customer-to-partner
    message: A customer's record goes to the partner.
    level: error
    help: |
      # customer-to-partner

      Ask the privacy team.
    sources:
      - call: shop.crm.load_customer
    sinks:
      - call: acme.partner.send
        args: [1, payload]
    sanitisers:
      - call: shop.privacy.pseudonymise
levels:
  customer-to-partner: warning
exclude: [examples/]
`;
const head = "from acme import partner\nfrom shop import crm, privacy\n\n";
const files = {
  ".spillcheck.yaml": settings,
  "shop/__init__.py": "",
  "shop/crm.py": "def load_customer(key):\n    return STORE[key]\n",
  "shop/privacy.py": "def pseudonymise(c):\n    return {**c, 'name': '-'}\n",
  "examples/good.py": `${head}def a(k):
    partner.send("x", crm.load_customer(k))  # expect: customer-to-partner
    partner.send("y", crm.load_customer(k))  # expect: customer-to-partner(warning)
    partner.send("z", privacy.pseudonymise(crm.load_customer(k)))
`,
};

const go = (args: readonly string[], folder: string) => run(args, folder, { rules, openEngine: openTestEngine });

describe("spillcheck test", () => {
  it("gives 0 where everything is as expected, whatever the settings exclude", async () => {
    const folder = folderWith(files);
    expect(await go(["test", "examples"], folder)).toEqual({
      code: 0,
      out: "2 findings as expected, 0 missed, 0 unexpected in 1 file.\n",
      err: "",
    });
    expect((await go(["check"], folder)).out).toContain("No findings");
  });

  it("says what was missed, what is unexpected, and what has another level", async () => {
    const folder = folderWith({
      ...files,
      "examples/bad.py": `${head}def a(k):
    partner.send("x", privacy.pseudonymise(crm.load_customer(k)))  # expect: customer-to-partner
    partner.send("y", crm.load_customer(k))
    partner.send("z", crm.load_customer(k))  # expect: customer-to-partner(error)
`,
    });
    const { code, out, err } = await go(["test", "examples"], folder);
    expect([code, err]).toEqual([1, ""]);
    expect(out).toBe(`examples/bad.py:5:78: missed: customer-to-partner is expected here and was not found
examples/bad.py:6:23: unexpected: customer-to-partner(warning): A customer's record goes to the partner.
examples/bad.py:7:56: level: customer-to-partner is expected as error and was found as warning
2 findings as expected, 1 missed, 1 unexpected, 1 at another level in 2 files.
`);
    const json = JSON.parse((await go(["test", "examples", "--format", "json"], folder)).out);
    expect(json.passed).toBe(false);
    expect(json.files).toEqual([
      {
        path: "examples/bad.py",
        passed: false,
        matched: 0,
        missed: [{ line: 5, column: 78, rule: "customer-to-partner" }],
        unexpected: [
          {
            line: 6,
            column: 23,
            rule: "customer-to-partner",
            level: "warning",
            message: "A customer's record goes to the partner.",
          },
        ],
        levels: [{ line: 7, column: 56, rule: "customer-to-partner", level: "error", found: "warning" }],
      },
      { path: "examples/good.py", passed: true, matched: 2, missed: [], unexpected: [], levels: [] },
    ]);
  });

  it("looks at one rule alone when asked", async () => {
    const folder = folderWith({
      ...files,
      "examples/log.py":
        "import logging\nfrom flask import Flask, request\napp = Flask(__name__)\n@app.post('/')\ndef x():\n    logging.info(request.json['q'])\n    return {}\n",
    });
    expect((await go(["test", "examples"], folder)).out).toContain("unexpected: sensitive-logging(warning)");
    expect((await go(["test", "examples", "--rule", "customer-to-partner"], folder)).code).toBe(0);
  });

  it.each([
    [["test", "nowhere"], 'spillcheck: There is no folder "nowhere".\n'],
    [["test", "shop/crm.py"], 'spillcheck: "shop/crm.py" is no folder.\n'],
    [["test"], "spillcheck: missing required argument 'dir'\n"],
    [["test", "empty"], 'spillcheck: There are no Python files in "empty".\n'],
    [
      ["test", "misspelt"],
      'spillcheck: misspelt/a.py:2:19: There is no rule "customer-to-parner"; did you mean customer-to-partner?\n',
    ],
    [["test", "level"], 'spillcheck: level/a.py:1:18: "debug-enabled(fatal)" is no rule id with a level.\n'],
    [
      ["test", "examples", "--rule", "nothing-like-it"],
      'spillcheck: There is no rule "nothing-like-it"; `spillcheck rules` lists them.\n',
    ],
  ])("gives 2 and one sentence for %j", async (args, message) => {
    const folder = folderWith({
      ...files,
      "empty/readme.txt": "",
      "misspelt/a.py": "\ncall()  # expect: customer-to-parner\n",
      "level/a.py": "call() # expect: debug-enabled(fatal)\n",
    });
    expect(await go(args, folder)).toEqual({ code: 2, out: "", err: message });
  });

  it("says that nothing is marked", async () => {
    const { code, err } = await go(["test", "shop"], folderWith(files));
    expect([code, err]).toEqual([0, "spillcheck: no `# expect:` comments were found; every finding is unexpected.\n"]);
  });
});

describe("own rules on the command line", () => {
  const leaking = { ...files, "shop/job.py": `${head}def a(k):\n    partner.send("x", crm.load_customer(k))\n` };

  it("are reported at their level and described in SARIF", async () => {
    const folder = folderWith(leaking);
    const text = await go(["check", "--fail-on", "warning"], folder);
    expect(text.code).toBe(1);
    expect(text.out).toContain("shop/job.py:5:23 warning customer-to-partner");
    const sarif = JSON.parse((await go(["check", "--format", "sarif"], folder)).out);
    const [result] = sarif.runs[0].results;
    const rule = sarif.runs[0].tool.driver.rules[result.ruleIndex];
    expect(result).toMatchObject({ ruleId: "customer-to-partner", level: "warning" });
    expect(rule).toMatchObject({
      id: "customer-to-partner",
      shortDescription: { text: "A customer's record goes to the partner." },
      help: { text: expect.stringContaining("Ask the privacy team.") },
      helpUri: expect.stringMatching(/docs\/own-rules\.md$/),
    });
    const steps = result.codeFlows[0].threadFlows[0].locations.map(
      (one: { location: { message: { text: string } } }) => one.location.message.text,
    );
    expect(steps).toEqual(["`crm.load_customer()` gives it", "it reaches `partner.send`"]);
    const markdown = (await go(["check", "--format", "markdown"], folder)).out;
    expect(markdown).toContain(
      "[`customer-to-partner`](https://github.com/spillcheck/spillcheck/blob/main/docs/own-rules.md)",
    );
  });

  it("are suppressed, listed and explained like the others", async () => {
    const folder = folderWith({
      ...leaking,
      "shop/job.py": leaking["shop/job.py"].replace("(k))", "(k))  # spillcheck: ignore[customer-to-partner] agreed"),
    });
    const sarif = JSON.parse((await go(["check", "--format", "sarif"], folder)).out);
    expect(sarif.runs[0].results.map((r: { suppressions: unknown }) => r.suppressions)).toEqual([
      [{ kind: "inSource", status: "accepted", justification: "agreed" }],
    ]);
    expect((await go(["rules"], folder)).out).toMatch(/^customer-to-partner +error +A customer's record/m);
    expect((await go(["explain", "customer-to-partner"], path.join(folder, "shop"))).out).toContain(
      "Ask the privacy team.",
    );
  });

  it("are refused piece by piece, each at its place, while the rest counts", async () => {
    const folder = folderWith({
      ...leaking,
      ".spillcheck.yaml": settings.replace("levels:\n", "levels:\n  no-such-rule: error\n").replace(
        "rules:\n",
        `rules:
  - id: debug-enabled
    message: x
    sources: [{ label: user }]
    sinks: [{ sink: log }]
  - id: Bad Id
    message: x
    sources: [{ label: user }]
    sinks: [{ sink: log }]
  - id: no-sinks
    message: x
    sources: [{ label: user }, { calls: a.b }]
    sinks: []
  - id: wrong-kind
    message: x
    sources: [{ label: usr }]
    sinks: [{ sink: log }]
`,
      ),
    });
    const { code, err, out } = await go(["check", "--fail-on", "warning"], folder);
    expect(code).toBe(1);
    expect(out).toContain("customer-to-partner");
    expect(err.trim().split("\n")).toEqual([
      "spillcheck: .spillcheck.yaml:3:9: `rules[1].id` is not right: a built-in rule has this id already.",
      "spillcheck: .spillcheck.yaml:7:9: `rules[2].id` must be written in small letters, digits and hyphens.",
      "spillcheck: .spillcheck.yaml:13:34: There is no setting `calls` in `rules[3].sources[2]`; did you mean `call`?",
      "spillcheck: .spillcheck.yaml:14:12: `rules[3].sinks` must not be empty.",
      'spillcheck: .spillcheck.yaml:17:24: `rules[4].sources[1].label` must be user, meta, sensitive, secret, system, llm, llm-object, llm-meta, exception, record, stored or debug, not "usr"; did you mean user?',
      "spillcheck: .spillcheck.yaml:34:3: There is no rule `no-such-rule` in `levels`.",
    ]);
  });
});
