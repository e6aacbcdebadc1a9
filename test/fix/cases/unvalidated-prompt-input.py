#%% json body in a variable
from flask import Flask, request
from openai import OpenAI

app = Flask(__name__)
client = OpenAI(timeout=10)


@app.route("/ask", methods=["POST"])
def ask():
    data = request.get_json()
    question = data["question"]
    client.responses.create(model="m", max_output_tokens=9, instructions="Answer.", input=question)
    return "", 204

#%% fixed
from flask import Flask, request
from openai import OpenAI

app = Flask(__name__)
client = OpenAI(timeout=10)


@app.route("/ask", methods=["POST"])
def ask():
    data = request.get_json()
    question = data["question"]
    if not isinstance(question, str) or not question.strip() or len(question) > 4000:
        return {"error": "question must be a text of 1 to 4000 characters"}, 400
    client.responses.create(model="m", max_output_tokens=9, instructions="Answer.", input=question)
    return "", 204

#%% read in one, with jsonify
from flask import Flask, jsonify, request
from openai import OpenAI

app = Flask(__name__)
client = OpenAI(timeout=10)


@app.post("/ask")
def ask():
    question = request.form.get('question', '').lower()
    client.responses.create(model='m', max_output_tokens=9, instructions='Answer.', input=question)
    return jsonify(ok=True)

#%% fixed
from flask import Flask, jsonify, request
from openai import OpenAI

app = Flask(__name__)
client = OpenAI(timeout=10)


@app.post("/ask")
def ask():
    question = request.form.get('question', '').lower()
    if not isinstance(question, str) or not question.strip() or len(question) > 4000:
        return jsonify({'error': 'question must be a text of 1 to 4000 characters'}), 400
    client.responses.create(model='m', max_output_tokens=9, instructions='Answer.', input=question)
    return jsonify(ok=True)

#%% two fields
from flask import Flask, request
from openai import OpenAI

app = Flask(__name__)
client = OpenAI(timeout=10)


@app.route("/ask", methods=["POST"])
def ask():
    data = request.get_json()
    topic = data["topic"]
    tone = data.get("tone")
    client.responses.create(model="m", max_output_tokens=9, instructions="Write.", input=f"{topic} {tone}")
    return "", 204

#%% fixed
from flask import Flask, request
from openai import OpenAI

app = Flask(__name__)
client = OpenAI(timeout=10)


@app.route("/ask", methods=["POST"])
def ask():
    data = request.get_json()
    topic = data["topic"]
    if not isinstance(topic, str) or not topic.strip() or len(topic) > 4000:
        return {"error": "topic must be a text of 1 to 4000 characters"}, 400
    tone = data.get("tone")
    if not isinstance(tone, str) or not tone.strip() or len(tone) > 4000:
        return {"error": "tone must be a text of 1 to 4000 characters"}, 400
    client.responses.create(model="m", max_output_tokens=9, instructions="Write.", input=f"{topic} {tone}")
    return "", 204

#%% method view, tabs
from flask import request
from flask.views import MethodView
from openai import OpenAI

client = OpenAI(timeout=10)


class Ask(MethodView):
	def post(self):
		question = request.json["question"]
		client.responses.create(model="m", max_output_tokens=9, instructions="Answer.", input=question)
		return "", 204

#%% fixed
from flask import request
from flask.views import MethodView
from openai import OpenAI

client = OpenAI(timeout=10)


class Ask(MethodView):
	def post(self):
		question = request.json["question"]
		if not isinstance(question, str) or not question.strip() or len(question) > 4000:
			return {"error": "question must be a text of 1 to 4000 characters"}, 400
		client.responses.create(model="m", max_output_tokens=9, instructions="Answer.", input=question)
		return "", 204

#%% django
from django.http import JsonResponse
from openai import OpenAI

client = OpenAI(timeout=10)


def ask(request):
    query = request.GET.get("q")
    client.responses.create(model="m", max_output_tokens=9, instructions="Answer.", input=query)
    return JsonResponse({"ok": True})

#%% fixed
from django.http import JsonResponse
from openai import OpenAI

client = OpenAI(timeout=10)


