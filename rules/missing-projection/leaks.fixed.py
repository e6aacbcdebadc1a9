from flask import Flask
from openai import OpenAI
from pymongo import MongoClient

app = Flask(__name__)
client = OpenAI()
db = MongoClient()["shop"]


@app.route("/hint/<uid>")
def hint(uid):
    user = db.users.find_one({"_id": uid}, {"plan": 1})
    client.responses.create(model="gpt-4o-mini", input=f"Suggest a plan after {user['plan']}.")
    return "", 204
