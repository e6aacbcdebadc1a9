/** Names of modules that functions of other modules fill: edits anywhere among them. */
import { beforeAll, describe, expect, it } from "vitest";
import type { Syntax } from "../../server/analysis/syntax/index.js";
import { testSyntax } from "../support/engine.js";
import { events, helpers } from "../support/module-stores.js";
import { editedProject, triedProject } from "./lib/cases.js";

let syntax: Syntax;
beforeAll(async () => {
  syntax = await testSyntax();
});

const seeds = new Map([
  [
    "/p/state.py",
    `${helpers}

${events}

class Registry:
    def __init__(self):
        self._tasks = {}

    def fail(self, key, error):
        self._tasks[key] = {"error": error}

    def get(self, key):
        return self._tasks.get(key)


registry = Registry()
`,
  ],
  ["/p/app/__init__.py", "from state import Events, jobs as work, registry, report\n"],
  [
    "/p/app/worker.py",
    `from openai import OpenAI
from app import Events, registry, report, work


def run(key, text):
    try:
        answer = OpenAI().responses.create(model="m", instructions="Be kind.", input=text).output_text
        work[key] = answer
        Events.add(answer)
    except Exception as e:
        report(key, str(e))
        registry.fail(key, f"failed: {e}")
        Events.log.append(repr(e))
`,
  ],
  [
    "/p/views.py",
    `from flask import Flask, jsonify, request
from app.worker import run
from state import Events, jobs, merge, registry

app = Flask(__name__)


@app.post("/jobs/<key>")
def start(key):
    run(key, request.json["q"])
    merge(key, started=True)
    return jsonify(ok=True)


@app.get("/jobs/<key>")
def show(key):
    return jsonify(jobs[key])


@app.get("/tasks/<key>")
def task(key):
    return jsonify(registry.get(key))


@app.get("/events")
def events():
    return jsonify(Events.log)
`,
  ],
]);

describe("edits of modules that fill each other's names", () => {
  it.each([0, 1, 2, 3])("leave the findings of a fresh engine, part %i", (part) => {
    const faults: string[] = [];
    let findings = 0;
    for (let n = part * 3; n < part * 3 + 3; n++)
      for (const out of [editedProject(syntax, seeds, n, 25), triedProject(syntax, seeds, n, 6)]) {
        faults.push(...out.faults);
        findings += out.findings;
      }
    expect(faults).toEqual([]);
    expect(findings).toBeGreaterThan(50);
  });
});
