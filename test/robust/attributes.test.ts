/** A class attribute that another file reads changes: what rests on it is looked at again. */
import { beforeAll, describe, expect, it } from "vitest";
import type { Syntax } from "../../server/analysis/syntax/index.js";
import { testSyntax } from "../support/engine.js";
import { differences, engineOver, printed } from "./lib/engines.js";

let syntax: Syntax;
beforeAll(async () => {
  syntax = await testSyntax();
});

const view = `from flask import Flask, request
from openai import OpenAI

from tickets import Ticket, load

app = Flask(__name__)


@app.route("/ask")
def ask():
    ticket = load(1)
    text = ticket.title + request.args["q"]
    return OpenAI().responses.create(model="m", input=[{"role": "user", "content": text}]).output_text
`;
const instructions = "You are a clerk. Answer in two sentences and never promise anything.";
const plain = (title: string) => `class Ticket:
    title = ${title}

    def __init__(self, number):
        self.number = number


def load(number):
    return Ticket(number)
`;
const inherited = (title: string) => `class Titled:
    title = ${title}


class Ticket(Titled):
    pass


def load(number):
    return Ticket()
`;

const serializer = (fields: string) => `from rest_framework import serializers

from models import Customer


class CustomerSerializer(serializers.ModelSerializer):
    class Meta:
        model = Customer
        fields = ${fields}
`;
const records: Record<string, string> = {
  "/p/models.py": `from django.db import models


class Customer(models.Model):
    nickname = models.CharField(max_length=40)
    email = models.EmailField()
    card_number = models.CharField(max_length=20)
`,
  "/p/views.py": `import json

from django.http import JsonResponse
from openai import OpenAI

from models import Customer
from serializers import CustomerSerializer


def about(request, number):
    facts = CustomerSerializer(Customer.objects.get(pk=number)).data
    reply = OpenAI().responses.create(model="m", input="Sum up this customer: " + json.dumps(facts))
    return JsonResponse({"reply": reply.output_text})
`,
};

interface Case {
  others: Record<string, string>;
  file: string;
  before: string;
  after: string;
}

const cases: Record<string, Case> = {
  "a text": {
    others: { "/p/app.py": view },
    file: "/p/tickets.py",
    before: plain('""'),
    after: plain(`"${instructions}"`),
  },
  "a text of a base class": {
    others: { "/p/app.py": view },
    file: "/p/tickets.py",
    before: inherited('""'),
    after: inherited(`"${instructions}"`),
  },
  "the fields of a serializer": {
    others: records,
    file: "/p/serializers.py",
    before: serializer('["nickname"]'),
    after: serializer('["nickname", "email", "card_number"]'),
  },
};

describe("a class attribute that another file reads", () => {
  it.each(Object.keys(cases))("%s, there and back", (name) => {
    const { others, file, before, after } = cases[name]!;
    const texts = new Map([...Object.entries(others), [file, before]]);
    const engine = engineOver(syntax, texts);
    const of = (text: string): string[] => {
      texts.set(file, text);
      const fresh = engineOver(syntax, texts);
      const found = printed(fresh.allFindings());
      fresh.dispose();
      return found;
    };
    const first = of(before);
    expect(printed(engine.allFindings())).toEqual(first);
    engine.open(file, before);
    const second = of(after);
    // The change says something, else the test would show nothing.
    expect(second).not.toEqual(first);
    for (const [from, to, found] of [
      [before, after, second],
      [after, before, first],
    ] as const) {
      engine.change(file, [{ start: 0, end: from.length, text: to }]);
      expect(differences(found, printed(engine.allFindings()))).toEqual([]);
    }
    engine.dispose();
  });
});
