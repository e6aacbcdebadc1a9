from openai import OpenAI

client = OpenAI()


def hello():
    return client.responses.create(
        model="gpt-4o-mini",
        input="Say hello.",
        max_output_tokens=1024,
        timeout=30,
    )
