/** A handler and the function that registers it change at once: the handler is looked at as what it is in the end. */
import { expect, it } from "vitest";
import { testSyntax } from "../support/engine.js";
import { differences, engineOver, printed } from "./lib/engines.js";

const handler = (key: string) => `from flask import jsonify, request
from openai import OpenAI

from settings import MODEL

client = OpenAI(api_key="${key}")


def ask():
    answer = client.responses.create(model=MODEL, input=request.values["q"])
    return jsonify(answer=answer.output_text)
`;
const register = (port: number) => `from flask import Flask

from admin import ask


def create_app():
    app = Flask(__name__)
    app.config["PORT"] = ${port}
    app.add_url_rule("/ask", view_func=ask)
    return app
`;

it.each(["zz_app.py", "aa_app.py"])("registered in %s", async (name) => {
  const syntax = await testSyntax();
  const texts = new Map([
    ["/p/admin.py", handler("")],
    ["/p/settings.py", 'MODEL = "gpt-4o"\n'],
    [`/p/${name}`, register(1)],
  ]);
  const subject = engineOver(syntax, texts);
  const before = subject.allFindings();
  expect(before.map((f) => f.rule)).toContain("unauthenticated-llm-route");
  texts.set("/p/settings.py", 'MODEL = "gpt-4o-mini"\n');
  texts.set("/p/admin.py", handler("x"));
  texts.set(`/p/${name}`, register(2));
  subject.refresh([...texts.keys()]);
  const fresh = engineOver(syntax, texts);
  const found = fresh.allFindings();
  expect(found.map((f) => f.rule)).toContain("unauthenticated-llm-route");
  expect(differences(printed(found), printed(subject.allFindings()))).toEqual([]);
  subject.dispose();
  fresh.dispose();
});
