/** What only moved, or is handed about by others than those that call: findings elsewhere follow it. */
import { beforeAll, describe, expect, it } from "vitest";
import type { Syntax } from "../../server/analysis/syntax/index.js";
import { testSyntax } from "../support/engine.js";
import { differences, engineOver, printed } from "./lib/engines.js";

let syntax: Syntax;
beforeAll(async () => {
  syntax = await testSyntax();
});

interface Case {
  texts: Record<string, string>;
  file: string;
  /** A piece of the file's text, and what stands there after the edit. */
  from: string;
  to: string;
}

/** A view that runs the agent. @param notes what the run is given @param before statements before it */
const asking = (notes: string, before = ""): string => `from fastapi import FastAPI, Request

from agent import Deps, agent

app = FastAPI()


@app.post("/ask")
async def ask(request: Request):
    body = await request.json()
${before}    result = await agent.run("Greet the customer.", deps=Deps(notes=${notes}))
    return {"answer": result.output}
`;

/** An agent whose prompt holds what its runs are given. */
const agent = `from dataclasses import dataclass

from pydantic_ai import Agent, RunContext


@dataclass
class Deps:
    notes: str


agent = Agent("openai:gpt-4o", deps_type=Deps)


@agent.system_prompt
def about(ctx: RunContext[Deps]) -> str:
    return f"You are a clerk. What is known of the customer: {ctx.deps.notes}"
`;

