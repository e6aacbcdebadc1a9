import re

from flask import Flask, jsonify, request
from openai import OpenAI

app = Flask(__name__)
client = OpenAI()
HIDDEN = re.compile(r"[\w.+-]+@[\w-]+\.\w+|sk-\w{20,}")


@app.route("/ask", methods=["POST"])
def ask():
    answer = client.responses.create(model="gpt-4o-mini", input=request.get_json()["question"])
    return jsonify(answer=HIDDEN.sub("[hidden]", answer.output_text))
