/** A Python file that looks like a web app's, for edits. */
export const SAMPLE = `"""Answers questions."""
import os
from flask import Flask, request, jsonify
from openai import OpenAI

app = Flask(__name__)
client = OpenAI(api_key=os.environ["KEY"])
SYSTEM = (
    "You are a helpful assistant. "
    "Answer in one sentence."
)


class Store:
    """Keeps the notes."""

    table = "notes"

    def __init__(self, db, *, limit: int = 10):
        self.db = db
        self.limit = limit

    @property
    def size(self) -> int:
        return len(self.db)

    async def find(self, user_id: str | None = None, **options):
        rows = [row for row in self.db if row["user"] == user_id]
        async for row in self.db.stream(user_id, **options):
            yield {**row, "text": row["text"].strip()}
        if not rows:
            raise LookupError(f"nothing for {user_id!r}")  # spillcheck: ignore


def ask(question, context=None):
    prompt = f"{SYSTEM}\\n{context or ''}\\nQuestion: {question:>{10}}"
    try:
        reply = client.chat.completions.create(
            model="gpt-4o",
            messages=[
                {"role": "system", "content": SYSTEM},
                {"role": "user", "content": prompt},
            ],
        )
    except (ValueError, KeyError) as e:
        app.logger.error("failed: %s", e)
        return None
    else:
        return reply.choices[0].message.content


@app.route("/ask", methods=["POST"])
def ask_route():
    data = request.get_json()
    match data:
        case {"question": str(q), "context": c}:
            answer = ask(q, c)
        case _:
            answer = (lambda d: d.get("text", "😀"))(data)
    return jsonify({"answer": answer})


x = 1
x = 1
if __name__ == "__main__":
    with open("log") as log, open("out") as out:
        print(log, file=out)
    app.run(debug=True)
`;
