/** What one function puts into a name of a module, and another one reads. */
import { describe, expect, it } from "vitest";
import { createTestEngine, testPath } from "../support/engine.js";
import { events, helpers } from "../support/module-stores.js";

interface App {
  /** What keeps things, and how. */
  store: string;
  /** What happens to an exception of the model's call. */
  failed: string;
  /** What another route gives out. */
  shown: string;
}

const views = ({ failed, shown }: Omit<App, "store">, imports: string) => `from flask import Flask, jsonify, request
from openai import OpenAI
${imports}
app = Flask(__name__)


@app.post("/ask")
def ask():
    try:
        OpenAI().responses.create(model="m", instructions="Be kind.", input=request.json["q"])
    except Exception as e:
        ${failed}
    return jsonify(ok=True)


@app.get("/jobs/<key>")
def show(key):
    return jsonify(${shown})
`;

/** Rules that report the line which gives something out. */
async function shownBy(files: Record<string, string>): Promise<string[]> {
  const engine = await createTestEngine(files);
  try {
    return Object.entries(files).flatMap(([name, text]) => {
      const at = text.indexOf("return jsonify(", text.indexOf("def show"));
      if (!name.endsWith("views.py")) return [];
      return engine
        .findings(testPath(name))
        .filter((f) => f.start >= at && /exception-detail-returned|raw-llm-output/.test(f.rule))
        .map((f) => f.rule);
    });
  } finally {
    engine.dispose();
  }
}

const registry = `class Task:
    def __init__(self):
        self.state = "new"
        self.error = None


class Registry:
    def __init__(self):
        self._tasks = {}

    def create(self, key):
        self._tasks[key] = Task()

    def fail(self, key, error):
        self._tasks[key].error = error

    def note(self, key, state):
        self._tasks[key].state = state

    def get(self, key):
        return self._tasks.get(key)


registry = Registry()
`;
const leaks: Record<string, App> = {
  "a helper is handed the text": { store: helpers, failed: 'report("x", str(e))', shown: "jobs[key]" },
  "a helper of a helper is": { store: helpers, failed: 'indirectly("x", str(e))', shown: "jobs.get(key, {})" },
  "a helper is handed it by name": { store: helpers, failed: 'merge("x", message=str(e))', shown: "jobs[key]" },
  "a part that is made on the way": {
    store: "jobs = {}\n",
    failed: 'jobs.setdefault("x", {})["e"] = str(e)',
    shown: 'jobs["x"]',
  },
  "a list of the class": { store: events, failed: "Events.log.append(str(e))", shown: "Events.log" },
  "a method of the class is handed it": { store: events, failed: "Events.add(str(e))", shown: "Events.log" },
  "a method without the class": { store: events, failed: "Events.put(str(e))", shown: "Events.log" },
  "a method of the class gives it": { store: events, failed: "Events.add(str(e))", shown: "Events.all()" },
  "an attribute of the class": {
    store: "class Last:\n    error = None\n",
    failed: "Last.error = str(e)",
    shown: "Last.error",
  },
  "an object that keeps objects": {
    store: registry,
    failed: 'registry.fail("x", str(e))',
    shown: "registry.get(key).error",
  },
};
const clean: Record<string, App> = {
  "the helper is handed words": { store: helpers, failed: 'report("x", "it failed")', shown: "jobs[key]" },
  "the helper is handed the kind": { store: helpers, failed: 'report("x", type(e).__name__)', shown: "jobs[key]" },
  "nobody is shown the text": { store: helpers, failed: 'report("x", str(e))', shown: "len(jobs)" },
  "another key is shown": {
    store: "jobs = {}\nother = {}\n\n\ndef report(key, text):\n    other[key] = text\n",
    failed: 'report("x", str(e))',
    shown: "jobs[key]",
  },
  "another list of the class is shown": {
    store: `${events}\n\nclass Names:\n    log = []\n`,
    failed: "Events.add(str(e))",
    shown: "Names.log",
  },
  "another attribute of the object is shown": {
    store: registry,
    failed: 'registry.fail("x", str(e))',
    shown: "registry.get(key).state",
  },
  "the object is handed words": {
    store: registry,
    failed: 'registry.fail("x", "it failed")',
    shown: "registry.get(key).error",
  },
};

