from flask import Flask, request
from openai import OpenAI

app = Flask(__name__)
client = OpenAI()


@app.route("/greet")
def greet():
    name = request.headers["X-SSL-Client-DN"]
    client.responses.create(model="gpt-4o-mini", input=f"Write a greeting for {name}.")  # expect: request-metadata-in-prompt
    return "", 204
