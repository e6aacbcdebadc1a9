/** What one turn of a loop hands to the next. */
import { beforeAll, describe, expect, it } from "vitest";
import { carriedBy } from "../../server/analysis/flow/carried.js";
import type { Syntax } from "../../server/analysis/syntax/index.js";
import { createTestEngine, testPath, testSyntax } from "../support/engine.js";

let syntax: Syntax;
beforeAll(async () => {
  syntax = await testSyntax();
});

/** The names that the loop which is the whole text carries. */
function carried(text: string): string[] {
  const [loop] = syntax.lower("/a.py", text).body;
  if (loop?.k === "for") return [...carriedBy(loop.body, { sets: loop.target })].sort();
  if (loop?.k === "while") return [...carriedBy(loop.body, { reads: loop.c })].sort();
  throw new Error("no loop");
}

describe("names that a turn reads before it sets them", () => {
  it.each<[string, string, string[]]>([
    ["the target of the loop is set", "for x in xs:\n    print(x)\n", ["print"]],
    [
      "what only grows is not read",
      "for x in xs:\n    out.append(x)\n    text += x\n    seen[x] = x\n    a.b[x].c = x\n",
      [],
    ],
    ["what grows and is read is", "for x in xs:\n    out.append(x)\n    f(out)\n", ["f", "out"]],
    ["what is set first is not", "for x in xs:\n    y = x\n    g(y)\n", ["g"]],
    ["what is set last is", "for x in xs:\n    g(y)\n    y = x\n", ["g", "y"]],
    ["what one way alone sets is", "for x in xs:\n    if x:\n        y = x\n    g(y)\n", ["g", "y"]],
    ["inside that way it is set", "for x in xs:\n    if x:\n        y = x\n        y.z()\n", []],
    ["keys are read", "for x in xs:\n    d[key] = x\n", ["key"]],
    ["the condition is read first", "while more:\n    more = step()\n", ["more", "step"]],
    ["a definition may read anything", "for x in xs:\n    def f():\n        return x\n", ["x"]],
    ["a caught exception is set", "for x in xs:\n    try:\n        x.a()\n    except E as e:\n        e.b()\n", ["E"]],
    ["a pattern sets its names", "for x in xs:\n    match x:\n        case [y]:\n            y.a()\n", []],
  ])("%s", (_, text, names) => {
    expect(carried(text)).toEqual(names);
  });
});

const app = (body: string) => `from flask import Flask, request
from openai import OpenAI

app = Flask(__name__)


@app.route("/ask")
def ask():
${body.replace(/^/gm, "    ")}
    OpenAI().responses.create(model="m", input="x", instructions=text)
    return "ok"
`;

async function found(body: string): Promise<string[]> {
  const engine = await createTestEngine({ "app.py": app(body) });
  const out = engine.findings(testPath("app.py")).filter((f) => f.rule === "user-input-in-prompt");
  engine.dispose();
  return out.map((f) => f.rule);
}

describe("flows through several turns", () => {
  it("what one turn leaves for the next is followed", async () => {
    const body = `text = "You are a poet."
last = ""
for word in ["a", "b"]:
    text = "You are a poet. " + last
    last = request.args["q"]`;
    expect(await found(body)).toEqual(["user-input-in-prompt"]);
  });

  it("what is appended is in the list", async () => {
    const body = `parts = ["You are a poet."]
for word in request.json["words"]:
    parts.append(word)
text = " ".join(parts)`;
    expect(await found(body)).toEqual(["user-input-in-prompt"]);
  });

  it("constants that a turn appends stay constants", async () => {
    const body = `parts = ["You are a poet."]
last = ""
for word in ["a", "b"]:
    parts.append(last)
    last = word
text = " ".join(parts)`;
    expect(await found(body)).toEqual([]);
  });
});
