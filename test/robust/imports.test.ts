/** A method that by its name alone may be a model's: the imports of its file say so, also while they are edited. */
import { expect, it } from "vitest";
import { testSyntax } from "../support/engine.js";
import { differences, engineOver, printed } from "./lib/engines.js";

const view = `from flask import Flask, request
from previews import previewer_of

app = Flask(__name__)


@app.get("/preview")
def preview():
    previewer = previewer_of(request.args["n"])
    return previewer.generate_content(request.args["q"]).text
`;

it("follows an import that comes and goes", async () => {
  const syntax = await testSyntax();
  const texts = new Map([["/p/views.py", view]]);
  const subject = engineOver(syntax, texts);
  expect(subject.allFindings()).toEqual([]);
  for (const text of [`import google.generativeai as genai\n${view}`, view, `from google import genai\n${view}`]) {
    texts.set("/p/views.py", text);
    subject.refresh(["/p/views.py"]);
    const fresh = engineOver(syntax, texts);
    const found = fresh.allFindings();
    expect(found.some((f) => f.rule === "raw-llm-output")).toBe(text !== view);
    expect(differences(printed(found), printed(subject.allFindings()))).toEqual([]);
    fresh.dispose();
  }
  subject.dispose();
});
