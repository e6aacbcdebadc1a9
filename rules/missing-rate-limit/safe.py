from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from openai import OpenAI

app = Flask(__name__)
client = OpenAI(timeout=10)
limiter = Limiter(get_remote_address, app=app)


@app.route("/hello", methods=["POST"])
@limiter.limit("10/minute")
def hello():
    client.responses.create(model="gpt-4o-mini", max_output_tokens=200, input="Say hello.")
    return "", 204
