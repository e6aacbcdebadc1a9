/** Makes a Flask workspace of any size, always the same: what the benchmarks measure on when no folder is given. */

/** A module of `lines` lines or a few more: routes that call a model, helpers, plain code in between. */
export function pythonModule(name: string, lines: number): string {
  const out = [
    `"""Module ${name}."""`,
    "from flask import Blueprint, jsonify, request",
    "from openai import OpenAI",
    "",
    "from app.shared import db, describe, redact",
    "",
    `bp = Blueprint("${name}", __name__)`,
    "client = OpenAI()",
    "",
  ];
  for (let i = 0; out.length < lines; i++) {
    // One route in four reaches the model, as in real code: most of a file is about something else.
    if (i % 4 === 0) {
      out.push(
        `@bp.route("/${name}/ask/${i}", methods=["POST"])`,
        `def ask_${i}():`,
        '    question = request.json["question"]',
        '    user = db.users.find_one({"_id": request.json["id"]})',
        `    prompt = f"You are helpful. {question} for {user['name']}"`,
        "    response = client.chat.completions.create(",
        '        model="gpt-4o-mini",',
        '        messages=[{"role": "system", "content": prompt}],',
        "    )",
        '    return jsonify({"answer": response.choices[0].message.content})',
        "",
        "",
      );
    } else {
      out.push(
        `def total_${i}(orders, rate=${i}):`,
        '    """Adds up what is owed."""',
        "    result = 0",
        "    for order in orders:",
        '        if order["state"] == "open" and order["amount"] > rate:',
        '            result += order["amount"] * (1 + rate / 100)',
        '        elif order.get("refund"):',
        '            result -= order["refund"]',
        "    return describe(round(result, 2))",
        "",
        "",
      );
    }
  }
  return `${out.join("\n")}\n`;
}

/** The module that all the others import. */
export const sharedModule = `"""Shared by every module."""
import re

from pymongo import MongoClient

db = MongoClient()["app"]
CONTACT = re.compile(r"[\\w.+-]+@[\\w-]+")


def redact(text):
    return CONTACT.sub("[removed]", text)


def describe(value):
    return f"{value}"
`;

/**
 * @param count number of modules besides the shared one
 * @param lines lines of each
 * @returns texts by absolute path
 */
export function makeWorkspace(count: number, lines: number): Map<string, string> {
  const files = new Map([
    ["/bench/app/__init__.py", ""],
    ["/bench/app/shared.py", sharedModule],
  ]);
  for (let i = 0; i < count; i++) files.set(`/bench/app/module_${i}.py`, pythonModule(`module_${i}`, lines));
  return files;
}
