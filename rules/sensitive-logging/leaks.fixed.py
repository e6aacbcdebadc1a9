from flask import Flask, request
from openai import OpenAI

app = Flask(__name__)
client = OpenAI()


@app.route("/ask", methods=["POST"])
def ask():
    question = request.get_json()["question"]
    app.logger.info("question: %s", len(str(question)))
    client.responses.create(model="gpt-4o-mini", input=question)
    return "", 204
