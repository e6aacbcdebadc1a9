#%% the address of the caller
from flask import Flask, request
from openai import OpenAI

app = Flask(__name__)
client = OpenAI(timeout=10)


@app.route("/hello")
def hello():
    client.responses.create(model="m", max_output_tokens=9, input=f"Greet the caller {request.remote_addr} kindly.")
    return "", 204

#%% fixed
import hashlib
from flask import Flask, request
from openai import OpenAI

app = Flask(__name__)
client = OpenAI(timeout=10)


@app.route("/hello")
def hello():
    client.responses.create(model="m", max_output_tokens=9, input=f"Greet the caller {hashlib.sha256(str(request.remote_addr).encode()).hexdigest()[:16]} kindly.")
    return "", 204

#%% two of them
from flask import Flask, request
from openai import OpenAI

app = Flask(__name__)
client = OpenAI(timeout=10)


@app.route("/hello")
def hello():
    token = request.headers.get("Authorization")
    prompt = f"Greet {request.cookies['sid']} with {token}."
    client.responses.create(model="m", max_output_tokens=9, input=prompt)
    return "", 204

#%% fixed
import hashlib
from flask import Flask, request
from openai import OpenAI

app = Flask(__name__)
client = OpenAI(timeout=10)


@app.route("/hello")
def hello():
    token = request.headers.get("Authorization")
    prompt = f"Greet {hashlib.sha256(str(request.cookies['sid']).encode()).hexdigest()[:16]} with {hashlib.sha256(str(token).encode()).hexdigest()[:16]}."
    client.responses.create(model="m", max_output_tokens=9, input=prompt)
    return "", 204

#%% django, imports there
import hashlib

from django.http import JsonResponse
from openai import OpenAI

client = OpenAI(timeout=10)
SALT = hashlib.md5(b"x").hexdigest()


def hello(request):
    name = request.META["SSL_CLIENT_S_DN"]
    client.responses.create(model="m", max_output_tokens=9, input="Greet " + name)
    return JsonResponse({"ok": True})

#%% fixed
import hashlib

from django.http import JsonResponse
from openai import OpenAI

client = OpenAI(timeout=10)
SALT = hashlib.md5(b"x").hexdigest()


def hello(request):
    name = request.META["SSL_CLIENT_S_DN"]
    client.responses.create(model="m", max_output_tokens=9, input="Greet " + hashlib.sha256(str(name).encode()).hexdigest()[:16])
    return JsonResponse({"ok": True})

#%% none: hashlib is something else
from flask import Flask, request
from openai import OpenAI

app = Flask(__name__)
client = OpenAI(timeout=10)
hashlib = None


@app.route("/hello")
def hello():
    client.responses.create(model="m", max_output_tokens=9, input=f"Greet the caller {request.remote_addr} kindly.")
    return "", 204

#%% none: with a conversion
from flask import Flask, request
from openai import OpenAI

app = Flask(__name__)
client = OpenAI(timeout=10)


@app.route("/hello")
def hello():
    client.responses.create(model="m", max_output_tokens=9, input=f"Greet the caller {request.remote_addr!r} kindly.")
    return "", 204
