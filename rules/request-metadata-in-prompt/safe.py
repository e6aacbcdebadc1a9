import hashlib

from flask import Flask, request
from openai import OpenAI

app = Flask(__name__)
client = OpenAI()


@app.route("/greet")
def greet():
    name = request.headers["X-SSL-Client-DN"]
    reference = hashlib.sha256(name.encode()).hexdigest()[:16]
    client.responses.create(model="gpt-4o-mini", input=f"Write a greeting for customer {reference}.")
    return "", 204
