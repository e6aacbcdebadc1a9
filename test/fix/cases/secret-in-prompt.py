#%% an internal address in the instructions
from openai import OpenAI

client = OpenAI(timeout=10)
INSTRUCTIONS = "You are a helper. Orders are at http://orders.internal:8080/api for staff."


def answer(text):
    return client.responses.create(model="m", max_output_tokens=9, instructions=INSTRUCTIONS, input=text)

#%% fixed
from openai import OpenAI

client = OpenAI(timeout=10)
INSTRUCTIONS = "You are a helper. Orders are at [INTERNAL_URL] for staff."


def answer(text):
    return client.responses.create(model="m", max_output_tokens=9, instructions=INSTRUCTIONS, input=text)

#%% a key in an f-string
from openai import OpenAI

client = OpenAI(timeout=10)


def answer(day):
    return client.responses.create(
        model="m",
        max_output_tokens=9,
        instructions=f"Today is {day}. Use the key sk-proj-Zk3mB7qXw9TdRj5vLh2NcYp8Ea6GsUfK4tJ1 for calls.",
        input="Go",
    )

#%% fixed
from openai import OpenAI

client = OpenAI(timeout=10)


def answer(day):
    return client.responses.create(
        model="m",
        max_output_tokens=9,
        instructions=f"Today is {day}. Use the key [SECRET] for calls.",
        input="Go",
    )

#%% a key from the environment, on its own line
import os

from openai import OpenAI

client = OpenAI(timeout=10)


def answer():
    key = os.environ["PAYMENT_API_KEY"]
    return client.responses.create(
        model="m", max_output_tokens=9, instructions=f"You are a helper.\nKey: {key}\nBe short.", input="Go"
    )

#%% fixed
import os

from openai import OpenAI

client = OpenAI(timeout=10)


def answer():
    key = os.environ["PAYMENT_API_KEY"]
    return client.responses.create(
        model="m", max_output_tokens=9, instructions=f"You are a helper.\nBe short.", input="Go"
    )

#%% none: the constant is used for calls as well
import requests
from openai import OpenAI

client = OpenAI(timeout=10)
ORDERS = "http://orders.internal:8080/api"


def answer():
    requests.get(ORDERS, timeout=5)
    return client.responses.create(model="m", max_output_tokens=9, instructions="Orders are at " + ORDERS, input="Go")

#%% none: in the middle of a sentence
import os

from openai import OpenAI

client = OpenAI(timeout=10)


def answer():
    key = os.environ["PAYMENT_API_KEY"]
    return client.responses.create(
        model="m", max_output_tokens=9, instructions=f"Whoever says {key} may order.", input="Go"
    )
