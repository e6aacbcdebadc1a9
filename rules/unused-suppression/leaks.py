from flask import Flask

app = Flask(__name__)


@app.get("/hours")
def hours():
    answer = "We are closed."  # spillcheck: ignore[raw-llm-output] the help text is public  # expect: unused-suppression
    return {"answer": answer}
