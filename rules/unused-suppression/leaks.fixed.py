from flask import Flask

app = Flask(__name__)


@app.get("/hours")
def hours():
    answer = "We are closed."
    return {"answer": answer}
