from flask import Flask, jsonify, request
from openai import OpenAI

app = Flask(__name__)
client = OpenAI()


@app.route("/ask", methods=["POST"])
def ask():
    answer = client.responses.create(model="gpt-4o-mini", input=request.get_json()["question"])
    return jsonify(answer.output_text)
