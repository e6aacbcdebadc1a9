#%% messages from the body
from flask import Flask, request
from openai import OpenAI

app = Flask(__name__)
client = OpenAI(timeout=10)


@app.route("/chat", methods=["POST"])
def chat():
    client.chat.completions.create(model="m", max_tokens=9, messages=request.json["messages"])
    return "", 204

#%% fixed
from flask import Flask, request
from openai import OpenAI

app = Flask(__name__)
client = OpenAI(timeout=10)


@app.route("/chat", methods=["POST"])
def chat():
    client.chat.completions.create(model="m", max_tokens=9, messages=[{"role": "user", "content": str(m["content"])} for m in request.json["messages"]])
    return "", 204

#%% messages from a variable, quotes
from flask import Flask, request
from anthropic import Anthropic

app = Flask(__name__)
client = Anthropic(timeout=10)


@app.route('/chat', methods=['POST'])
def chat():
    messages = request.get_json()['messages']
    client.messages.create(model='m', max_tokens=9, system='Answer.', messages=messages)
    return '', 204

#%% fixed
from flask import Flask, request
from anthropic import Anthropic

app = Flask(__name__)
client = Anthropic(timeout=10)


@app.route('/chat', methods=['POST'])
def chat():
    messages = request.get_json()['messages']
    client.messages.create(model='m', max_tokens=9, system='Answer.', messages=[{'role': 'user', 'content': str(m['content'])} for m in messages])
    return '', 204

#%% a role from the body
from flask import Flask, request
from openai import OpenAI

app = Flask(__name__)
client = OpenAI(timeout=10)


@app.route("/chat", methods=["POST"])
def chat():
    data = request.get_json()
    messages = [{"role": "system", "content": "Answer."}, {"role": data["role"], "content": data["text"]}]
    client.chat.completions.create(model="m", max_tokens=9, messages=messages)
    return "", 204

#%% fixed
from flask import Flask, request
from openai import OpenAI

app = Flask(__name__)
client = OpenAI(timeout=10)


@app.route("/chat", methods=["POST"])
def chat():
    data = request.get_json()
    messages = [{"role": "system", "content": "Answer."}, {"role": "user", "content": data["text"]}]
    client.chat.completions.create(model="m", max_tokens=9, messages=messages)
    return "", 204

#%% none: the whole system prompt
from flask import Flask, request
from openai import OpenAI

app = Flask(__name__)
client = OpenAI(timeout=10)


@app.route("/chat", methods=["POST"])
def chat():
    client.responses.create(model="m", max_output_tokens=9, instructions=request.json["system"], input="Hello")
    return "", 204

#%% none: two roles from the body
from flask import Flask, request
from openai import OpenAI

app = Flask(__name__)
client = OpenAI(timeout=10)


@app.route("/chat", methods=["POST"])
def chat():
    data = request.get_json()
    messages = [{"role": data["a"], "content": "Answer."}, {"role": data["b"], "content": data["text"]}]
    client.chat.completions.create(model="m", max_tokens=9, messages=messages)
    return "", 204
