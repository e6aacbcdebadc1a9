from openai import OpenAI

client = OpenAI(timeout=20)


def hello():
    return client.responses.create(model="gpt-4o-mini", input="Say hello.", max_output_tokens=200)
