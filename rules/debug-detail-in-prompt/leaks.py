from flask import Flask
from openai import OpenAI

app = Flask(__name__)
client = OpenAI()


@app.route("/order", methods=["POST"])
def order():
    try:
        place_order()
    except Exception as e:
        client.responses.create(model="gpt-4o-mini", input=f"Write an apology. What went wrong: {e}")  # expect: debug-detail-in-prompt
    return "", 204


def place_order():
    raise RuntimeError("not yet")
