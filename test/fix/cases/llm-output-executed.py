#%% eval
from openai import OpenAI

client = OpenAI(timeout=10)


def table():
    text = client.responses.create(model="m", max_output_tokens=9, input="A list of primes").output_text
    return eval(text)

#%% fixed
import ast
from openai import OpenAI

client = OpenAI(timeout=10)


def table():
    text = client.responses.create(model="m", max_output_tokens=9, input="A list of primes").output_text
    return ast.literal_eval(text)

#%% yaml
import yaml
from openai import OpenAI

client = OpenAI(timeout=10)


def table():
    text = client.responses.create(model="m", max_output_tokens=9, input="Some YAML").output_text
    return yaml.load(text, Loader=yaml.Loader), yaml.load(text, yaml.FullLoader)

#%% fixed
import yaml
from openai import OpenAI

client = OpenAI(timeout=10)


def table():
    text = client.responses.create(model="m", max_output_tokens=9, input="Some YAML").output_text
    return yaml.safe_load(text), yaml.safe_load(text)

#%% markup of django
from django.http import HttpResponse
from django.utils.safestring import mark_safe
from openai import OpenAI

client = OpenAI(timeout=10)


def page(request):
    text = client.responses.create(model="m", max_output_tokens=9, input="A poem").output_text
    return HttpResponse(mark_safe(text))

#%% fixed
from django.http import HttpResponse
from django.utils.html import escape
from django.utils.safestring import mark_safe
from openai import OpenAI

client = OpenAI(timeout=10)


def page(request):
    text = client.responses.create(model="m", max_output_tokens=9, input="A poem").output_text
    return HttpResponse(escape(text))

#%% markup of flask, escape there
from flask import Flask
from markupsafe import Markup, escape
from openai import OpenAI

app = Flask(__name__)
client = OpenAI(timeout=10)


@app.route("/poem")
def poem():
    text = client.responses.create(model="m", max_output_tokens=9, input="A poem").output_text
    return Markup(text) + escape("!")

#%% fixed
from flask import Flask
from markupsafe import Markup, escape
from openai import OpenAI

app = Flask(__name__)
client = OpenAI(timeout=10)


@app.route("/poem")
def poem():
    text = client.responses.create(model="m", max_output_tokens=9, input="A poem").output_text
    return escape(text) + escape("!")

#%% none: exec has no safe counterpart
from openai import OpenAI

client = OpenAI(timeout=10)


def run():
    exec(client.responses.create(model="m", max_output_tokens=9, input="Some code").output_text)

#%% none: a command
import os

from openai import OpenAI

client = OpenAI(timeout=10)


def run():
    os.system(client.responses.create(model="m", max_output_tokens=9, input="A command").output_text)

#%% none: eval with names
from openai import OpenAI

client = OpenAI(timeout=10)


def table(names):
    return eval(client.responses.create(model="m", max_output_tokens=9, input="A sum").output_text, names)
