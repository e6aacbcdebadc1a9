from flask import Flask, request
from openai import OpenAI

app = Flask(__name__)
client = OpenAI()
SYSTEM_PROMPT = "You are a support bot for a bank. Never give investment advice."


@app.route("/ask", methods=["POST"])
def ask():
    question = request.get_json()["question"]
    client.chat.completions.create(
        model="gpt-4o-mini",
        messages=[{"role": "system", "content": SYSTEM_PROMPT}, {"role": "user", "content": question}],
    )
    return "", 204
