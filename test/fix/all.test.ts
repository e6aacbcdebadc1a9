/** Fixes together: every finding of a file, one after another, and what is left in the end. */
import { expect, test } from "vitest";
import { applyFixes } from "../../server/project/fix.js";
import { createTestEngine } from "../support/engine.js";
import { FILE, fixtures } from "./apply.js";

const FLASK = `from flask import Flask, request, jsonify
import openai

app = Flask(__name__)

SYSTEM_PROMPT = "You are a support bot for a bicycle shop."

@app.route('/ask', methods=['POST'])
def ask():
    user_message = request.get_json().get('message')
    # The prompt
    prompt = f"{SYSTEM_PROMPT}\\nUser: {user_message}\\nBot:"
    response = openai.Completion.create(
        engine="gpt-3.5-turbo-instruct",
        prompt=prompt,
        max_tokens=100
    )
    return jsonify({"answer": response.choices[0].text.strip()})

if __name__ == '__main__':
    app.run(debug=True)
`;

const RULES = [
  "unvalidated-prompt-input",
  "user-input-in-prompt",
  "missing-projection",
  "raw-llm-output",
  "debug-enabled",
  "exception-detail-returned",
];

async function all(text: string, chatModel = "gpt-4o-mini") {
  const engine = await createTestEngine({ [FILE]: text }, { chatModel });
  const outcome = applyFixes({ engine, asked: [FILE], text: () => text });
  const after = outcome.changed.get(FILE)?.after ?? text;
  const left = engine.findings(FILE).map((f) => f.rule);
  engine.dispose();
  return { after, applied: outcome.applied, left };
}

test("the classic Flask endpoint is mended whole, and needs nothing more", async () => {
  const { after, applied, left } = await all(FLASK, "gpt-4.1-mini");
  expect(applied).toBe(4);
  expect(left.filter((r) => RULES.includes(r))).toEqual([]);
  expect(after).toContain(`    messages = [
        {'role': 'system', 'content': SYSTEM_PROMPT},
        {'role': 'user', 'content': user_message},
    ]
    response = openai.ChatCompletion.create(
        model="gpt-4.1-mini",
        messages=messages,
        max_tokens=100
    )
    return jsonify({"answer": redact_sensitive(response.choices[0].message.content.strip())})`);
  expect(after).toContain(`    user_message = request.get_json().get('message')
    if not isinstance(user_message, str) or not user_message.strip() or len(user_message) > 4000:
        return jsonify({'error': 'message must be a text of 1 to 4000 characters'}), 400
`);
  expect(after).toContain("app.run(debug=False)");
  expect((await all(after)).applied).toBe(0);
});

const kinds = new Set(["projection-mongo", "drop-field", "generic-error", "completion", "redact-output"]);

test.each(fixtures().filter((f) => kinds.has(f.kind)))(
  "$kind/$name: all fixes, applied twice, are the fixes applied once",
  async ({ before }) => {
    const once = await all(before);
    expect((await all(once.after)).after).toBe(once.after);
  },
);

test("a record of which less is read afterwards is fetched in part, and the dropped field is not", async () => {
  const { after } = await all(`from flask import Flask
import openai
from pymongo import MongoClient

app = Flask(__name__)
db = MongoClient().app


@app.route("/summary/<user_id>")
def summary(user_id):
    user = db.users.find_one({"_id": user_id})
    prompt = f"Summarise the customer. Name: {user['name']}, Email: {user['email']}, Plan: {user['plan']}"
    reply = openai.ChatCompletion.create(model="gpt-4", messages=[{"role": "user", "content": prompt}])
    return str(len(reply["choices"]))
`);
  expect(after).not.toMatch(/Email:|user\['email'\]/);
  expect(after).toContain('find_one({"_id": user_id}, {"name": 1, "plan": 1})');
});

test("a fix is offered for the file that is open, as it is now", async () => {
  const engine = await createTestEngine({ [FILE]: "x = 1\n" });
  engine.findings(FILE);
  engine.open(FILE, FLASK);
  const finding = engine.findings(FILE).find((f) => f.rule === "debug-enabled");
  expect(finding && engine.fixes(finding).length).toBe(1);
  // Typing above moves the finding, and the fix with it.
  engine.change(FILE, [{ start: 0, end: 0, text: "# über\n" }]);
  const moved = engine.findings(FILE).find((f) => f.rule === "debug-enabled");
  const edit = moved && engine.fixes(moved)[0]?.edits[0];
  expect(edit && `# über\n${FLASK}`.slice(edit.start, edit.end)).toBe("True");
  engine.change(FILE, [{ start: 0, end: 7, text: "" }]);
  engine.close(FILE);
  expect(engine.findings(FILE)).toEqual([]);
  engine.dispose();
});
