#%% both, on one line
from openai import OpenAI

client = OpenAI()


def ask():
    return client.responses.create(model="m", input="Hello")

#%% fixed
from openai import OpenAI

client = OpenAI()


def ask():
    return client.responses.create(model="m", input="Hello", max_output_tokens=1024, timeout=30)

#%% both, over lines
from openai import OpenAI

client = OpenAI()


def ask():
    return client.chat.completions.create(
        model="m",
        messages=[{"role": "user", "content": "Hello"}],
    )

#%% fixed
from openai import OpenAI

client = OpenAI()


def ask():
    return client.chat.completions.create(
        model="m",
        messages=[{"role": "user", "content": "Hello"}],
        max_tokens=1024,
        timeout=30,
    )

#%% a raw call
import requests


def ask(prompt):
    body = {"model": "m", "messages": [{"role": "user", "content": prompt}]}
    return requests.post("https://api.openai.com/v1/chat/completions", json=body)

#%% fixed
import requests


def ask(prompt):
    body = {"model": "m", "messages": [{"role": "user", "content": prompt}]}
    return requests.post("https://api.openai.com/v1/chat/completions", json=body, timeout=30)

#%% none: arguments that are unpacked
from anthropic import Anthropic

client = Anthropic()


def ask(*args):
    return client.messages.create(*args, model="m", messages=[{"role": "user", "content": "Hello"}])

#%% none: a configuration of its own
import boto3

client = boto3.client("bedrock-runtime")


def ask():
    return client.converse(modelId="m", messages=[{"role": "user", "content": [{"text": "Hello"}]}])
