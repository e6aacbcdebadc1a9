"""Calls to the model."""
from openai import OpenAI

client = OpenAI()
MODEL = "gpt-4o-mini"


def ask(instructions):
    response = client.chat.completions.create(
        model=MODEL,
        messages=[{"role": "system", "content": instructions}],
        max_tokens=300,
        timeout=20,
    )
    return response.choices[0].message.content


def ask_about(facts, task):
    response = client.chat.completions.create(
        model=MODEL,
        messages=[
            {"role": "system", "content": "You help the support agents of Acme Outdoor. " + task},
            {"role": "user", "content": facts},
        ],
        max_tokens=300,
        timeout=20,
    )
    return response.choices[0].message.content
