/** Classes that fill in an interface come and go: whoever calls the interface is looked at again. */
import { expect, it } from "vitest";
import { testSyntax } from "../support/engine.js";
import { differences, engineOver, printed } from "./lib/engines.js";

const base = (kind: string) => `from ${kind === "ABC" ? "abc" : "typing"} import ${kind}


class Provider(${kind}):
    def generate(self, prompt: str) -> str: ...
`;
const route = `from flask import Flask, request

from base import Provider

app = Flask(__name__)


class Service:
    def __init__(self, provider: Provider):
        self.provider = provider

    def about(self, topic):
        return self.provider.generate("Explain this to children: " + topic)



@app.route("/about")
def about(service: Service):
    return {"text": service.about(request.args["topic"])}
`;
const provider = (bases: string) => `from openai import OpenAI

from base import Provider


class ModelProvider${bases}:
    def generate(self, prompt):
        return OpenAI().responses.create(model="m", input=prompt).output_text
`;

it.each([
  ["ABC", "/p"],
  ["Protocol", "/p"],
  ["ABC", "/p/my shop"],
])("classes of %s in %s", async (kind, folder) => {
  const syntax = await testSyntax();
  const texts = new Map([
    [`${folder}/base.py`, base(kind)],
    [`${folder}/route.py`, route],
  ]);
  const subject = engineOver(syntax, texts);
  const rules = () => subject.allFindings().map((f) => f.rule);
  const isAsFresh = () => {
    const fresh = engineOver(syntax, texts);
    expect(differences(printed(fresh.allFindings()), printed(subject.allFindings()))).toEqual([]);
    fresh.dispose();
  };
  const change = (file: string, text: string | undefined) => {
    if (text === undefined) texts.delete(file);
    else texts.set(file, text);
    subject.refresh([file]);
  };
  const bases = kind === "ABC" ? "(Provider)" : "";
  expect(rules()).not.toContain("user-input-in-prompt");
  change(`${folder}/provider.py`, provider(bases));
  expect(rules()).toContain("user-input-in-prompt");
  isAsFresh();
  change(`${folder}/provider.py`, provider(bases).replace("generate(self", "produce(self"));
  expect(rules()).not.toContain("user-input-in-prompt");
  isAsFresh();
  change(`${folder}/provider.py`, provider(bases));
  expect(rules()).toContain("user-input-in-prompt");
  change(`${folder}/provider.py`, undefined);
  expect(rules()).not.toContain("user-input-in-prompt");
  isAsFresh();
  subject.dispose();
});
