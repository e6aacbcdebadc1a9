#%% a client's address
from openai import OpenAI

client = OpenAI(base_url="http://llm.example.com/v1", timeout=10)

#%% fixed
from openai import OpenAI

client = OpenAI(base_url="https://llm.example.com/v1", timeout=10)

#%% a constant
from openai import OpenAI

SERVER = 'http://llm.example.com/v1'
client = OpenAI(base_url=SERVER, timeout=10)

#%% fixed
from openai import OpenAI

SERVER = 'https://llm.example.com/v1'
client = OpenAI(base_url=SERVER, timeout=10)

#%% an f-string
from openai import OpenAI


def client(name):
    return OpenAI(base_url=f"http://llm.example.com/{name}/v1", timeout=10)

#%% fixed
from openai import OpenAI


def client(name):
    return OpenAI(base_url=f"https://llm.example.com/{name}/v1", timeout=10)

#%% the certificate
import httpx
from openai import OpenAI


def ask(prompt):
    return httpx.post(
        "https://llm.example.com/v1/chat/completions",
        json={"model": "m", "messages": [{"role": "user", "content": prompt}]},
        verify=False,
        timeout=10,
    )

#%% fixed
import httpx
from openai import OpenAI


def ask(prompt):
    return httpx.post(
        "https://llm.example.com/v1/chat/completions",
        json={"model": "m", "messages": [{"role": "user", "content": prompt}]},
        verify=True,
        timeout=10,
    )

#%% none: the address is put together elsewhere
from openai import OpenAI
from settings import ADDRESS

client = OpenAI(base_url=ADDRESS, timeout=10)

#%% file settings.py
ADDRESS = "http://llm.example.com/v1"

#%% none: written twice
from openai import OpenAI

SERVER = "http://llm.example.com/v1"
if len(SERVER) > 99:
    SERVER = "http://llm2.example.com/v1"
client = OpenAI(base_url=SERVER, timeout=10)