def ask(request):
    query = request.GET.get("q")
    if not isinstance(query, str) or not query.strip() or len(query) > 4000:
        return JsonResponse({"error": "q must be a text of 1 to 4000 characters"}, status=400)
    client.responses.create(model="m", max_output_tokens=9, instructions="Answer.", input=query)
    return JsonResponse({"ok": True})

#%% rest framework
from openai import OpenAI
from rest_framework.response import Response
from rest_framework.views import APIView

client = OpenAI(timeout=10)


class Ask(APIView):
    def post(self, request):
        message = request.data["message"]
        client.responses.create(model="m", max_output_tokens=9, instructions="Answer.", input=message)
        return Response({"ok": True})

#%% fixed
from openai import OpenAI
from rest_framework.response import Response
from rest_framework.views import APIView

client = OpenAI(timeout=10)


class Ask(APIView):
    def post(self, request):
        message = request.data["message"]
        if not isinstance(message, str) or not message.strip() or len(message) > 4000:
            return Response({"error": "message must be a text of 1 to 4000 characters"}, status=400)
        client.responses.create(model="m", max_output_tokens=9, instructions="Answer.", input=message)
        return Response({"ok": True})

#%% fastapi field
from fastapi import FastAPI
from openai import OpenAI
from pydantic import BaseModel

app = FastAPI()
client = OpenAI(timeout=10)


class Ask(BaseModel):
    message: str


@app.post("/ask")
def ask(body: Ask):
    """Answers."""
    client.responses.create(model="m", max_output_tokens=9, instructions="Answer.", input=body.message)
    return {"ok": True}

#%% fixed
from fastapi import FastAPI, HTTPException
from openai import OpenAI
from pydantic import BaseModel

app = FastAPI()
client = OpenAI(timeout=10)


class Ask(BaseModel):
    message: str


@app.post("/ask")
def ask(body: Ask):
    """Answers."""
    if not isinstance(body.message, str) or not body.message.strip() or len(body.message) > 4000:
        raise HTTPException(status_code=400, detail="message must be a text of 1 to 4000 characters")
    client.responses.create(model="m", max_output_tokens=9, instructions="Answer.", input=body.message)
    return {"ok": True}

#%% fastapi parameter, exception there
from fastapi import FastAPI, HTTPException
from openai import OpenAI

app = FastAPI()
client = OpenAI(timeout=10)


@app.get("/ask")
def ask(q: str):
    if client.is_closed():
        raise HTTPException(status_code=503)
    client.responses.create(model="m", max_output_tokens=9, instructions="Answer.", input=q)
    return {"ok": True}

#%% fixed
from fastapi import FastAPI, HTTPException
from openai import OpenAI

app = FastAPI()
client = OpenAI(timeout=10)


@app.get("/ask")
def ask(q: str):
    if not isinstance(q, str) or not q.strip() or len(q) > 4000:
        raise HTTPException(status_code=400, detail="q must be a text of 1 to 4000 characters")
    if client.is_closed():
        raise HTTPException(status_code=503)
    client.responses.create(model="m", max_output_tokens=9, instructions="Answer.", input=q)
    return {"ok": True}

#%% none: read inside the call
from flask import Flask, request
from openai import OpenAI

app = Flask(__name__)
client = OpenAI(timeout=10)


@app.route("/ask", methods=["POST"])
def ask():
    client.responses.create(model="m", max_output_tokens=9, instructions="Answer.", input=request.json["question"])
    return "", 204

#%% none: read in a helper that is no route
from flask import Flask, request
from openai import OpenAI

app = Flask(__name__)
client = OpenAI(timeout=10)


def read():
    question = request.json["question"]
    return question


@app.route("/ask", methods=["POST"])
def ask():
    client.responses.create(model="m", max_output_tokens=9, instructions="Answer.", input=read())
    return "", 204

#%% none: two statements on a line
from flask import Flask, request
from openai import OpenAI

app = Flask(__name__)
client = OpenAI(timeout=10)


@app.route("/ask", methods=["POST"])
def ask():
    question = request.json["question"]; client.responses.create(model="m", max_output_tokens=9, instructions="Answer.", input=question)
    return "", 204
