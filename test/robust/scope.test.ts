/**
 * A large project where nothing has to do with a model is looked at in part. Which part follows the texts: after any edit
 * the findings are those of a fresh look.
 */
import { describe, expect, it } from "vitest";
import type { Engine } from "../../server/analysis/engine-api.js";
import { runCheck } from "../../server/project/check.js";
import { checkInParts } from "../../server/project/check-parts.js";
import { testSyntax } from "../support/engine.js";
import { differences, engineOver, printed } from "./lib/engines.js";
import { partsOver } from "./lib/parts.js";
import { Random } from "./lib/random.js";

const VIEWS = `from flask import Flask, jsonify, request
from shop.stock import reserve
from shop.words import worded

app = Flask(__name__)


@app.post("/orders")
def order():
    try:
        reserve(request.json["item"])
    except ValueError as e:
        return jsonify(error=str(e)), 400
    return jsonify(ok=True)


@app.post("/returns")
def back():
    try:
        reserve(request.json["item"])
    except ValueError as e:
        return jsonify(error=worded(e)), 400
    return jsonify(ok=True)
`;
/** Holds nothing of its own: in a project without a model it is like a library. */
const WORDS = `def worded(error):
    return f"Sorry: {error}"


def plain(text):
    return text.strip()
`;
const STOCK = `def reserve(item):
    if not item:
        raise ValueError("no item")
`;
const MODEL = `from openai import OpenAI

client = OpenAI()


def answer(question):
    return client.responses.create(model="gpt-4o", input=question).output_text
`;
const CHAT = `from flask import Blueprint, request
from shop.model import answer

bp = Blueprint("chat", __name__)


@bp.post("/chat")
def chat():
    return answer("You are a clerk. " + request.json["q"])
`;

function project(files: Readonly<Record<string, string>>, size = 620): Map<string, string> {
  const texts = new Map<string, string>();
  for (let i = 0; i < size; i++) texts.set(`/p/lib/part_${i}.py`, `def size_${i}(a):\n    return a + ${i}\n`);
  for (const [name, text] of Object.entries(files)) texts.set(`/p/shop/${name}.py`, text);
  return texts;
}

const inShop = (engine: Engine) =>
  engine.allFindings().map((f) => `${f.file.slice("/p/shop/".length)} ${f.rule} ${f.start}`);

describe("a large project", () => {
  const files = { views: VIEWS, words: WORDS, stock: STOCK, __init__: "" };

  it("without a model is looked at where settings, credentials and answers are", async () => {
    const syntax = await testSyntax();
    const engine = engineOver(syntax, project(files));
    const found = inShop(engine);
    // What `words.py` makes of an exception is not known here.
    expect(found).toEqual([`views.py exception-detail-returned ${VIEWS.indexOf("str(e)")}`]);
    expect(engine.overview()).toMatch(/ of its 624 Python files only the 1 with /);
    expect(engine.isSettled()).toBe(true);
    engine.dispose();
  });

  it("that is smaller is looked at whole", async () => {
    const syntax = await testSyntax();
    const engine = engineOver(syntax, project(files, 300));
    expect(inShop(engine)).toEqual([
      `views.py exception-detail-returned ${VIEWS.indexOf("str(e)")}`,
      `views.py exception-detail-returned ${VIEWS.indexOf("worded(e)")}`,
    ]);
    expect(engine.overview()).toBeUndefined();
    engine.dispose();
  });

  it("with a model is looked at whole", async () => {
    const syntax = await testSyntax();
    const engine = engineOver(syntax, project({ ...files, model: MODEL, chat: CHAT }));
    const found = inShop(engine);
    expect(found).toContain(`chat.py user-input-in-prompt ${CHAT.indexOf('request.json["q"]')}`);
    expect(found).toContain(`views.py exception-detail-returned ${VIEWS.indexOf("str(e)")}`);
    expect(found.filter((f) => f.startsWith("views.py exception"))).toHaveLength(2);
    expect(engine.overview()).toBeUndefined();
    engine.dispose();
  });

  it("is shared out in the same way", async () => {
    const syntax = await testSyntax();
    const texts = project(files);
    const all = [...texts.keys()].sort();
    const engine = engineOver(syntax, texts);
    const wanted = runCheck(engine, { asked: all, all });
    const parts = partsOver(syntax, texts, 3);
    // Of a part that leaves nothing would come any more.
    const got = await checkInParts(parts, { asked: all, all }, true);
    expect(differences(printed(wanted.findings), printed(got.findings))).toEqual([]);
    expect(got.overview).toBe(wanted.overview);
    expect(got.overview).toContain("language model");
    engine.dispose();
  });

  it("says of comments outside of that part what it says of others", async () => {
    const syntax = await testSyntax();
    const engine = engineOver(
      syntax,
      project({ ...files, words: `${WORDS}\n# spillcheck: ignore[debug-enabled] none\n` }),
    );
    expect(inShop(engine).filter((f) => f.startsWith("words.py"))).toEqual([
      expect.stringContaining("unused-suppression"),
    ]);
    engine.dispose();
  });

  it("follows edits, cancelled looks and files that come and go", async () => {
    const syntax = await testSyntax();
    const texts = project(files);
    const subject = engineOver(syntax, texts);
    const r = new Random(7);
    const states: Readonly<Record<string, readonly (string | null)[]>> = {
      "/p/shop/model.py": [null, MODEL, MODEL.replaceAll(/openai|OpenAI|gpt-4o/g, "x")],
      "/p/shop/chat.py": [null, CHAT],
      "/p/shop/words.py": [WORDS, `${WORDS}\nDEBUG = True\n`, `${WORDS}\n# spillcheck: ignore[debug-enabled]\n`],
      "/p/lib/part_5.py": ["x = 1\n", "from flask import jsonify\n\n\ndef f(e):\n    return jsonify(error=str(e))\n"],
    };
    const seen = new Set<string>();
    for (let step = 0; step < 24; step++) {
      const [file, choices] = r.pick(Object.entries(states));
      const text = r.pick(choices);
      const now = texts.get(file);
      if (text === null) texts.delete(file);
      else if (now !== undefined && text !== now && r.chance(0.5)) {
        subject.open(file, now);
        subject.change(file, [{ start: 0, end: now.length, text }]);
        texts.set(file, text);
        if (r.chance(0.3)) subject.advance({ cancelled: true });
        if (r.chance(0.5)) subject.findings(file);
        subject.close(file);
      } else texts.set(file, text);
      subject.refresh([file]);
      const fresh = engineOver(syntax, texts);
      const found = fresh.allFindings();
      seen.add(`${fresh.overview() === undefined}`);
      expect(differences(printed(found), printed(subject.allFindings()))).toEqual([]);
      expect(subject.overview()).toBe(fresh.overview());
      fresh.dispose();
    }
    expect(seen.size).toBe(2);
    subject.dispose();
  }, 60_000);
});
