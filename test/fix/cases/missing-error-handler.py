#%% flask
from flask import Flask
from openai import OpenAI

app = Flask(__name__)
client = OpenAI(timeout=10)


@app.route("/hello")
def hello():
    client.responses.create(model="m", max_output_tokens=9, input="Hello")
    return "", 204


if __name__ == "__main__":
    app.run()

#%% fixed
from flask import Flask
from openai import OpenAI

app = Flask(__name__)
client = OpenAI(timeout=10)


@app.route("/hello")
def hello():
    client.responses.create(model="m", max_output_tokens=9, input="Hello")
    return "", 204


@app.errorhandler(500)
def internal_error(_error):
    return {"error": "An internal error occurred."}, 500


if __name__ == "__main__":
    app.run()

#%% a blueprint
from flask import Blueprint
from openai import OpenAI

bp = Blueprint('chat', __name__)
client = OpenAI(timeout=10)


@bp.route('/hello')
def hello():
  client.responses.create(model='m', max_output_tokens=9, input='Hello')
  return '', 204

#%% fixed
from flask import Blueprint
from openai import OpenAI

bp = Blueprint('chat', __name__)
client = OpenAI(timeout=10)


@bp.route('/hello')
def hello():
  client.responses.create(model='m', max_output_tokens=9, input='Hello')
  return '', 204


@bp.errorhandler(500)
def internal_error(_error):
  return {'error': 'An internal error occurred.'}, 500

#%% fastapi
from fastapi import FastAPI
from openai import OpenAI

app = FastAPI()
client = OpenAI(timeout=10)


@app.get("/hello")
def hello():
    client.responses.create(model="m", max_output_tokens=9, input="Hello")
    return {"ok": True}

#%% fixed
from fastapi import FastAPI
from fastapi.responses import JSONResponse
from openai import OpenAI

app = FastAPI()
client = OpenAI(timeout=10)


@app.get("/hello")
def hello():
    client.responses.create(model="m", max_output_tokens=9, input="Hello")
    return {"ok": True}


@app.exception_handler(Exception)
async def internal_error(_request, _error):
    return JSONResponse(status_code=500, content={"error": "An internal error occurred."})

#%% none: the app is made elsewhere
from openai import OpenAI
from shop import app

client = OpenAI(timeout=10)


@app.route("/hello")
def hello():
    client.responses.create(model="m", max_output_tokens=9, input="Hello")
    return "", 204

#%% none: views of django
from django.http import HttpResponse
from openai import OpenAI

client = OpenAI(timeout=10)


def hello(request):
    client.responses.create(model="m", max_output_tokens=9, input="Hello")
    return HttpResponse(status=204)
