from flask import Flask
from openai import OpenAI

app = Flask(__name__)
client = OpenAI()


@app.route("/order", methods=["POST"])
def order():
    try:
        place_order()
    except Exception:
        app.logger.exception("the order failed")
        client.responses.create(model="gpt-4o-mini", input="Write an apology for an order that failed.")
    return "", 204


def place_order():
    raise RuntimeError("not yet")
