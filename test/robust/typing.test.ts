/** A file that had nothing to do with any rule begins to matter while it is typed into, and stops again. */
import { beforeAll, describe, expect, it } from "vitest";
import type { Syntax } from "../../server/analysis/syntax/index.js";
import { testSyntax } from "../support/engine.js";
import { engineOver, printed } from "./lib/engines.js";

let syntax: Syntax;
beforeAll(async () => {
  syntax = await testSyntax();
});

const cases: Record<string, { start: string; typed: string; rule: string }> = {
  "a setting": {
    start: "from flask import Flask\n\napp = Flask(__name__)\n",
    typed: "app.run(debug=True)",
    rule: "debug-enabled",
  },
  "a model call": {
    start: "from flask import Flask, request\n\napp = Flask(__name__)\n",
    typed: `from openai import OpenAI
@app.route("/ask")
def ask():
    text = "You are a poet. " + request.args["q"]
    return OpenAI().responses.create(model="m", input=text).output_text
`,
    rule: "user-input-in-prompt",
  },
  "a use of another file": {
    start: "from flask import Flask, request\n\napp = Flask(__name__)\n",
    typed: `import helper
@app.route("/ask")
def ask():
    return helper.poem(request.args["q"])
`,
    rule: "raw-llm-output",
  },
};
const helper = `from openai import OpenAI


def poem(about):
    return OpenAI().responses.create(model="m", input="You are a poet. Write about " + about).output_text
`;

describe("typed character by character, the findings are those of a fresh engine", () => {
  it.each(Object.keys(cases))("%s", (name) => {
    const { start, typed, rule } = cases[name]!;
    const file = "/p/typing.py";
    const texts = new Map([
      [file, start],
      ["/p/helper.py", helper],
    ]);
    const engine = engineOver(syntax, texts);
    engine.open(file, start);
    expect(engine.findings(file).filter((f) => f.rule === rule)).toEqual([]);
    let text = start;
    const type = (change: { start: number; end: number; text: string }) => {
      text = text.slice(0, change.start) + change.text + text.slice(change.end);
      engine.change(file, [change]);
      const fresh = engineOver(syntax, new Map([...texts, [file, text]]));
      expect(printed(engine.allFindings())).toEqual(printed(fresh.allFindings()));
      fresh.dispose();
    };
    for (const char of typed) type({ start: text.length, end: text.length, text: char });
    expect(engine.findings(file).some((f) => f.rule === rule)).toBe(true);
    type({ start: start.length, end: text.length, text: "" });
    expect(engine.findings(file).filter((f) => f.rule === rule)).toEqual([]);
    engine.dispose();
  });
});
