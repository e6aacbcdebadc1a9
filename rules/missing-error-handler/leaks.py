from flask import Flask
from openai import OpenAI

app = Flask(__name__)
client = OpenAI(timeout=10)


@app.route("/hello", methods=["POST"])
def hello():  # expect: missing-error-handler
    client.responses.create(model="gpt-4o-mini", max_output_tokens=200, input="Say hello.")
    return "", 204
