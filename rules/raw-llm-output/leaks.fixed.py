import re
from flask import Flask, jsonify, request
from openai import OpenAI


_SENSITIVE_PATTERNS = (
    (re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"), "[email]"),
    (re.compile(r"\b\d{3}-\d{2}-\d{4}\b"), "[ssn]"),
    (re.compile(r"\b(?:\d[ -]?){12,18}\d\b"), "[card]"),
    (re.compile(r"\b(?:sk|pk|rk)[-_][A-Za-z0-9_-]{16,}"), "[key]"),
    (re.compile(r"\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36,}"), "[key]"),
    (re.compile(r"\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*"), "[token]"),
)


def redact_sensitive(text):
    """Replace e-mail addresses, social security and card numbers, keys and tokens in model text."""
    if text is None:
        return None
    text = str(text)
    for pattern, label in _SENSITIVE_PATTERNS:
        text = pattern.sub(label, text)
    return text


app = Flask(__name__)
client = OpenAI()


@app.route("/ask", methods=["POST"])
def ask():
    answer = client.responses.create(model="gpt-4o-mini", input=request.get_json()["question"])
    return jsonify(answer=redact_sensitive(answer.output_text))
