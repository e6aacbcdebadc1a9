/** Edits: own rules, own models and unused comments give the same findings as a look with fresh eyes. */
import { describe, expect, it } from "vitest";
import type { Engine } from "../../server/analysis/engine-api.js";
import { type ModelFile, modelFile } from "../../server/analysis/names/model-schema.js";
import { type OwnRule, ownRule } from "../../server/analysis/names/own-rule-schema.js";
import { Random } from "../robust/lib/random.js";
import { createTestEngine } from "../support/engine.js";

const rules: OwnRule[] = [
  ownRule.parse({
    id: "customer-to-partner",
    message: "A customer's record goes to the partner.",
    sources: [{ call: "shop.crm.load" }],
    sinks: [{ call: "acme.partner.send" }, { sink: "prompt" }],
    sanitisers: [{ call: "shop.privacy.mask" }, { call: "shop.privacy.fine", guard: { arg: 0, unsafe_when: "false" } }],
  }),
];
const models: ModelFile[] = [
  modelFile.parse({
    name: "m",
    modules: ["shop"],
    calls: [{ call: "shop.crm.ask", llm: { input: [0] }, source: "llm" }],
  }),
];
const none: never[] = [];
const own = {
  ownRules: (file: string) => (file.startsWith("/app/shop/") ? rules : none),
  ownModels: (file: string) => (file.startsWith("/app/shop/") ? models : none),
};

const start: Record<string, string> = {
  "/app/shop/__init__.py": "",
  "/app/shop/crm.py": "def load(k):\n    return STORE[k]\n\ndef ask(text):\n    return BUS.call(text)\n",
  "/app/shop/privacy.py": "def mask(c):\n    return c\n\ndef fine(c):\n    return True\n",
  "/app/shop/job.py":
    "from acme import partner\nfrom shop import crm, privacy\n\ndef push(c):\n    partner.send(c)\n\ndef run(k):\n    c = crm.load(k)\n    push(c)\n    crm.ask(f'about {c}')\n",
  "/app/other/job.py": "from acme import partner\nfrom shop import crm\n\ndef run(k):\n    partner.send(crm.load(k))\n",
};

/** Pieces of text, each of which may take the place of another. */
const swaps: [string, string][] = [
  ["    push(c)", "    push(privacy.mask(c))"],
  ["    partner.send(c)", "    partner.send(c)  # spillcheck: ignore[customer-to-partner] agreed"],
  ["    partner.send(c)", "    if privacy.fine(c):\n        partner.send(c)"],
  ["def run(k):", "# spillcheck: ignore[raw-llm-output]\ndef run(k):"],
  ["crm.load(k)", "crm.other(k)"],
  ["from acme import partner", "# spillcheck: ignore-file[customer-to-partner]\nfrom acme import partner"],
  ["return STORE[k]", "return 1"],
  ["def load(k)", "def loads(k)"],
  ["f'about {c}'", "'about nobody'"],
];

const seen = (engine: Engine) =>
  engine
    .allFindings()
    .map((f) => `${f.file}:${f.start}-${f.end} ${f.rule} ${f.level} ${f.suppressed ? "-" : "+"} ${f.fingerprint}`);

/** An edit that a text allows: what stands there, and what takes its place. */
function possible(text: string): [string, string][] {
  // The longer one holds the shorter: what was changed before is put back.
  return swaps
    .map(([a, b]): [string, string] => (text.includes(b) ? [b, a] : [a, b]))
    .filter(([a]) => text.includes(a));
}

describe("after any sequence of edits", () => {
  const kinds = new Set<string>();

  it.each([1, 2, 3])("findings are those of fresh texts (sequence %i)", async (seed) => {
    const texts = { ...start };
    const engine = await createTestEngine(texts, {}, own);
    for (const [file, text] of Object.entries(texts)) engine.open(file, text);
    const random = new Random(seed);
    for (let step = 0; step < 40; step++) {
      const file = random.pick(Object.keys(texts).filter((one) => possible(texts[one] ?? "").length > 0));
      const text = texts[file] ?? "";
      const [from, to] = random.pick(possible(text));
      const at = text.indexOf(from);
      texts[file] = text.slice(0, at) + to + text.slice(at + from.length);
      engine.change(file, [{ start: at, end: at + from.length, text: to }]);
      const fresh = await createTestEngine({ ...texts }, {}, own);
      const wanted = seen(fresh);
      fresh.dispose();
      expect(seen(engine), `step ${step}: ${file}`).toEqual(wanted);
      for (const one of wanted) kinds.add(one.split(" ").slice(1, 4).join(" "));
    }
    engine.dispose();
  });

  it("and the sequences met all of them", () => {
    expect([...kinds].sort()).toEqual([
      "customer-to-partner warning +",
      "customer-to-partner warning -",
      "unused-suppression hint +",
    ]);
  });
});
