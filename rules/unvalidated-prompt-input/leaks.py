from flask import Flask, request
from openai import OpenAI

app = Flask(__name__)
client = OpenAI(timeout=10)


@app.route("/ask", methods=["POST"])
def ask():
    question = request.json["question"]  # expect: unvalidated-prompt-input
    client.responses.create(
        model="gpt-4o-mini", max_output_tokens=300, instructions="You answer questions about books.", input=question
    )
    return "", 204
