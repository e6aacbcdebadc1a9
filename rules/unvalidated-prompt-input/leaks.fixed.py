from flask import Flask, request
from openai import OpenAI

app = Flask(__name__)
client = OpenAI(timeout=10)


@app.route("/ask", methods=["POST"])
def ask():
    question = request.json["question"]
    if not isinstance(question, str) or not question.strip() or len(question) > 4000:
        return {"error": "question must be a text of 1 to 4000 characters"}, 400
    client.responses.create(
        model="gpt-4o-mini", max_output_tokens=300, instructions="You answer questions about books.", input=question
    )
    return "", 204
