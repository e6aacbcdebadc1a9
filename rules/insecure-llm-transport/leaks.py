from openai import OpenAI

client = OpenAI(base_url="http://models.acme.com/v1")  # expect: insecure-llm-transport
