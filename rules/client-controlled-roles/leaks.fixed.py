from flask import Flask, request
from openai import OpenAI

app = Flask(__name__)
client = OpenAI()


@app.route("/chat", methods=["POST"])
def chat():
    messages = request.get_json()["messages"]
    client.chat.completions.create(model="gpt-4o-mini", messages=[{"role": "user", "content": str(m["content"])} for m in messages])
    return "", 204
