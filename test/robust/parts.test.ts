import { beforeAll, describe, expect, it } from "vitest";
import { partition } from "../../server/analysis/part.js";
import type { Syntax } from "../../server/analysis/syntax/index.js";
import { runCheck } from "../../server/project/check.js";
import { checkInParts } from "../../server/project/check-parts.js";
import { testSyntax } from "../support/engine.js";
import { differences, engineOver, printed } from "./lib/engines.js";
import { mutated } from "./lib/mutate.js";
import { partsOver } from "./lib/parts.js";
import { Random } from "./lib/random.js";
import { seedsIn } from "./lib/seeds.js";

let syntax: Syntax;
beforeAll(async () => {
  syntax = await testSyntax();
});
const folder = (name: string) => seedsIn(new URL(`../fixtures/${name}`, import.meta.url).pathname);

function alone(texts: ReadonlyMap<string, string>) {
  const engine = engineOver(syntax, texts);
  const files = [...texts.keys()].sort();
  const { findings, notes } = runCheck(engine, { asked: files, all: files });
  engine.dispose();
  return { findings: printed(findings), notes };
}

async function shared(texts: ReadonlyMap<string, string>, count: number) {
  const files = [...texts.keys()].sort();
  const { findings, notes } = await checkInParts(partsOver(syntax, texts, count), { asked: files, all: files });
  return { findings: printed(findings), notes };
}

async function expectTheSame(texts: ReadonlyMap<string, string>, counts: readonly number[]): Promise<number> {
  const wanted = alone(texts);
  for (const count of counts) {
    const got = await shared(texts, count);
    expect(differences(wanted.findings, got.findings)).toEqual([]);
    expect(got.notes).toEqual(wanted.notes);
  }
  return wanted.findings.length;
}

describe("a check that is shared out says what one engine says", () => {
  it("about an app whose flows cross files", async () => {
    expect(await expectTheSame(folder("robust"), [1, 2, 3, 5])).toBeGreaterThan(15);
  });

  it("about an app that is not worth sharing out, in the first part alone", async () => {
    const texts = folder("robust");
    const files = [...texts.keys()].sort();
    const left: number[] = [];
    const parts = partsOver(syntax, texts, 3).map((part, i) => ({
      ...part,
      leave: async () => {
        left.push(i);
        await part.leave();
      },
    }));
    const got = await checkInParts(parts, { asked: files, all: files }, true);
    expect(left).toEqual([1, 2]);
    expect(differences(alone(texts).findings, printed(got.findings))).toEqual([]);
  });

  it("about all examples laid together as one project", async () => {
    const texts = new Map([...folder("rules"), ...folder("seeds")]);
    expect(await expectTheSame(texts, [1, 2, 3])).toBeGreaterThan(200);
  }, 300_000);

  it("about files with mistakes in them", async () => {
    const r = new Random(11);
    for (let i = 0; i < 12; i++) {
      const texts = new Map([...folder("robust")].map(([file, text]) => [file, mutated(text, r, 1 + (i % 3))]));
      await expectTheSame(texts, [2, 3]);
    }
  });

  it("where another part calls a function that would else be called from outside", async () => {
    const llm = `from openai import OpenAI
client = OpenAI()
def answer(question):
    messages = [{"role": "system", "content": "You are kind. Answer this: " + question}]
    return client.chat.completions.create(model="gpt-4o", messages=messages)
`;
    const caller = `from llm import answer
from openai import OpenAI
def nightly():
    return answer("Tell a joke about models that are asked the same thing every night, in one sentence.")
`;
    const uncalled = new Map([["/p/llm.py", llm]]);
    const unseen = (lines: readonly string[]) => lines.filter((line) => line.includes("user-input-in-prompt"));
    expect(unseen(alone(uncalled).findings)).toHaveLength(1);
    const called = new Map([...uncalled, ["/p/nightly.py", caller]]);
    expect(unseen(alone(called).findings)).toEqual([]);
    await expectTheSame(called, [2]);
  });

  it("where another part registers a handler, limits the app or filters its responses", async () => {
    const views = `from flask import request
from .llm import ask
def chat():
    return ask("Answer briefly: " + request.json["question"])
`;
    const llm = `from openai import OpenAI
client = OpenAI()
def ask(prompt):
    r = client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": prompt}])
    return r.choices[0].message.content
`;
    const factory = `from flask import Flask
from . import views
def create_app():
    app = Flask(__name__)
    app.add_url_rule("/chat", view_func=views.chat, methods=["POST"])
    return app
`;
    const hooks = `import re
from .wsgi import app
@app.after_request
def redact(response):
    response.set_data(re.sub("[0-9]{9}", "", response.get_data(as_text=True)))
    return response
@app.before_request
def guard():
    if not session.get("user"):
        abort(401)
`;
    const wsgi = "from .factory import create_app\napp = create_app()\n";
    const files = { "a/llm.py": llm, "b/views.py": views, "c/factory.py": factory, "d/hooks.py": hooks };
    const fill = (text: string) => text.replaceAll("from .", "from shop.");
    const texts = new Map(
      Object.entries({ ...files, "wsgi.py": wsgi }).map(([name, text]) => [
        `/p/shop/${name.replace("/", "_").replace(/^[a-d]_/, "")}`,
        fill(text),
      ]),
    );
    texts.set("/p/shop/__init__.py", "");
    expect(await expectTheSame(texts, [2, 3, 4, 5])).toBeGreaterThan(0);
  });
});

describe("files are shared out", () => {
  it("evenly, each to one part, and the same way every time", () => {
    const files = Array.from({ length: 100 }, (_, i) => `/p/${String(i).padStart(3, "0")}.py`);
    const weight = (file: string) => 1 + (Number(file.slice(3, 6)) % 7);
    const parts = partition(files, weight, 3);
    expect(parts).toEqual(partition(files, weight, 3));
    const sums = [0, 0, 0];
    files.forEach((file, i) => {
      sums[parts[i] ?? -1]! += weight(file);
    });
    expect(Math.max(...sums)).toBeLessThan(1.2 * Math.min(...sums));
  });

  it("also when there are fewer files than parts, or nothing in them", () => {
    expect(partition([], () => 1, 3)).toEqual([]);
    expect(partition(["/a.py"], () => 0, 3)).toEqual([0]);
    expect(partition(["/a.py", "/b.py"], () => 5, 8).every((part) => part >= 0 && part < 8)).toBe(true);
  });
});
