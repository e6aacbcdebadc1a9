/** Rules that a settings file brings: what they find, and what they leave alone. */
import { describe, expect, it } from "vitest";
import type { Engine } from "../../server/analysis/engine-api.js";
import { type ModelFile, modelFile } from "../../server/analysis/names/model-schema.js";
import { type OwnRule, ownRule } from "../../server/analysis/names/own-rule-schema.js";
import { createTestEngine } from "../support/engine.js";

const partner = ownRule.parse({
  id: "customer-to-partner",
  message: "A customer's record goes to the partner.",
  level: "error",
  sources: [{ call: "shop.crm.load_customer" }, { attr: "acme.session.customer" }],
  sinks: [{ call: ["acme.partner.send", "shop.partner.Client.send"], args: [1, "payload"] }],
  sanitisers: [
    { call: "shop.privacy.pseudonymise" },
    { call: "shop.privacy.is_clean", guard: { arg: 0, unsafe_when: "false" } },
    { call: "shop.privacy.refuse_names", guard: { arg: [0, "text"], unsafe_when: "raises" } },
  ],
});

const project = {
  "shop/__init__.py": "",
  "shop/crm.py": "def load_customer(key):\n    return STORE[key]\n",
  "shop/privacy.py":
    "def pseudonymise(c):\n    return {**c, 'name': '-'}\n\ndef is_clean(c):\n    return check(c)\n\ndef refuse_names(text):\n    check(text)\n",
  "shop/partner.py": "class Client:\n    def send(self, to, payload):\n        self.queue.put(payload)\n",
};

async function findings(code: string, rules: OwnRule[] = [partner], more: Record<string, string> = {}) {
  const engine = await createTestEngine({ ...project, ...more, "shop/job.py": code }, {}, { ownRules: () => rules });
  const ids = new Set(rules.map((r) => r.id));
  const found = linesOf(engine, code, ids);
  engine.dispose();
  return found;
}

function linesOf(engine: Engine, code: string, ids: ReadonlySet<string>): string[] {
  return engine
    .findings("/app/shop/job.py")
    .filter((f) => ids.has(f.rule))
    .map((f) => `${code.slice(0, f.start).split("\n").length} ${f.rule} ${f.level}`);
}

const head = "from acme import partner\nfrom shop import crm, privacy\nfrom shop.partner import Client\n";

describe("a rule of one's own", () => {
  it.each([
    ["a library's sink", "def run(k):\n    partner.send('x', crm.load_customer(k))\n", ["5"]],
    ["a keyword", "def run(k):\n    c = crm.load_customer(k)\n    partner.send(to='x', payload=c)\n", ["6"]],
    ["a method of the project", "def run(k):\n    Client().send('x', crm.load_customer(k)['mail'])\n", ["5"]],
    ["an f-string", "def run(k):\n    partner.send('x', f'hello {crm.load_customer(k)}')\n", ["5"]],
    [
      "a helper in between",
      "def push(data):\n    partner.send('x', data)\n\ndef run(k):\n    push(crm.load_customer(k))\n",
      ["5"],
    ],
    ["a library's attribute", "from acme import session\ndef run():\n    partner.send('x', session.customer)\n", ["6"]],
    [
      "one branch only",
      "def run(k):\n    c = crm.load_customer(k)\n    if k:\n        c = privacy.pseudonymise(c)\n    partner.send('x', c)\n",
      ["8"],
    ],
    [
      "the unsafe branch",
      "def run(k):\n    c = crm.load_customer(k)\n    if not privacy.is_clean(c):\n        partner.send('x', c)\n",
      ["7"],
    ],
    ["part of a literal", "def run(k):\n    partner.send('x', {'a': 1, 'c': crm.load_customer(k)})\n", ["5"]],
  ])("finds %s", async (_, code, lines) => {
    expect(await findings(head + code)).toEqual(lines.map((line) => `${line} customer-to-partner error`));
  });

  it.each([
    ["a sanitised value", "def run(k):\n    partner.send('x', privacy.pseudonymise(crm.load_customer(k)))\n"],
    [
      "a value sanitised in a helper",
      "def clean(k):\n    return privacy.pseudonymise(crm.load_customer(k))\n\ndef run(k):\n    partner.send('x', clean(k))\n",
    ],
    [
      "a helper that sanitises its argument",
      "def push(d):\n    partner.send('x', privacy.pseudonymise(d))\n\ndef run(k):\n    push(crm.load_customer(k))\n",
    ],
    [
      "a tested value",
      "def run(k):\n    c = crm.load_customer(k)\n    if privacy.is_clean(c):\n        partner.send('x', c)\n",
    ],
    [
      "an early return",
      "def run(k):\n    c = crm.load_customer(k)\n    if not privacy.is_clean(c):\n        return\n    partner.send('x', c)\n",
    ],
    [
      "a test that raises",
      "def run(k):\n    c = crm.load_customer(k)\n    privacy.refuse_names(c)\n    partner.send('x', c)\n",
    ],
    ["another argument", "def run(k):\n    partner.send(crm.load_customer(k), 'hello')\n"],
    [
      "another function of that name",
      "from shop import other\ndef run(k):\n    partner.send('x', other.load_customer(k))\n",
    ],
    ["another sink", "def run(k):\n    partner.store('x', crm.load_customer(k))\n"],
    ["what is no source", "def run(k):\n    partner.send('x', crm.load_product(k))\n"],
  ])("leaves %s alone", async (_, code) => {
    expect(
      await findings(head + code, [partner], { "shop/other.py": "def load_customer(k):\n    return 1\n" }),
    ).toEqual([]);
  });
});

