from flask import Flask, jsonify
from openai import OpenAI

app = Flask(__name__)
client = OpenAI(timeout=10)


@app.route("/hello", methods=["POST"])
def hello():
    client.responses.create(model="gpt-4o-mini", max_output_tokens=200, input="Say hello.")
    return "", 204


@app.errorhandler(Exception)
def failed(e):
    app.logger.error("unhandled: %s", type(e).__name__)
    return jsonify(error="Internal error."), 500
