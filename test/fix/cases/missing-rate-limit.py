#%% flask
from flask import Flask
from flask_limiter import Limiter
from openai import OpenAI

app = Flask(__name__)
limiter = Limiter(app=app, key_func=lambda: "all")
client = OpenAI(timeout=10)


@app.route("/a")
@limiter.limit("5 per minute")
def a():
    client.responses.create(model="m", max_output_tokens=9, input="Hello")
    return "", 204


@app.route("/b")
def b():
    client.responses.create(model="m", max_output_tokens=9, input="Hello")
    return "", 204

#%% fixed
from flask import Flask
from flask_limiter import Limiter
from openai import OpenAI

app = Flask(__name__)
limiter = Limiter(app=app, key_func=lambda: "all")
client = OpenAI(timeout=10)


@app.route("/a")
@limiter.limit("5 per minute")
def a():
    client.responses.create(model="m", max_output_tokens=9, input="Hello")
    return "", 204


@app.route("/b")
@limiter.limit("5 per minute")
def b():
    client.responses.create(model="m", max_output_tokens=9, input="Hello")
    return "", 204

#%% django
from django.http import HttpResponse
from django_ratelimit.decorators import ratelimit
from openai import OpenAI

client = OpenAI(timeout=10)


@ratelimit(key="ip", rate="5/m")
def a(request):
    client.responses.create(model="m", max_output_tokens=9, input="Hello")
    return HttpResponse(status=204)


def b(request):
    client.responses.create(model="m", max_output_tokens=9, input="Hello")
    return HttpResponse(status=204)

#%% fixed
from django.http import HttpResponse
from django_ratelimit.decorators import ratelimit
from openai import OpenAI

client = OpenAI(timeout=10)


@ratelimit(key="ip", rate="5/m")
def a(request):
    client.responses.create(model="m", max_output_tokens=9, input="Hello")
    return HttpResponse(status=204)


@ratelimit(key="ip", rate="5/m")
def b(request):
    client.responses.create(model="m", max_output_tokens=9, input="Hello")
    return HttpResponse(status=204)

#%% fastapi, async
from fastapi import FastAPI, Request
from openai import AsyncOpenAI
from slowapi import Limiter

app = FastAPI()
limiter = Limiter(key_func=str)
client = AsyncOpenAI(timeout=10)


@app.get("/a")
@limiter.limit("5/minute")
async def a(request: Request):
    await client.responses.create(model="m", max_output_tokens=9, input="Hello")
    return {"ok": True}


@app.get("/b")
async def b(request: Request):
    await client.responses.create(model="m", max_output_tokens=9, input="Hello")
    return {"ok": True}

#%% fixed
from fastapi import FastAPI, Request
from openai import AsyncOpenAI
from slowapi import Limiter

app = FastAPI()
limiter = Limiter(key_func=str)
client = AsyncOpenAI(timeout=10)


@app.get("/a")
@limiter.limit("5/minute")
async def a(request: Request):
    await client.responses.create(model="m", max_output_tokens=9, input="Hello")
    return {"ok": True}


@app.get("/b")
@limiter.limit("5/minute")
async def b(request: Request):
    await client.responses.create(model="m", max_output_tokens=9, input="Hello")
    return {"ok": True}

#%% none: the limiter needs a request that the route has not
from fastapi import FastAPI, Request
from openai import AsyncOpenAI
from slowapi import Limiter

app = FastAPI()
limiter = Limiter(key_func=str)
client = AsyncOpenAI(timeout=10)


@app.get("/a")
@limiter.limit("5/minute")
async def a(request: Request):
    await client.responses.create(model="m", max_output_tokens=9, input="Hello")
    return {"ok": True}


@app.get("/b")
async def b():
    await client.responses.create(model="m", max_output_tokens=9, input="Hello")
    return {"ok": True}

#%% none: no limiter is in use
from flask import Flask
from openai import OpenAI

app = Flask(__name__)
client = OpenAI(timeout=10)


@app.route("/b")
def b():
    client.responses.create(model="m", max_output_tokens=9, input="Hello")
    return "", 204
