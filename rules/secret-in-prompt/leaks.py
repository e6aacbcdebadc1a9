from flask import Flask
from openai import OpenAI

app = Flask(__name__)
client = OpenAI()
PROMPT = "You are a support bot. Look things up in https://wiki.internal.acme.com/support first."  # expect: secret-in-prompt(warning)


@app.route("/hello", methods=["POST"])
def hello():
    client.responses.create(model="gpt-4o-mini", instructions=PROMPT, input="Hello")
    return "", 204
