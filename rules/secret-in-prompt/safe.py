from flask import Flask
from openai import OpenAI

app = Flask(__name__)
client = OpenAI()
PROMPT = "You are a support bot. Where the knowledge base is needed, answer with the mark KB."


@app.route("/hello", methods=["POST"])
def hello():
    client.responses.create(model="gpt-4o-mini", instructions=PROMPT, input="Hello")
    return "", 204
