from flask import Flask
from openai import OpenAI
from pymongo import MongoClient

app = Flask(__name__)
client = OpenAI()
db = MongoClient()["shop"]


@app.route("/greeting/<uid>")
def greeting(uid):
    user = db.users.find_one({"_id": uid}, {"email": 1, "plan": 1})
    prompt = f"Write a greeting for {user['email']}, who is on the plan {user['plan']}."  # expect: sensitive-field-in-prompt
    client.responses.create(model="gpt-4o-mini", input=prompt)
    return "", 204
