import ast
from flask import Flask
from openai import OpenAI

app = Flask(__name__)
client = OpenAI()


@app.route("/sum", methods=["POST"])
def total():
    answer = client.responses.create(model="gpt-4o-mini", input="Answer with a list of three numbers.")
    numbers = ast.literal_eval(answer.output_text)
    return {"count": len(numbers)}