const cases: Record<string, Case> = {
  "a class attribute that moves within its statement": {
    texts: {
      "/p/base.py": `import openai

api = openai.OpenAI()


class Assistant:
    instructions = "You are a helpful assistant."

    def run(self, text):
        return api.responses.create(model="m", instructions=self.instructions, input=text).output_text


class Reporter(Assistant):
    instructions = (
        "You fill reports. Load missing figures from "
        "http://reports.corp.internal:8080/api/v2 and cite them."
    )
`,
      "/p/use.py": `from base import Reporter\n\n\ndef report():\n    return Reporter().run("the second quarter")\n`,
    },
    file: "/p/base.py",
    from: "= (",
    to: "=  (",
  },
  "a function in a function that is handed out": {
    texts: {
      "/p/chat.py": `from openai import OpenAI

client = OpenAI()


def make(model):
    limit = len(
        model
    )

    def answer(message):
        prompt = f"Answer in {limit} words, as a friendly clerk of the shop: {message}"
        return client.responses.create(model=model, input=prompt).output_text

    return answer
`,
      "/p/views.py": `from flask import Flask, request

from chat import make

app = Flask(__name__)


@app.post("/ask")
def ask():
    answer = make("m")
    return {"answer": answer(request.json["message"])}
`,
    },
    file: "/p/chat.py",
    from: "model\n    )",
    to: "model\n        )\n    )",
  },
  "a constant in another file, which is part of a prompt": {
    texts: {
      "/p/plant.py": `import vertexai
from vertexai.generative_models import GenerativeModel

NOTE = "Escalate broken reactors at http://reactor-admin.formulab.internal:8081/console."


class Operators:
    def __init__(self):
        self.model = GenerativeModel("gemini-1.5-flash", system_instruction=NOTE)

    def help(self, alarm):
        return self.model.start_chat().send_message(alarm).text
`,
      "/p/views.py": `from flask import Flask, request

from plant import Operators

app = Flask(__name__)


@app.post("/alarm")
def alarm():
    return {"length": len(Operators().help(request.json["alarm"]))}
`,
    },
    file: "/p/plant.py",
    from: `NOTE = "`,
    to: `NOTE =    "`,
  },
  "a dependency in another file that begins to refuse callers": {
    texts: {
      "/p/security.py": `import os

from fastapi import Header, HTTPException


def through(x_key: str = Header(...)):
    if x_key != os.environ["KEY"]:
        print("another key")
`,
      "/p/main.py": `from fastapi import Depends, FastAPI
from openai import OpenAI

from security import through

app = FastAPI()


@app.post("/ask", dependencies=[Depends(through)])
def ask(text: str):
    return {"length": len(OpenAI().responses.create(model="m", input=text).output_text)}
`,
    },
    file: "/p/security.py",
    from: `print("another key")`,
    to: `raise HTTPException(401)`,
  },
  "statements that change places while a function changes, too": {
    texts: {
      "/p/chat.py": `import os

from mistralai import Mistral

mistral = Mistral(api_key=os.environ["MISTRAL_API_KEY"])


def explain(term):
    return mistral.chat.complete(model="m", messages=[{"role": "user", "content": term}])
`,
    },
    file: "/p/chat.py",
    from: `import os

from mistralai import Mistral

mistral = Mistral(api_key=os.environ["MISTRAL_API_KEY"])


def explain(term):
    return`,
    to: `mistral = Mistral(api_key=os.environ["MISTRAL_API_KEY"])

from mistralai import Mistral

import os


def explain(term):
    print(1)
    return`,
  },
  "a try on the way to a model call": {
    texts: {
      "/p/llm.py": `from openai import OpenAI


def note(text):
    OpenAI().responses.create(model="m", input=text)
    print(1)


def step(text):
    note(text)
`,
      "/p/views.py": `from flask import Flask, request

from llm import step

app = Flask(__name__)


@app.post("/note")
def note():
    step("Write a note.")
    return {"ok": True}
`,
    },
    file: "/p/llm.py",
    from: "def step(text):\n    note(text)\n",
    to: "def step(text):\n    try:\n        note(text)\n    except Exception:\n        pass\n",
  },
  "what a run is given by a function that is broken for the time being": {
    texts: {
      "/p/agent.py": agent,
      "/p/views.py": asking('body["notes"]'),
    },
    file: "/p/views.py",
    from: "result = await agent.run(",
    to: "result = await )(agent.run(",
  },
  "what a function is bound to by partial": {
    texts: {
      "/p/llm.py": `from functools import partial

from openai import OpenAI


def complete(system, user):
    messages = [{"role": "system", "content": system}, {"role": "user", "content": user}]
    return OpenAI().chat.completions.create(model="m", messages=messages).choices[0].message.content


shopkeeper = partial(complete, "You are the shopkeeper of an online store.")
`,
      "/p/views.py": `from flask import Flask, request

from llm import shopkeeper

app = Flask(__name__)


@app.post("/gift")
def gift():
    return {"gift": shopkeeper("Suggest a gift for this customer: " + request.json["customer"])}
`,
    },
    file: "/p/llm.py",
    from: `complete, "You are the shopkeeper of an online store."`,
    to: `complete`,
  },
  "what a run of an agent is given": {
    texts: {
      "/p/agent.py": agent,
      "/p/views.py": asking("notes", `    notes = "nothing"\n`),
    },
    file: "/p/views.py",
    from: `"nothing"`,
    to: `body["notes"]`,
  },
};

describe("findings that rest on another place follow it, as in a fresh engine", () => {
  it.each(Object.keys(cases))("%s, there and back", (name) => {
    const { texts: given, file, from, to } = cases[name]!;
    const texts = new Map(Object.entries(given));
    const freshly = (): string[] => {
      const fresh = engineOver(syntax, texts);
      const found = printed(fresh.allFindings());
      fresh.dispose();
      return found;
    };
    const engine = engineOver(syntax, texts);
    const first = freshly();
    expect(printed(engine.allFindings())).toEqual(first);
    engine.open(file, texts.get(file)!);
    for (const [old, now] of [
      [from, to],
      [to, from],
    ] as const) {
      const text = texts.get(file)!;
      const start = text.indexOf(old);
      expect(start).toBeGreaterThanOrEqual(0);
      engine.change(file, [{ start, end: start + old.length, text: now }]);
      texts.set(file, text.replace(old, now));
      const wanted = freshly();
      // The edit moves or makes a finding, else this would show nothing.
      if (now === to) expect(wanted).not.toEqual(first);
      expect(differences(wanted, printed(engine.allFindings()))).toEqual([]);
    }
    engine.dispose();
  });
});
