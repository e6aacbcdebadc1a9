/** Names of a module that several functions read and write: what is found does not depend on who asks first. */
import { describe, expect, it } from "vitest";
import { createTestEngine, testPath } from "../support/engine.js";

const head = `from flask import Flask, jsonify, render_template, request
from openai import OpenAI

app = Flask(__name__)
client = OpenAI()
history = [{"role": "system", "content": "You are a poet."}]
`;
const parts = {
  reader: `

@app.route("/")
def index():
    return render_template("index.html", history=history)
`,
  first: `

@app.route("/chat", methods=["POST"])
def chat():
    content = request.json["message"]
    history.append({"role": "user", "content": content})
    return jsonify(success=True)
`,
  second: `

@app.route("/answer")
def answer():
    reply = client.chat.completions.create(model="m", messages=history)
    history.append({"role": "assistant", "content": reply.choices[0].message.content})
    return "ok"
`,
};

describe("a list that one route appends to and another hands to the model", () => {
  it.each<[string, (keyof typeof parts)[]]>([
    ["the reader first", ["reader", "first", "second"]],
    ["the model's route first", ["second", "first", "reader"]],
    ["the other way round", ["first", "reader", "second"]],
    ["without another reader", ["first", "second"]],
  ])("%s", async (_, order) => {
    const engine = await createTestEngine({ "app.py": head + order.map((name) => parts[name]).join("") });
    const found = engine.findings(testPath("app.py")).filter((f) => f.rule === "unvalidated-prompt-input");
    engine.dispose();
    expect(found).toHaveLength(1);
    expect(found[0]!.message).toContain("`message`");
  });
});
