/** Puts shape and rule together into a program, with a marker where the finding stands. */
import type { Cell } from "./rules.js";
import { type Direction, ending, type Shape } from "./shapes.js";

const indent = (lines: readonly string[], by: string): string => lines.map((l) => `${by}${l}\n`).join("");

/**
 * @param clean with a harmless value in place of the source: then nothing is marked
 */
export function program(cell: Cell, shape: Shape, d: Direction, clean = false): Record<string, string> {
  const mark = (line: string, here: boolean): string => (here && !clean ? `${line}  # expect: ${cell.rule}` : line);
  const sinkLines = (name: string): string[] =>
    cell.sink.map((l, i) => mark(l.replaceAll("X", name), cell.at === "sink" && i === (cell.line ?? 0)));
  const before = cell.before ?? [];
  const own = before.length ? before.length - 1 : -1;
  const source = [
    ...before.map((l, i) => mark(l, cell.at === "source" && i === own)),
    mark(`value = ${clean ? cell.clean : cell.source}`, cell.at === "source" && own < 0),
  ];
  const body = [...source, ...shape.view(d), ...(d === "through" ? sinkLines("moved") : []), 'return "", 204'];
  const lines = cell.caught
    ? ["try:", "    work()", "except ValueError as error:", ...body.map((l) => `    ${l}`), 'return "", 204']
    : body;
  const needsSink = d === "into";
  const app = [
    "from flask import Flask, jsonify, request",
    "from work import work",
    ...shape.imports(d),
    ...(needsSink ? ["from sinks import consume"] : []),
    cell.setup,
    "app = Flask(__name__)",
    "",
    shape.local?.replace("END", ending(d)) ?? "",
    '@app.route("/x", methods=["POST"])',
    `${shape.async ? "async " : ""}def view():`,
  ].join("\n");
  const files: Record<string, string> = {
    "app.py": `${app}\n${indent(lines, "    ")}`,
    "work.py": "def work():\n    raise ValueError\n",
    // In direction `through` nothing is consumed, but the helpers name it.
    "sinks.py": needsSink
      ? `${cell.setup}\n\ndef consume(x):\n${indent(sinkLines("x"), "    ")}`
      : "def consume(x):\n    pass\n",
  };
  for (const [name, text] of Object.entries(shape.files)) files[name] = text.replaceAll("END", ending(d));
  return files;
}
