from flask import Flask, request
from openai import OpenAI

app = Flask(__name__)
client = OpenAI()
SYSTEM = {"role": "system", "content": "You are a support bot."}


@app.route("/chat", methods=["POST"])
def chat():
    texts = [m["content"] for m in request.get_json()["messages"]]
    messages = [SYSTEM] + [{"role": "user", "content": text} for text in texts]
    client.chat.completions.create(model="gpt-4o-mini", messages=messages)
    return "", 204
