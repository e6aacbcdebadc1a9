/** Edits of a project as people and tools make them: in editors, on disk, by switching branches. */
import type { Engine, TextChange } from "../../../server/analysis/engine-api.js";
import { applyChanges, mutation } from "./mutate.js";
import type { Random } from "./random.js";

/** A project that is being edited: what the disk says, and what is open. */
export class Workspace {
  readonly disk: Map<string, string>;
  readonly open = new Map<string, string>();

  constructor(
    private readonly seeds: ReadonlyMap<string, string>,
    /** The engine under test reads `disk`. */
    private readonly engine: (disk: ReadonlyMap<string, string>) => Engine,
  ) {
    this.disk = new Map(seeds);
  }

  private made: Engine | undefined;

  get subject(): Engine {
    this.made ??= this.engine(this.disk);
    return this.made;
  }

  /** The texts that count now. */
  now(): Map<string, string> {
    const out = new Map([...this.disk, ...this.open]);
    return new Map([...out].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** Does something at random and says what it was. */
  step(r: Random): string {
    const n = r.below(100);
    if (n < 45) return this.type(r, semantic);
    if (n < 70) return this.type(r, mutation);
    if (n < 78) return this.back(r);
    if (n < 84) return this.save(r);
    if (n < 90) return this.external(r);
    if (n < 94) return this.addOrRemove(r);
    if (n < 97) return this.move(r);
    return this.restore();
  }

  private anOpenFile(r: Random): string {
    const files = [...this.disk.keys()];
    if (this.open.size && r.chance(0.7)) return r.pick([...this.open.keys()]);
    const file = r.pick(files.length ? files : [...this.seeds.keys()]);
    if (!this.open.has(file)) {
      const text = this.disk.get(file) ?? this.seeds.get(file) ?? "";
      this.open.set(file, text);
      this.subject.open(file, text);
    }
    return file;
  }

  private type(r: Random, how: (text: string, r: Random) => TextChange[]): string {
    const file = this.anOpenFile(r);
    const text = this.open.get(file) ?? "";
    const changes = how(text, r);
    const next = applyChanges(text, changes);
    if (next.length > 60_000) return "nothing";
    this.open.set(file, next);
    this.subject.change(file, changes);
    return `change ${file} ${JSON.stringify(changes).slice(0, 300)}`;
  }

  /** The whole text is set back, as undo or a formatter does. */
  private back(r: Random): string {
    const file = this.anOpenFile(r);
    const text = this.open.get(file) ?? "";
    const next = this.seeds.get(file) ?? "";
    this.open.set(file, next);
    this.subject.change(file, [{ start: 0, end: text.length, text: next }]);
    return `back ${file}`;
  }

  private save(r: Random): string {
    const file = this.anOpenFile(r);
    this.disk.set(file, this.open.get(file) ?? "");
    this.open.delete(file);
    this.subject.close(file);
    this.subject.refresh([file]);
    return `save ${file}`;
  }

  private external(r: Random): string {
    const files = [...this.disk.keys()].filter((f) => !this.open.has(f));
    if (!files.length) return "nothing";
    const touched: string[] = [];
    for (let i = 1 + r.below(3); i > 0; i--) {
      const file = r.pick(files);
      const text = this.disk.get(file) ?? "";
      const next = applyChanges(text, semantic(text, r));
      if (next.length > 60_000) continue;
      this.disk.set(file, next);
      touched.push(file);
    }
    this.subject.refresh(touched);
    return `external ${touched.join()}`;
  }

  private addOrRemove(r: Random): string {
    const files = [...this.disk.keys()].filter((f) => !this.open.has(f));
    const gone = [...this.seeds.keys()].filter((f) => !this.disk.has(f) && !this.open.has(f));
    if (gone.length && r.chance(0.6)) {
      const file = r.pick(gone);
      this.disk.set(file, this.seeds.get(file) ?? "");
      this.subject.refresh([file]);
      return `add ${file}`;
    }
    if (files.length < 3) return "nothing";
    const file = r.pick(files);
    this.disk.delete(file);
    this.subject.refresh([file]);
    return `remove ${file}`;
  }

  private move(r: Random): string {
    const files = [...this.disk.keys()].filter((f) => !this.open.has(f));
    if (!files.length) return "nothing";
    const from = r.pick(files);
    const to = from.replace(/(\w+)\.py$/, r.chance(0.5) ? "moved_$1.py" : "extra/$1.py");
    if (this.disk.has(to)) return "nothing";
    this.disk.set(to, this.disk.get(from) ?? "");
    this.disk.delete(from);
    this.subject.refresh([from, to]);
    return `move ${from} ${to}`;
  }

  /** Another branch: everything on disk as it was in the beginning. */
  private restore(): string {
    const touched = new Set([...this.disk.keys(), ...this.seeds.keys()]);
    this.disk.clear();
    for (const [file, text] of this.seeds) this.disk.set(file, text);
    this.subject.refresh([...touched].sort());
    return "restore";
  }
}

const insertAt = (at: number, text: string): TextChange[] => [{ start: at, end: at, text }];

/** Places where a pattern stands. */
function found(text: string, pattern: RegExp, r: Random): RegExpExecArray | undefined {
  const all = [...text.matchAll(pattern)];
  return all.length ? r.pick(all) : undefined;
}

const CALLS = [
  "complete(question)",
  "find_user(question)",
  "request.json['q']",
  "Assistant('x').ask(question)",
  "stream(question)",
  "redact(question)",
  "public_user(question)",
  "helper(question)",
  "str(question)",
  "f'Tell me: {question}'",
  "repository.get(question)",
  "recent",
  "claude.messages.create(model='m', max_tokens=1, messages=[{'role': 'user', 'content': question}])",
  "os.environ['KEY']",
  "flatten(question)",
];
const BASES = [
  "Base",
  "Repository",
  "Orders",
  "Assistant",
  "StrictAssistant",
  "View",
  "object",
  "models.Model",
  "Exception",
  "Stamped",
  "A",
  "",
];
const DECORATORS = [
  '@app.route("/x")',
  '@bp.post("/y")',
  "@retry()",
  "@property",
  "@staticmethod",
  "@classmethod",
  "@functools.cache",
  "@contextmanager",
  '@app.get("/z")',
  "@tool",
  "@unknown",
  "@app.after_request",
];
const IMPORTS = [
  "from .llm import complete",
  "from .store import *",
  "from . import store",
  "import shop.llm as llm",
  "from .helpers import redact as complete",
  "from .llm import Assistant as Repository",
  "from flask import request",
  "import openai",
  "from shop.services import *",
  "from .moved_store import db",
  "from .nothing import complete",
  "from .routes import bp",
  "from . import *",
  "from ..llm import complete",
];

/** Small edits that mean something to the flow of values. */
const SEMANTIC: readonly ((text: string, r: Random) => TextChange[])[] = [
  function newFunction(text, r) {
    const line = found(text, /^(?=(?:@|def |class ))/gm, r);
    const name = r.pick(["helper", "complete", "redact", "find_user", "ask", "load_ticket", "build_prompt"]);
    const body = r.pick([
      `return ${r.pick(CALLS)}`,
      `x = ${r.pick(CALLS)}\n    return x`,
      `global recent\n    recent = ${r.pick(CALLS)}`,
    ]);
    return insertAt(line?.index ?? text.length, `def ${name}(question, *rest, limit=3):\n    ${body}\n\n\n`);
  },
  function newView(text, r) {
    return insertAt(
      text.length,
      `\n\n@app.route("/v${r.below(9)}")\ndef view${r.below(9)}():\n    question = request.args["q"]\n    return ${r.pick(CALLS)}\n`,
    );
  },
  function renameDefinition(text, r) {
    const m = found(text, /(?<=^[ \t]*(?:async )?(?:def|class) )\w+/gm, r);
    return m
      ? [{ start: m.index, end: m.index + m[0].length, text: r.chance(0.5) ? `${m[0]}2` : m[0].slice(0, -1) || "x" }]
      : [];
  },
  function renameEverywhere(text, r) {
    const m = found(text, /(?<=^[ \t]*(?:async )?(?:def|class) )\w+/gm, r);
    if (!m) return [];
    return [...text.matchAll(new RegExp(`\\b${m[0]}\\b`, "g"))]
      .reverse()
      .map((x) => ({ start: x.index, end: x.index + m[0].length, text: `${m[0]}_renamed` }));
  },
  function deleteDefinition(text, r) {
    const m = found(text, /^([ \t]*)(?:async )?(?:def|class) [^\n]*\n(?:\1[ \t]+[^\n]*\n|[ \t]*\n)+/gm, r);
    return m ? [{ start: m.index, end: m.index + m[0].length, text: "" }] : [];
  },
  function otherBases(text, r) {
    const m = found(text, /(?<=^[ \t]*class \w+)(?:\([^)\n]*\))?(?=:)/gm, r);
    if (!m) return [];
    const bases = [r.pick(BASES), ...(r.chance(0.3) ? [r.pick(BASES)] : [])].filter(Boolean).join(", ");
    return [{ start: m.index, end: m.index + m[0].length, text: bases ? `(${bases})` : "" }];
  },
  function otherDecorator(text, r) {
    const m = found(text, /^[ \t]*@[^\n]*\n/gm, r);
    if (m && r.chance(0.6))
      return [
        {
          start: m.index,
          end: m.index + m[0].length,
          text: r.chance(0.4) ? "" : `${/^[ \t]*/.exec(m[0])?.[0] ?? ""}${r.pick(DECORATORS)}\n`,
        },
      ];
    const def = found(text, /^([ \t]*)(?=(?:async )?def )/gm, r);
    return def ? insertAt(def.index, `${def[1] ?? ""}${r.pick(DECORATORS)}\n`) : [];
  },
  function writeSelf(text, r) {
    const m = found(text, /^([ \t]+)def \w+\(self[^)]*\)[^:\n]*:\n/gm, r);
    const name = r.pick(["user", "history", "last", "system", "fields", "name", "title"]);
    const value = r.pick(["request.json", "self.ask('x')", "find_user('x')", "[]", "self.name", "complete('x')"]);
    return m ? insertAt(m.index + m[0].length, `${m[1] ?? ""}    self.${name} = ${value}\n`) : [];
  },
  function writeGlobal(text, r) {
    const m = found(text, /^def \w+\([^)]*\)[^:\n]*:\n/gm, r);
    const name = r.pick(["recent", "db", "_cache", "watchers", "client", "HISTORY", "assistant", "SYSTEM"]);
    const statement = r.pick([
      `${name}.append(request.json)`,
      `global ${name}\n    ${name} = request.args["q"]`,
      `${name}["x"] = find_user("x")`,
    ]);
    return m ? insertAt(m.index + m[0].length, `    ${statement}\n`) : [];
  },
  function changeImport(text, r) {
    const m = found(text, /^(?:from|import) [^\n(]*$/gm, r);
    if (!m || r.chance(0.3)) return insertAt(0, `${r.pick(IMPORTS)}\n`);
    return [{ start: m.index, end: m.index + m[0].length, text: r.chance(0.3) ? "" : r.pick(IMPORTS) }];
  },
  function changeReturn(text, r) {
    const m = found(text, /(?<=^[ \t]+return )[^\n]+$/gm, r);
    return m ? [{ start: m.index, end: m.index + m[0].length, text: r.pick(CALLS) }] : [];
  },
  function changeParameters(text, r) {
    const m = found(text, /(?<=^[ \t]*(?:async )?def \w+\()[^)\n]*(?=\))/gm, r);
    const text2 = r.pick([
      "self, question",
      "question",
      "*args, **kwargs",
      "question, user=None",
      "request",
      "",
      "self, request, question='x'",
      "user, question",
    ]);
    return m ? [{ start: m.index, end: m.index + m[0].length, text: text2 }] : [];
  },
  function changeArgument(text, r) {
    const m = found(text, /(?<=\()\w+(?=\))/g, r);
    return m ? [{ start: m.index, end: m.index + m[0].length, text: r.pick(CALLS) }] : [];
  },
  function insertStatement(text, r) {
    const m = found(text, /^([ \t]*)(?=(?:return|if|for|try|with|raise|\w+ =))/gm, r);
    const s = r.pick([
      `question = ${r.pick(CALLS)}`,
      `user = ${r.pick(CALLS)}`,
      "return None",
      "pass",
      `yield ${r.pick(CALLS)}`,
      `print(${r.pick(CALLS)})`,
      "# spillcheck: ignore here",
      "del user['email']",
      "if user: return user",
      `prompt = prompt + ${r.pick(CALLS)}`,
      "x = lambda q: complete(q)",
      "raise ValueError(question)",
      "answer = [complete(q) for q in recent]",
      "setattr(self, 'user', user)",
    ]);
    return m ? insertAt(m.index, `${m[1] ?? ""}${s}\n`) : [];
  },
  function register(text, r) {
    const m = found(text, /(?<=^def )\w+/gm, r);
    return m ? insertAt(text.length, `\napp.add_url_rule("/r", view_func=${m[0]})\n`) : [];
  },
  function comment(text, r) {
    const m = found(text, /$/gm, r);
    return m
      ? insertAt(
          m.index,
          r.pick(["  # note", "  # spillcheck: ignore", "  # spillcheck: ignore[raw-llm-output] known"]),
        )
      : [];
  },
  function moveDown(text, r) {
    const m = found(text, /^(?=\S)/gm, r);
    return m ? insertAt(m.index, "\n".repeat(1 + r.below(3))) : [];
  },
];

/** A small edit that means something. */
export function semantic(text: string, r: Random): TextChange[] {
  return r.pick(SEMANTIC)(text, r);
}
