from flask import Flask
from openai import OpenAI

app = Flask(__name__)
client = OpenAI(timeout=10)


@app.route("/hello", methods=["POST"])
def hello():
    client.responses.create(model="gpt-4o-mini", max_output_tokens=200, input="Say hello.")
    return "", 204


@app.errorhandler(500)
def internal_error(_error):
    return {"error": "An internal error occurred."}, 500