describe("sources and sinks that the built-in rules know", () => {
  const salaries = ownRule.parse({
    id: "salary-in-log",
    message: "A salary is written to the log.",
    sources: [{ label: "record", fields: ["salary"] }],
    sinks: [{ sink: "log" }],
  });
  const input = ownRule.parse({
    id: "input-to-audit",
    message: "What the caller sends goes to the audit service.",
    level: "info",
    sources: [{ label: "user" }],
    sinks: [{ duck: "audit.note" }, { sink: "response" }],
    sanitisers: [{ call: "shop.privacy.pseudonymise" }],
  });
  const flask = "import logging\nfrom flask import Flask, request\nfrom shop import privacy\napp = Flask(__name__)\n";

  it("looks at fields of records", async () => {
    const code = `${flask}import pymongo
staff = pymongo.MongoClient().hr.staff
def a(k):
    one = staff.find_one({"_id": k})
    logging.info("pay %s", one["salary"])
    logging.info("desk %s", one["desk"])
def b(k):
    logging.info("%s", staff.find_one({"_id": k}, {"salary": 1}))
    logging.info("%s", staff.find_one({"_id": k}, {"desk": 1}))
`;
    expect(await findings(code, [salaries])).toEqual(["9 salary-in-log warning", "12 salary-in-log warning"]);
  });

  it("looks at what callers send, by kind of sink and by the name of the receiver", async () => {
    const code = `${flask}
@app.post("/x")
def x(audit):
    text = request.json["text"]
    audit.note(text)
    audit.note(privacy.pseudonymise(text))
    return {"echo": text}
`;
    expect(await findings(code, [input])).toEqual(["9 input-to-audit info", "11 input-to-audit info"]);
  });

  it("keeps the sanitisers of different rules apart, and built-in rules out of it", async () => {
    const strict = ownRule.parse({ ...input, id: "input-strict", sanitisers: undefined });
    const code = `${flask}
@app.post("/x")
def x():
    text = privacy.pseudonymise(request.json["text"])
    logging.info(text)
    return {"echo": text}
`;
    expect(await findings(code, [input, strict])).toEqual(["10 input-strict info"]);
    const engine = await createTestEngine({ ...project, "shop/job.py": code }, {}, { ownRules: () => [input] });
    expect(linesOf(engine, code, new Set(["sensitive-logging"]))).toEqual(["9 sensitive-logging warning"]);
    engine.dispose();
  });
});

