#%% django filter
from django.http import JsonResponse
from openai import OpenAI

from .models import Message

client = OpenAI(timeout=10)


def chat(request, pk):
    turns = Message.objects.filter(conversation_id=pk).values("content")
    messages = [{"role": "user", "content": t["content"]} for t in turns]
    client.chat.completions.create(model="m", max_tokens=9, messages=messages)
    return JsonResponse({"ok": True})

#%% file models.py
from django.db import models


class Message(models.Model):
    owner = models.ForeignKey("auth.User", on_delete=models.CASCADE)
    content = models.TextField()

#%% fixed
from django.http import JsonResponse
from openai import OpenAI

from .models import Message

client = OpenAI(timeout=10)


def chat(request, pk):
    turns = Message.objects.filter(conversation_id=pk, owner=request.user).values("content")
    messages = [{"role": "user", "content": t["content"]} for t in turns]
    client.chat.completions.create(model="m", max_tokens=9, messages=messages)
    return JsonResponse({"ok": True})

#%% django shortcut over lines
from django.http import JsonResponse
from django.shortcuts import get_object_or_404
from openai import OpenAI

from .models import Conversation

client = OpenAI(timeout=10)


def chat(request, pk):
    conversation = get_object_or_404(
        Conversation,
        pk=pk,
    )
    client.responses.create(model="m", max_output_tokens=9, input=conversation.transcript)
    return JsonResponse({"ok": True})

#%% file models.py
from django.db import models


class Conversation(models.Model):
    user = models.ForeignKey("auth.User", on_delete=models.CASCADE)
    transcript = models.TextField()

#%% fixed
from django.http import JsonResponse
from django.shortcuts import get_object_or_404
from openai import OpenAI

from .models import Conversation

client = OpenAI(timeout=10)


def chat(request, pk):
    conversation = get_object_or_404(
        Conversation,
        pk=pk,
        user=request.user,
    )
    client.responses.create(model="m", max_output_tokens=9, input=conversation.transcript)
    return JsonResponse({"ok": True})

#%% mongo with the login of flask
from flask import Flask, request
from flask_login import current_user, login_required
from openai import OpenAI
from pymongo import MongoClient

app = Flask(__name__)
client = OpenAI(timeout=10)
db = MongoClient().chat


@app.route("/chat", methods=["POST"])
@login_required
def chat():
    turns = db.messages.find({"session_id": request.form["session"]}, {"role": 1, "content": 1})
    client.chat.completions.create(model="m", max_tokens=9, messages=list(turns))
    db.messages.insert_one({"session_id": request.form["session"], "user_id": current_user.id, "role": "user"})
    return "", 204

#%% fixed
from flask import Flask, request
from flask_login import current_user, login_required
from openai import OpenAI
from pymongo import MongoClient

app = Flask(__name__)
client = OpenAI(timeout=10)
db = MongoClient().chat


@app.route("/chat", methods=["POST"])
@login_required
def chat():
    turns = db.messages.find({"session_id": request.form["session"], "user_id": current_user.id}, {"role": 1, "content": 1})
    client.chat.completions.create(model="m", max_tokens=9, messages=list(turns))
    db.messages.insert_one({"session_id": request.form["session"], "user_id": current_user.id, "role": "user"})
    return "", 204

#%% none: nobody knows the owner's field
from django.http import JsonResponse
from openai import OpenAI

from .models import Message

client = OpenAI(timeout=10)


def chat(request, pk):
    turns = Message.objects.filter(conversation_id=pk).values("content")
    messages = [{"role": "user", "content": t["content"]} for t in turns]
    client.chat.completions.create(model="m", max_tokens=9, messages=messages)
    return JsonResponse({"ok": True})

#%% file models.py
from django.db import models


class Message(models.Model):
    content = models.TextField()

#%% none: nobody is logged in
from flask import Flask, request
from openai import OpenAI
from pymongo import MongoClient

app = Flask(__name__)
client = OpenAI(timeout=10)
db = MongoClient().chat


@app.route("/chat", methods=["POST"])
def chat():
    turns = db.messages.find({"session_id": request.form["session"]}, {"role": 1, "content": 1})
    client.chat.completions.create(model="m", max_tokens=9, messages=list(turns))
    return "", 204

#%% none: kept in memory
from flask import Flask, request
from flask_login import current_user
from openai import OpenAI

app = Flask(__name__)
client = OpenAI(timeout=10)
histories = {}


@app.route("/chat", methods=["POST"])
def chat():
    turns = histories.get(request.form["session"], [])
    client.chat.completions.create(model="m", max_tokens=9, messages=turns)
    return current_user.name