describe("in one module", () => {
  it.each(Object.entries(leaks))("%s", async (_, { store, ...rest }) => {
    expect(await shownBy({ "views.py": views(rest, `\n${store}\n`) })).toEqual(["exception-detail-returned"]);
  });

  it.each(Object.entries(clean))("%s: nothing is reported", async (_, { store, ...rest }) => {
    expect(await shownBy({ "views.py": views(rest, `\n${store}\n`) })).toEqual([]);
  });
});

const names = "jobs, report, merge, indirectly, other, Events, Names, Last, registry".split(", ");
/** The import of what a store defines. */
const importing = (store: string) =>
  `from state import ${names.filter((n) => new RegExp(`^(?:def |class )?${n}\\b`, "m").test(store)).join(", ")}\n`;

describe("in a module of its own", () => {
  it.each(Object.entries(leaks))("%s", async (_, { store, ...rest }) => {
    const files = { "state.py": store, "views.py": views(rest, importing(store)) };
    expect(await shownBy(files)).toEqual(["exception-detail-returned"]);
  });

  it.each(Object.entries(clean))("%s: nothing is reported", async (_, { store, ...rest }) => {
    const files = { "state.py": store, "views.py": views(rest, importing(store)) };
    expect(await shownBy(files)).toEqual([]);
  });

  describe.each([
    ["import state", "state"],
    ["import state as kept", "kept"],
    ["from shop import state", "state"],
  ])("that is imported as a whole: %s", (statement, alias) => {
    const folder = statement.startsWith("from") ? "shop/" : "";
    const filesOf = ({ store, failed, shown }: App) => {
      const defined = names.filter((n) => new RegExp(`^(?:def |class )?${n}\\b`, "m").test(store)).join("|");
      const through = (code: string) => code.replace(new RegExp(`(?<![\\w."])(?:${defined})\\b`, "g"), `${alias}.$&`);
      return {
        [`${folder}state.py`]: store,
        ...(folder ? { "shop/__init__.py": "" } : {}),
        "views.py": views({ failed: through(failed), shown: through(shown) }, `${statement}\n`),
      };
    };

    // A method of an object of the module (`state.registry.fail(...)`) is not followed.
    const followed = Object.entries(leaks).filter(([, { failed }]) => !failed.startsWith("registry."));
    it.each(followed)("%s", async (_, app) => {
      expect(await shownBy(filesOf(app))).toEqual(["exception-detail-returned"]);
    });

    it.each(Object.entries(clean))("%s: nothing is reported", async (_, app) => {
      expect(await shownBy(filesOf(app))).toEqual([]);
    });

    it.each([
      ["a name that is nothing at first", "str(e)", ["exception-detail-returned"]],
      ["a name that is nothing at first, and words of the app's own", '"it failed"', []],
    ])("%s", async (_, text, found) => {
      const shown = { failed: `${alias}.last = ${text}`, shown: `${alias}.last` };
      const files = { [`${folder}state.py`]: "last = None\n", "views.py": views(shown, `${statement}\n`) };
      expect(await shownBy({ ...files, ...(folder ? { "shop/__init__.py": "" } : {}) })).toEqual(found);
    });
  });

  it("that a worker writes to and a view reads", async () => {
    const worker = `from openai import OpenAI
from state import report


def work(key, text):
    try:
        OpenAI().responses.create(model="m", instructions="Be kind.", input=text)
    except Exception as e:
        report(key, f"failed: {e}")
`;
    const rest = { failed: "pass", shown: "jobs[key]" };
    const files = { "state.py": helpers, "worker.py": worker, "views.py": views(rest, "from state import jobs\n") };
    expect(await shownBy(files)).toEqual(["exception-detail-returned"]);
  });
});
