from flask import Flask
from openai import OpenAI
from pymongo import MongoClient

app = Flask(__name__)
client = OpenAI()
db = MongoClient()["shop"]


@app.route("/greeting/<uid>")
def greeting(uid):
    user = db.users.find_one({"_id": uid}, {"plan": 1})
    prompt = f"Write a greeting for a customer on the plan {user['plan']}."
    client.responses.create(model="gpt-4o-mini", input=prompt)
    return "", 204
