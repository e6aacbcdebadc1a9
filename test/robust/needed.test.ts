/** Functions that are not looked at: what an edit, or a question on the side, makes of them is no finding. */
import { beforeAll, describe, expect, it } from "vitest";
import { outlineOf } from "../../server/analysis/flow/outline.js";
import { defineModule } from "../../server/analysis/names/definitions.js";
import type { Syntax } from "../../server/analysis/syntax/index.js";
import { testSyntax } from "../support/engine.js";
import { engineOver, printed } from "./lib/engines.js";

let syntax: Syntax;
beforeAll(async () => {
  syntax = await testSyntax();
});

const freshly = (texts: ReadonlyMap<string, string>) => {
  const fresh = engineOver(syntax, texts);
  const out = printed(fresh.allFindings());
  fresh.dispose();
  return out;
};

describe("what nobody looks at says nothing, as in a fresh engine", () => {
  it("a function that was looked at, and is edited once it no longer is", () => {
    const file = "/p/clerk.py";
    const call = `    return claude.messages.create(model="m", messages=[{"role": "user", "content": question}])\n`;
    const route = `import openai\n\n\n@app.route("/clerk")\ndef clerk():\n    question = request.args["q"]\n${call}`;
    let text = route;
    const engine = engineOver(syntax, new Map([[file, text]]));
    engine.open(file, text);
    expect(engine.findings(file).some((f) => f.rule === "unbounded-llm-call")).toBe(true);
    const edit = (now: string) => {
      const start = [...now].findIndex((c, i) => c !== text[i]);
      let kept = 0;
      while (kept < now.length - start && kept < text.length - start && now.at(-1 - kept) === text.at(-1 - kept))
        kept++;
      engine.change(file, [{ start, end: text.length - kept, text: now.slice(start, now.length - kept) }]);
      text = now;
      expect(printed(engine.allFindings())).toEqual(freshly(new Map([[file, text]])));
    };
    edit(`def clerk():\n    pass\n${call}`);
    expect(engine.findings(file)).toEqual([]);
    edit(`def clerk():\n    pass\n${call}    question = 1\n`);
    expect(engine.findings(file)).toEqual([]);
    engine.dispose();
  });

  it("a function that is asked what it puts into an app", () => {
    const hook = `import re

from flask import Flask, jsonify
from openai import OpenAI

app = Flask(__name__)


@app.tidy("/notes")
def notes():
    text = OpenAI().responses.create(model="m", input="Write a note.").output_text
    return jsonify({"note": re.sub("x", "y", text)})
`;
    const writer = (note: string) => `def install(app):
    app.tidy = 1
    return claude.messages.create(model="m", messages=[])


${note}
`;
    const texts = new Map([
      ["/p/hook.py", hook],
      ["/p/writer.py", writer("")],
    ]);
    const engine = engineOver(syntax, texts);
    expect(printed(engine.allFindings())).toEqual(freshly(texts));
    expect(engine.allFindings().filter((f) => f.file === "/p/writer.py")).toEqual([]);
    for (const body of ["    app.tidy = 2", "    app.tidy = 1\n    app.other = 3"]) {
      texts.set("/p/writer.py", writer("").replace("    app.tidy = 1", body));
      engine.refresh(["/p/writer.py"]);
      expect(printed(engine.allFindings())).toEqual(freshly(texts));
    }
    // Once it is called by what is looked at, it counts; and no more when it is not.
    const calling = hook
      .replace("import re", "import re\n\nfrom writer import install")
      .replace("    text", "    install(app)\n    text");
    for (const [now, counts] of [
      [calling, true],
      [hook, false],
    ] as const) {
      texts.set("/p/hook.py", now);
      engine.refresh(["/p/hook.py"]);
      expect(printed(engine.allFindings())).toEqual(freshly(texts));
      expect(engine.allFindings().some((f) => f.file === "/p/writer.py")).toBe(counts);
    }
    engine.dispose();
  });
});

describe("a function at the end of a class", () => {
  const parser = (indent: string) => `import json


class Reader:
    def open(self):
        return self

${indent}@staticmethod
${indent}def read(text):
${indent}    return json.loads(text)
`;
  const view = `from flask import Flask
from openai import OpenAI

from reader import Reader

app = Flask(__name__)


@app.get("/text")
def text():
    return Reader.read(OpenAI().responses.create(model="m", input="Write.").output_text)
`;

  it("is looked for again when it joins or leaves the class", () => {
    const file = "/p/reader.py";
    const texts = new Map([
      [file, parser("    ")],
      ["/p/view.py", view],
    ]);
    const engine = engineOver(syntax, texts);
    const said: string[][] = [];
    for (const indent of ["    ", "", "    "]) {
      texts.set(file, parser(indent));
      engine.refresh([file]);
      said.push(printed(engine.allFindings()));
      expect(said.at(-1)).toEqual(freshly(texts));
    }
    expect(said[0]).not.toEqual(said[1]);
    engine.dispose();
  });

  it("is seen in what others rely on of the module", () => {
    const [inside, behind] = ["    ", ""].map((indent) =>
      outlineOf(
        defineModule(
          syntax.lower("/p/a.py", `class A:\n    def a(self):\n        pass\n\n${indent}def b():\n${indent}    pass\n`),
        ),
      ),
    );
    expect(inside).not.toEqual(behind);
  });
});
