from flask import Flask
from openai import OpenAI

app = Flask(__name__)
client = OpenAI()
PROMPT = "You are a support bot. Look things up in [INTERNAL_URL] first."


@app.route("/hello", methods=["POST"])
def hello():
    client.responses.create(model="gpt-4o-mini", instructions=PROMPT, input="Hello")
    return "", 204
