/** Errors of the app's own: what they were raised with, wherever that was, is in what a handler reads off them. */
import { describe, expect, it } from "vitest";
import { createTestEngine, testPath } from "../support/engine.js";

const files = (raised: string, caught = "Exception as e"): Record<string, string> => ({
  "errors.py": `class AskError(Exception):
    def __init__(self, message):
        self.message = message
`,
  "ask.py": `from openai import OpenAI
from errors import AskError


def ask(text):
    try:
        return OpenAI().responses.create(model="m", instructions="Be kind.", input=text)
    except ${caught}:
        raise ${raised}
`,
  "app.py": `from flask import Flask, jsonify
from errors import AskError

app = Flask(__name__)


@app.errorhandler(AskError)
def answer(error):
    return jsonify(error=error.message)
`,
});

const reported = async (of: Record<string, string>, edit?: Record<string, string>): Promise<number> => {
  const engine = await createTestEngine(of);
  try {
    if (edit) engine.allFindings();
    for (const [name, text] of Object.entries(edit ?? {})) engine.open(testPath(name), text);
    return engine.findings(testPath("app.py")).filter((f) => f.rule === "exception-detail-returned").length;
  } finally {
    engine.dispose();
  }
};

describe("an error of the app's own that is raised in another module", () => {
  it.each([
    ["with the text of the other one", 'AskError(f"no answer: {e}")', 1],
    ["with the other one", "AskError(e) from e", 1],
    ["with words of the app's own", 'AskError("no answer") from e', 0],
    ["with the name of its class", 'AskError(f"no answer: {type(e).__name__}")', 0],
    ["an error of another class", 'ValueError(f"no answer: {e}")', 0],
  ])("%s", async (_, raised, count) => {
    expect(await reported(files(raised))).toBe(count);
  });

  it("is known anew once it is raised with other words", async () => {
    const [leaks, safe] = [files('AskError(f"no answer: {e}")'), files('AskError("no answer")')];
    expect(await reported(leaks, { "ask.py": safe["ask.py"]! })).toBe(0);
    expect(await reported(safe, { "ask.py": leaks["ask.py"]! })).toBe(1);
  });
});
