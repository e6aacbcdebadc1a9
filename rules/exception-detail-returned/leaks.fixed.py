from flask import Flask, jsonify, request
from openai import OpenAI

app = Flask(__name__)
client = OpenAI()


@app.route("/ask", methods=["POST"])
def ask():
    try:
        client.responses.create(model="gpt-4o-mini", input=request.get_json()["question"])
    except Exception:
        app.logger.exception("Unhandled error in ask")
        return jsonify(error="An internal error occurred."), 500
    return "", 204
