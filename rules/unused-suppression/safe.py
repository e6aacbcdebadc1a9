import openai
from flask import Flask, request

app = Flask(__name__)
client = openai.OpenAI(timeout=20)


@app.post("/help")
def help_text():
    try:
        reply = client.chat.completions.create(
            model="gpt-4o-mini",
            max_tokens=200,
            messages=[{"role": "user", "content": request.json["question"]}],
        )
    except openai.OpenAIError:
        return {"error": "no answer"}, 502
    return {"answer": reply.choices[0].message.content}  # spillcheck: ignore[raw-llm-output] the help text is public
