import { beforeAll, describe, expect, it } from "vitest";
import type { Syntax } from "../../server/analysis/syntax/index.js";
import { testSyntax } from "../support/engine.js";
import { engineOver, printed } from "./lib/engines.js";
import { mutated } from "./lib/mutate.js";
import { Random } from "./lib/random.js";
import { seedsIn } from "./lib/seeds.js";

let syntax: Syntax;
beforeAll(async () => {
  syntax = await testSyntax();
});
const seeds = seedsIn(new URL("../fixtures/robust", import.meta.url).pathname);

function shuffled(r: Random): (files: string[]) => string[] {
  return (files) =>
    files
      .map((f) => ({ f, at: r.next() }))
      .sort((a, b) => a.at - b.at)
      .map(({ f }) => f);
}

function all(texts: ReadonlyMap<string, string>, order?: (files: string[]) => string[]): string[] {
  const engine = engineOver(syntax, texts, order);
  const out = printed(engine.allFindings());
  engine.dispose();
  return out;
}

describe("the same input gives the same findings in the same order", () => {
  it("twice in one process", () => {
    const findings = all(seeds);
    expect(findings.length).toBeGreaterThan(15);
    expect(all(seeds)).toEqual(findings);
  });

  it("whatever order the files are named in", () => {
    const r = new Random(5);
    for (let i = 0; i < 6; i++) {
      const texts = new Map([...seeds].map(([file, text]) => [file, i ? mutated(text, r, 1) : text]));
      expect(all(texts, shuffled(r))).toEqual(all(texts));
    }
  });

  it("whichever file is asked about first", () => {
    const wanted = all(seeds);
    for (const file of seeds.keys()) {
      const engine = engineOver(syntax, seeds);
      const own = printed(engine.findings(file));
      expect(own).toEqual(wanted.filter((line) => line.startsWith(`${file} | `)));
      engine.dispose();
    }
  });
});

describe("what is followed inside something else", () => {
  const models = `from flask import request
from openai import OpenAI


class Leaf:
    def __init__(self, text):
        self.text = text

    @property
    def one(self):
        return self.text


class Middle:
    def __init__(self, leaf):
        self.leaf = leaf

    @property
    def two(self):
        return self.leaf.one


class Top:
    def __init__(self, middle):
        self.middle = middle

    @property
    def three(self):
        return self.middle.two


class Child:
    @property
    def note(self):
        text = Top(Middle(Leaf(request.args["q"]))).three
        prompt = "Answer this as a friendly clerk of the shop would: " + text
        return OpenAI().responses.create(model="m", input=prompt).output_text


class Document:
    def __init__(self, child):
        self.child = child

    @property
    def note(self):
        return self.child.note
`;
  const view = `from flask import Flask

from models import Child, Document

app = Flask(__name__)


@app.get("/note")
def note():
    return Document(Child()).note
`;

  // The view asks first in one of them: its property is being followed when the model's is looked at.
  it.each(["/p/app.py", "/p/web.py"])("counts for nobody else, with the view in %s", (file) => {
    const engine = engineOver(
      syntax,
      new Map([
        ["/p/models.py", models],
        [file, view],
      ]),
    );
    const found = engine.allFindings().filter((f) => f.rule === "user-input-in-prompt");
    expect(found.map((f) => f.file)).toEqual(["/p/models.py"]);
    engine.dispose();
  });
});
