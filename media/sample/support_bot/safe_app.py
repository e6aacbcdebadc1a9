"""The support bot again, without the leaks of app.py."""
import logging
import os
import re

from flask import Flask, abort, jsonify, request
from openai import OpenAI
from pymongo import MongoClient

app = Flask(__name__)
client = OpenAI()
db = MongoClient()["acme"]
log = logging.getLogger(__name__)

CONTACT = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+|\b(?:\d[ -]?){13,19}\b")


def redact(text):
    """Takes e-mail addresses and card numbers out of what the model wrote."""
    return CONTACT.sub("[removed]", text)


def ask(instructions, words):
    """Instructions and the customer's words reach the model apart from each other."""
    response = client.chat.completions.create(
        model="gpt-4o-mini",
        messages=[
            {"role": "system", "content": instructions},
            {"role": "user", "content": words},
        ],
        max_tokens=300,
        timeout=20,
    )
    return redact(response.choices[0].message.content)


@app.route("/chat", methods=["POST"])
def chat():
    question = request.json["question"]
    if not isinstance(question, str) or len(question) > 2000:
        abort(400)
    return jsonify({"answer": ask("You are the support bot of Acme Outdoor. Answer politely.", question)})


@app.route("/customers/<customer_id>/summary")
def customer_summary(customer_id):
    # Only the fields that the summary needs leave the database.
    customer = db.customers.find_one({"_id": customer_id}, {"name": 1, "plan": 1})
    if customer is None:
        abort(404)
    try:
        facts = f"Name: {customer['name']}, plan: {customer['plan']}"
        return jsonify({"summary": ask("Summarise this customer for a support agent.", facts)})
    except Exception:
        log.exception("the summary failed")
        return jsonify({"error": "The summary is not available right now."}), 500


if __name__ == "__main__":
    app.run(debug=os.environ.get("ACME_DEBUG") == "1")
