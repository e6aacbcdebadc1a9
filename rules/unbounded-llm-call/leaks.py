from openai import OpenAI

client = OpenAI()


def hello():
    return client.responses.create(model="gpt-4o-mini", input="Say hello.")  # expect: unbounded-llm-call
