/** The mended code runs: each fixture before and after its fix, in Python, against stand-ins that check what they get. */
import { readFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { loadPyodide, type PyodideAPI } from "pyodide";
import { beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { escapePython } from "../../server/analysis/fix/source.js";
import { mended as fixed, fixtures } from "./apply.js";
import { fixCases } from "./cases.js";

const seenSchema = z.object({
  answers: z.array(z.unknown()),
  /** Roles and texts of each chat call. */
  chat: z.array(z.array(z.tuple([z.string(), z.string()]))),
  prompts: z.array(z.string()),
  /** Names of the fields of each record that a store gave. */
  fetched: z.array(z.array(z.string())),
  runs: z.array(z.record(z.string(), z.boolean())),
  logged: z.array(z.object({ text: z.string(), trace: z.boolean() })),
  /** Fields that were read later than with the query. */
  deferred: z.array(z.string()),
  app_debug: z.array(z.boolean()),
  environment: z.record(z.string(), z.string().nullable()),
  config_class: z.boolean().nullable(),
});
type Seen = z.infer<typeof seenSchema>;

let python: PyodideAPI;

beforeAll(async () => {
  python = await loadPyodide({ stdout: () => undefined });
  python.runPython(readFileSync(path.join(import.meta.dirname, "harness.py"), "utf8"));
});

function call(name: string, source: string, file: string): unknown {
  const f: unknown = python.globals.get(name);
  if (typeof f !== "function") throw new Error(`the harness has no ${name}`);
  return f(source, file);
}

function run(source: string, file: string): Seen {
  return seenSchema.parse(JSON.parse(String(call("run", source, file))));
}

const mended = fixtures().flatMap((f) => (f.after === undefined ? [] : [{ ...f, after: f.after }]));
const SECRETS = ["ann@example.org", "+39 06 555", "123-45-6789"];
const MARK = "USER:";

test.each(mended)("$kind/$name compiles before and after", ({ before, after, name }) => {
  expect(call("compiles", before, `${name}.py`)).toBe(true);
  expect(call("compiles", after, `${name}.fixed.py`)).toBe(true);
});

test.each(fixCases().filter((c) => c.after !== undefined))("$rule/$name compiles before and after", (c) => {
  expect(call("compiles", c.before, `${c.name}.py`)).toBe(true);
  expect(call("compiles", c.after ?? "", `${c.name}.fixed.py`)).toBe(true);
});

const of = (...kinds: string[]) => mended.filter((f) => kinds.some((k) => f.kind.startsWith(k)));
const texts = (seen: Seen, role: string): string[] =>
  seen.chat.flatMap((c) => c.filter(([r]) => r === role).map(([, t]) => t));

describe("a prompt split into messages", () => {
  test.each(of("messages-array", "completion"))(
    "$kind/$name keeps the user out of the instructions and the answer as it was",
    ({ before, after, name }) => {
      const old = run(before, name);
      const now = run(after, name);
      expect(now.answers).toEqual(old.answers);
      expect(now.prompts).toEqual([]);
      expect(now.chat.length).toBe(old.chat.length + old.prompts.length);
      expect(texts(now, "system").join()).not.toBe("");
      expect(texts(now, "system").join()).not.toContain(MARK);
      // Every input that was in the old text is still sent.
      const sent = [...old.prompts, ...old.chat.flat().map(([, t]) => t)].join();
      for (const input of sent.match(/USER:\w+/g) ?? []) expect(texts(now, "user").join()).toContain(input);
    },
  );
});

describe("a projection", () => {
  test.each(of("projection"))("$kind/$name fetches less and changes nothing else", ({ before, after, name }) => {
    const old = run(before, name);
    const now = run(after, name);
    expect(now.answers).toEqual(old.answers);
    expect(now.chat).toEqual(old.chat);
    expect(now.fetched.length).toBe(old.fetched.length);
    expect(now.fetched.flat().length).toBeLessThan(old.fetched.flat().length);
    expect(now.fetched.flat()).not.toContain("ssn");
    expect(now.deferred).toEqual([]);
  });
});

describe("debug mode", () => {
  test.each(of("debug-off"))("$name: on before, off after", ({ before, after, name }) => {
    const on = (s: Seen): boolean =>
      s.runs.some((r) => Object.values(r).includes(true)) ||
      s.app_debug.includes(true) ||
      s.environment.FLASK_DEBUG === "1" ||
      s.environment.FLASK_ENV === "development" ||
      s.config_class === true;
    expect(on(run(before, name))).toBe(true);
    expect(on(run(after, name))).toBe(false);
  });
});

describe("an error answer", () => {
  test.each(of("generic-error"))(
    "$name tells the client nothing, and the log everything",
    ({ before, after, name }) => {
      const old = run(before, name);
      const now = run(after, name);
      expect(JSON.stringify(old.answers)).toContain("postgres://");
      expect(now.answers.length).toBe(old.answers.length);
      expect(JSON.stringify(now.answers)).not.toContain("postgres");
      expect(JSON.stringify(now.answers)).toMatch(
        /An internal error occurred|could not be processed|Could not order\./,
      );
      expect(now.logged.some((l) => l.trace || l.text.includes("postgres"))).toBe(true);
    },
  );
});

describe("model text", () => {
  test.each(of("redact-output"))("$name is returned without addresses and numbers", ({ before, after, name }) => {
    const leaks = (s: Seen): boolean => /bob@example|123-45/.test(JSON.stringify(s.answers));
    expect(leaks(run(before, name))).toBe(true);
    const now = run(after, name);
    expect(leaks(now)).toBe(false);
    expect(JSON.stringify(now.answers)).toMatch(/Write to/);
  });
});

describe("a dropped field", () => {
  test.each(of("drop-field"))("$name is not in the prompt, and the others are", ({ before, after, name }) => {
    const count = (s: Seen): number => SECRETS.filter((x) => JSON.stringify(s.chat).includes(x)).length;
    const old = run(before, name);
    const now = run(after, name);
    expect(now.answers).toEqual(old.answers);
    expect(now.chat.length).toBe(old.chat.length);
    if (name !== "phrase") expect(count(now)).toBe(0);
    expect(count(old)).toBeGreaterThan(0);
    expect(JSON.stringify(now.chat)).toMatch(/Ann|gold/);
  });
});

test("whatever the prompt's text is, the mended file compiles, and no input stays in the instructions", async () => {
  const piece = fc.string({ unit: fc.constantFrom(..."ab Z:.\n\t\"'{}\\\\%#ü€\u{1f600}-[]()<>"), maxLength: 24 });
  let split = 0;
  await fc.assert(
    fc.asyncProperty(piece, piece, fc.constantFrom('"', "'", '"""'), async (before, after, quote) => {
      const text = (t: string): string => escapePython(t, quote, true);
      const source = `from flask import Flask, request
from openai import OpenAI

app = Flask(__name__)
client = OpenAI()


@app.route("/ask", methods=["POST"])
def ask():
    q = request.json["question"]
    prompt = f${quote}You are a helper. Never tell a lie. ${text(before)} {q} ${text(after)}${quote}
    reply = client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": prompt}])
    return str(len(reply.choices[0].message.content))
`;
      expect(call("compiles", source, "before")).toBe(true);
      const result = await fixed(source, "user-input-in-prompt");
      expect(call("compiles", result, "after")).toBe(true);
      if (result === source) return;
      split++;
      const seen = run(result, "after");
      expect(texts(seen, "system").join()).not.toContain(MARK);
      expect(texts(seen, "user")).toEqual(["USER:question"]);
    }),
    { numRuns: 60 },
  );
  expect(split).toBeGreaterThan(30);
});
