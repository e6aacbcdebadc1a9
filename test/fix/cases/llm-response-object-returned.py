#%% the whole response of a chat
from flask import Flask, jsonify
from openai import OpenAI

app = Flask(__name__)
client = OpenAI(timeout=10)


@app.route("/joke")
def joke():
    response = client.chat.completions.create(model="m", max_tokens=9, messages=[{"role": "user", "content": "Joke"}])
    return jsonify(response.model_dump())

#%% fixed
from flask import Flask, jsonify
from openai import OpenAI

app = Flask(__name__)
client = OpenAI(timeout=10)


@app.route("/joke")
def joke():
    response = client.chat.completions.create(model="m", max_tokens=9, messages=[{"role": "user", "content": "Joke"}])
    return jsonify(response.choices[0].message.content)

#%% anthropic in a dict
from flask import Flask
from anthropic import Anthropic

app = Flask(__name__)
client = Anthropic(timeout=10)


@app.route("/joke")
def joke():
    reply = client.messages.create(model="m", max_tokens=9, messages=[{"role": "user", "content": "Joke"}])
    return {"answer": reply}

#%% fixed
from flask import Flask
from anthropic import Anthropic

app = Flask(__name__)
client = Anthropic(timeout=10)


@app.route("/joke")
def joke():
    reply = client.messages.create(model="m", max_tokens=9, messages=[{"role": "user", "content": "Joke"}])
    return {"answer": reply.content[0].text}

#%% usage in a dict
from flask import Flask, jsonify
from openai import OpenAI

app = Flask(__name__)
client = OpenAI(timeout=10)


@app.route("/joke")
def joke():
    r = client.responses.create(model="m", max_output_tokens=9, input="Joke")
    return jsonify({"answer": r.output_text, "usage": r.usage, "ok": True})

#%% fixed
from flask import Flask, jsonify
from openai import OpenAI

app = Flask(__name__)
client = OpenAI(timeout=10)


@app.route("/joke")
def joke():
    r = client.responses.create(model="m", max_output_tokens=9, input="Joke")
    return jsonify({"answer": r.output_text, "ok": True})

#%% the model as a keyword
from flask import Flask, jsonify
from openai import OpenAI

app = Flask(__name__)
client = OpenAI(timeout=10)


@app.route("/joke")
def joke():
    r = client.responses.create(model="m", max_output_tokens=9, input="Joke")
    return jsonify(model=r.model, answer=r.output_text)

#%% fixed
from flask import Flask, jsonify
from openai import OpenAI

app = Flask(__name__)
client = OpenAI(timeout=10)


@app.route("/joke")
def joke():
    r = client.responses.create(model="m", max_output_tokens=9, input="Joke")
    return jsonify(answer=r.output_text)

#%% none: nothing else is returned
from flask import Flask, jsonify
from openai import OpenAI

app = Flask(__name__)
client = OpenAI(timeout=10)


@app.route("/usage")
def usage():
    r = client.responses.create(model="m", max_output_tokens=9, input="Joke")
    return jsonify({"usage": r.usage})

#%% none: an answer of agents
from agents import Agent, Runner
from flask import Flask, jsonify

app = Flask(__name__)
agent = Agent(name="a", instructions="Joke.")


@app.route("/joke")
def joke():
    result = Runner.run_sync(agent, "Joke")
    return jsonify(result)
