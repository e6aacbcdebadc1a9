import re

from flask import Flask, jsonify, request
from openai import OpenAI

app = Flask(__name__)
client = OpenAI()
HIDDEN = re.compile(r"[\w.+-]+@[\w-]+\.\w+|\b\d{3}-\d{2}-\d{4}\b|sk-\w{20,}")


def redact(text):
    return HIDDEN.sub("[hidden]", text)


@app.route("/ask", methods=["POST"])
def ask():
    answer = client.responses.create(model="gpt-4o-mini", input=request.get_json()["question"])
    return jsonify(answer=redact(answer.output_text))
