/** Classes that are made of themselves, by name: nothing that runs, but people type it. */
import { beforeAll, describe, expect, it } from "vitest";
import type { Syntax } from "../../server/analysis/syntax/index.js";
import { testSyntax } from "../support/engine.js";
import { engineOver, printed } from "./lib/engines.js";

let syntax: Syntax;
beforeAll(async () => {
  syntax = await testSyntax();
});

const app = (classes: string) => `from flask import Flask, request
from openai import OpenAI

app = Flask(__name__)


${classes}


@app.after_request
def stamp(response):
    return response


@app.get("/ask")
def ask():
    return OpenAI().responses.create(model="m", input="You are a clerk. " + request.args["q"]).output_text


app.add_url_rule("/r", view_func=Menu.seed)
`;
const cases: Record<string, string> = {
  "of its own attribute": "class Menu(Menu.Model):\n    @Menu.listens\n    def seed(self):\n        return self.rows()",
  "of each other's":
    "class Menu(Dish.kind):\n    @Dish.listens\n    def seed(self):\n        return 1\n\n\nclass Dish(Menu.kind):\n    @Menu.listens\n    def rows(self):\n        return 2",
  "of a call of itself":
    "class Menu(Menu.make()):\n    @classmethod\n    def make(cls):\n        return cls\n\n    def seed(self):\n        return 1",
};

describe("a class that is made of itself", () => {
  it.each(Object.keys(cases))("%s", (name) => {
    const [first, second] = [0, 1].map((n) => {
      const files: [string, string][] = [
        ["/p/app.py", app(cases[name]!)],
        ["/p/other.py", "from app import Menu\n\n\nclass Card(Menu):\n    pass\n"],
      ];
      const engine = engineOver(syntax, new Map(n ? files.reverse() : files));
      const found = printed(engine.allFindings());
      engine.dispose();
      return found;
    });
    expect(first?.some((line) => line.includes("raw-llm-output"))).toBe(true);
    expect(second).toEqual(first);
  });
});
