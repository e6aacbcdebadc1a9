#%% an f-string
import logging

from openai import OpenAI

logger = logging.getLogger(__name__)
client = OpenAI(timeout=10)


def answer():
    text = client.responses.create(model="m", max_output_tokens=9, input="A joke").output_text
    logger.info(f"The model said: {text}")
    return None

#%% fixed
import logging

from openai import OpenAI

logger = logging.getLogger(__name__)
client = OpenAI(timeout=10)


def answer():
    text = client.responses.create(model="m", max_output_tokens=9, input="A joke").output_text
    logger.info(f"The model said: {len(str(text))}")
    return None

#%% an argument
from flask import Flask, request

app = Flask(__name__)


@app.route("/ask", methods=["POST"])
def ask():
    question = request.json["question"]
    app.logger.info("question %s from %s", question, request.path)
    return "", 204

#%% fixed
from flask import Flask, request

app = Flask(__name__)


@app.route("/ask", methods=["POST"])
def ask():
    question = request.json["question"]
    app.logger.info("question %s from %s", len(str(question)), request.path)
    return "", 204

#%% print, and two at once
from flask import Flask, request

app = Flask(__name__)


@app.route("/ask", methods=["POST"])
def ask():
    print("got", request.json["question"], dict(request.headers))
    return "", 204

#%% fixed
from flask import Flask, request

app = Flask(__name__)


@app.route("/ask", methods=["POST"])
def ask():
    print("got", len(str(request.json["question"])), len(str(dict(request.headers))))
    return "", 204

#%% none: with a specification
from flask import Flask, request

app = Flask(__name__)


@app.route("/ask", methods=["POST"])
def ask():
    app.logger.info(f"question {request.json['question']:.80}")
    return "", 204

#%% extra, and one of its values
from flask import Flask, request

app = Flask(__name__)


@app.route("/ask", methods=["POST"])
def ask():
    app.logger.info("question", extra={"body": request.json["question"]})
    return "", 204

#%% fixed
from flask import Flask, request

app = Flask(__name__)


@app.route("/ask", methods=["POST"])
def ask():
    app.logger.info("question", extra={"body": len(str(request.json["question"]))})
    return "", 204

#%% none: extra as a whole
from flask import Flask, request

app = Flask(__name__)


@app.route("/ask", methods=["POST"])
def ask():
    app.logger.info("question", extra=request.json)
    return "", 204
