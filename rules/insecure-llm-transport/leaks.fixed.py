from openai import OpenAI

client = OpenAI(base_url="https://models.acme.com/v1")
