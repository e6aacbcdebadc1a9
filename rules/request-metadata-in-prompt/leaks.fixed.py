import hashlib
from flask import Flask, request
from openai import OpenAI

app = Flask(__name__)
client = OpenAI()


@app.route("/greet")
def greet():
    name = request.headers["X-SSL-Client-DN"]
    client.responses.create(model="gpt-4o-mini", input=f"Write a greeting for {hashlib.sha256(str(name).encode()).hexdigest()[:16]}.")
    return "", 204