describe("settings files of several folders", () => {
  const app = `from acme_llm import ask
from flask import Flask, request
app = Flask(__name__)

@app.post("/x")
def x():
    return ask("Translate into French: " + request.json["text"])
`;
  const gateway = modelFile.parse({
    name: "gateway",
    modules: ["acme_llm"],
    calls: [{ call: "acme_llm.ask", llm: { completion: [0] }, source: "llm" }],
  });
  const none: ModelFile[] = [];

  it("count each for the files below them", async () => {
    const sets = { a: [gateway], b: none };
    const engine = await createTestEngine(
      { "a/app.py": app, "b/app.py": app },
      {},
      { ownModels: (file) => (file.startsWith("/app/a/") ? sets.a : sets.b) },
    );
    const rules = (file: string) => engine.findings(file).map((f) => f.rule);
    expect(rules("/app/a/app.py")).toContain("user-input-in-prompt");
    expect(rules("/app/b/app.py")).not.toContain("raw-llm-output");
    engine.dispose();
  });

  it("say which names are sensitive where the finding stands", async () => {
    const code = `import openai
from db import staff
def run(k):
    row = staff.find_one({"_id": k}, {"badge_colour": 1})
    openai.chat.completions.create(model="m", messages=[{"role": "user", "content": f"colour {row['badge_colour']}"}])
`;
    const db = "import pymongo\nstaff = pymongo.MongoClient().hr.staff\n";
    const engine = await createTestEngine({ "db.py": db, "a/job.py": code, "b/job.py": code }, (file) =>
      file.startsWith("/app/a/") ? { sensitiveFields: ["badge_colour"] } : {},
    );
    const rules = (file: string) => engine.findings(file).map((f) => f.rule);
    expect(rules("/app/a/job.py")).toContain("sensitive-field-in-prompt");
    expect(rules("/app/b/job.py")).not.toContain("sensitive-field-in-prompt");
    engine.dispose();
  });

  it("bring their own rules for findings below them, wherever the data comes from", async () => {
    const code = `${head}def run(k):\n    partner.send("x", crm.load_customer(k))\n`;
    const engine = await createTestEngine(
      { ...project, "shop/job.py": code, "other/job.py": code },
      {},
      {
        ownRules: (file) => (file.startsWith("/app/other/") ? [] : shared),
      },
    );
    expect(engine.allFindings().map((f) => `${f.file} ${f.rule}`)).toEqual(["/app/shop/job.py customer-to-partner"]);
    engine.dispose();
  });
  const shared = [partner];
});

describe("models of a project's own functions", () => {
  it("are asked before the body, or add to it", async () => {
    const models = [
      modelFile.parse({
        name: "shop",
        modules: ["shop"],
        calls: [
          { call: "shop.gateway.Gateway.ask", llm: { completion: [0, "text"] }, source: "llm" },
          { call: "shop.privacy.mask", sanitise: { labels: "all", strength: "strong" } },
        ],
      }),
    ];
    const files = {
      "shop/__init__.py": "",
      "shop/gateway.py": "class Gateway:\n    def ask(self, text):\n        return self.bus.call('q', text)\n",
      "shop/privacy.py": "def mask(text):\n    return text.swapcase()\n",
      "shop/app.py": `from flask import Flask, request
from shop.gateway import Gateway
from shop.privacy import mask
app = Flask(__name__)

@app.post("/a")
def a():
    return Gateway().ask("Translate into French: " + request.json["text"])

@app.post("/b")
def b():
    return mask(Gateway().ask("Translate into French: " + mask(request.json["text"])))
`,
    };
    const engine = await createTestEngine(files, {}, { ownModels: () => models });
    const lines = engine
      .findings("/app/shop/app.py")
      .filter((f) => /prompt|raw/.test(f.rule))
      .map((f) => `${files["shop/app.py"].slice(0, f.start).split("\n").length} ${f.rule}`);
    expect(lines).toEqual(["8 raw-llm-output", "8 unvalidated-prompt-input", "8 user-input-in-prompt"]);
    engine.dispose();
  });
});
