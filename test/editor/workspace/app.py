"""A small support chat. Every leak in it is on purpose."""

from flask import Flask, jsonify, request
from openai import OpenAI
from pymongo import MongoClient

app = Flask(__name__)
client = OpenAI()
db = MongoClient()["shop"]


@app.post("/chat")
def chat():
    question = request.json["message"]
    user = db.users.find_one({"_id": request.json["user_id"]})
    prompt = f"You are the shop's assistant. Help {user['name']} ({user['email']}). They ask: {question}"
    completion = client.chat.completions.create(
        model="gpt-4o-mini",
        messages=[{"role": "user", "content": prompt}],
    )
    return jsonify(reply=completion.choices[0].message.content)


@app.errorhandler(Exception)
def failed(error):
    return jsonify(error=str(error)), 500


if __name__ == "__main__":
    app.run(debug=True)
