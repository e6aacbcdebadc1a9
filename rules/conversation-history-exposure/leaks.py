from flask import Flask, request
from flask_login import login_required
from openai import OpenAI
from pymongo import MongoClient

app = Flask(__name__)
client = OpenAI(timeout=10)
db = MongoClient().chat


@app.route("/chat", methods=["POST"])
@login_required
def chat():
    turns = db.conversations.find({"conversation_id": request.json["conversation_id"]}, {"_id": 0, "role": 1, "content": 1})  # expect: conversation-history-exposure
    messages = [{"role": "system", "content": "You are a helpful assistant."}, *turns]
    client.chat.completions.create(model="gpt-4o-mini", max_tokens=300, messages=messages)
    return "", 204
