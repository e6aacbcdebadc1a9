/** A text that a program puts together, as constant pieces and holes, and back as Python source. */
import type { Expr } from "../ir.js";
import type { Case } from "./context.js";
import type { Node } from "./nodes.js";
import { escapePython, pyString, type Source, WIDTH } from "./source.js";

/** A value put into a text. */
export interface Hole {
  /** Source of the expression. */
  src: string;
  x: Expr;
  /** Where it stands in the file. */
  s: number;
  e: number;
  conv?: string | undefined;
  spec?: string | undefined;
}
export type Part = string | Hole;

const MAX_PARTS = 60;

/**
 * The pieces of a text: f-strings, `+`, `%`, `.format`, `join` of a list, `.strip()`.
 * @returns undefined where the expression is no text put together in such a way
 */
export function partsOf(c: Case, n: Node): Part[] | undefined {
  const out = pieces(c, n.x, n.stmt.chunk.base);
  return out && out.length <= MAX_PARTS ? merge(out) : undefined;
}

export function merge(parts: readonly Part[]): Part[] {
  const out: Part[] = [];
  for (const p of parts) {
    const last = out.at(-1);
    if (p === "") continue;
    if (typeof p === "string" && typeof last === "string") out[out.length - 1] = last + p;
    else out.push(p);
  }
  return out;
}

function hole(c: Case, x: Expr, base: number): Hole {
  // In a text, `str(x)` and `x` are the same.
  const inner =
    x.k === "call" && x.f.k === "name" && x.f.id === "str" && x.args.length === 1 && !x.kw.length ? x.args[0]! : x;
  const s = base + inner.s;
  const e = base + inner.e;
  return { src: c.source.slice(s, e), x: inner, s, e };
}

function pieces(c: Case, x: Expr, base: number): Part[] | undefined {
  switch (x.k) {
    case "const":
      return x.t === "str" ? [String(x.v)] : undefined;
    case "fstr": {
      const out: Part[] = [];
      for (const p of x.parts) {
        if (typeof p === "string") {
          out.push(p);
          continue;
        }
        const written = c.source.slice(base + p.x.e, base + p.e);
        // `{x=}` and specifications with holes of their own say more than one value.
        if (/^\s*=/.test(written) || p.spec?.includes("{")) return undefined;
        const h = hole(c, p.x, base);
        out.push(p.conv || p.spec ? { ...h, s: base + p.x.s, e: base + p.x.e, conv: p.conv, spec: p.spec } : h);
      }
      return out;
    }
    case "bin": {
      if (x.op === "%") return percent(c, x, base);
      if (x.op !== "+") return undefined;
      const l = pieces(c, x.l, base) ?? [hole(c, x.l, base)];
      const r = pieces(c, x.r, base) ?? [hole(c, x.r, base)];
      return [...l, ...r];
    }
    case "call": {
      if (x.f.k !== "attr") return undefined;
      if (x.f.a === "format") return braces(c, x, base);
      if (x.f.a === "strip" && !x.args.length) {
        const inner = pieces(c, x.f.o, base);
        return inner && trim(merge(inner));
      }
      const list = x.args[0];
      if (x.f.a === "join" && x.f.o.k === "const" && (list?.k === "list" || list?.k === "tuple")) {
        const glue = String(x.f.o.v);
        if (list.xs.some((y) => y.k === "star")) return undefined;
        return list.xs.flatMap((y, i) => [...(i ? [glue] : []), ...(pieces(c, y, base) ?? [hole(c, y, base)])]);
      }
      return undefined;
    }
    default:
      return undefined;
  }
}

/** The text without white space at its ends. */
export function trim(parts: readonly Part[]): Part[] {
  const out = [...parts];
  const first = out[0];
  if (typeof first === "string") out[0] = first.trimStart();
  const last = out.at(-1);
  if (typeof last === "string") out[out.length - 1] = last.trimEnd();
  return out.filter((p) => p !== "");
}

/** The template of `.format` and `%`: a literal, or a name that one literal is assigned to. */
function template(c: Case, x: Expr): string | undefined {
  if (x.k === "const") return x.t === "str" ? String(x.v) : undefined;
  if (x.k !== "name") return undefined;
  const from = c.nodes.statements.filter(
    (s) => s.st.k === "assign" && s.st.targets.some((t) => t.k === "name" && t.id === x.id),
  );
  const v = from.length === 1 && from[0]!.st.k === "assign" ? from[0]!.st.v : undefined;
  return v?.k === "const" && v.t === "str" ? String(v.v) : undefined;
}

function percent(c: Case, x: Extract<Expr, { k: "bin" }>, base: number): Part[] | undefined {
  const text = template(c, x.l);
  if (text === undefined) return undefined;
  const args = x.r.k === "tuple" ? x.r.xs : x.r.k === "dict" ? [] : [x.r];
  const named = new Map<string, Expr>();
  if (x.r.k === "dict") for (const i of x.r.items) if (i.key?.k === "const") named.set(String(i.key.v), i.v);
  const out: Part[] = [];
  let at = 0;
  let n = 0;
  for (const m of text.matchAll(/%(?:\((\w+)\))?([-#0 +]*\d*(?:\.\d+)?)([a-zA-Z%])/g)) {
    out.push(text.slice(at, m.index));
    at = m.index + m[0].length;
    if (m[3] === "%") {
      out.push("%");
      continue;
    }
    const arg = m[1] === undefined ? args[n++] : named.get(m[1]);
    if (!arg || arg.k === "star" || m[2] !== "" || !/[sd]/.test(m[3]!)) return undefined;
    out.push(hole(c, arg, base));
  }
  if (/%/.test(text.slice(at)) || n !== args.length) return undefined;
  out.push(text.slice(at));
  return out;
}

function braces(c: Case, x: Extract<Expr, { k: "call" }>, base: number): Part[] | undefined {
  const text = x.f.k === "attr" ? template(c, x.f.o) : undefined;
  if (text === undefined || x.args.some((a) => a.k === "star") || x.kw.some((k) => k.n === null)) return undefined;
  const out: Part[] = [];
  let at = 0;
  let n = 0;
  for (const m of text.matchAll(/\{\{|\}\}|\{([^{}]*)\}/g)) {
    out.push(text.slice(at, m.index));
    at = m.index + m[0].length;
    if (m[1] === undefined) {
      out.push(m[0][0]!);
      continue;
    }
    const name = m[1];
    if (!/^\w*$/.test(name)) return undefined;
    const arg =
      name === "" ? x.args[n++] : /^\d+$/.test(name) ? x.args[Number(name)] : x.kw.find((k) => k.n === name)?.x;
    if (!arg) return undefined;
    out.push(hole(c, arg, base));
  }
  out.push(text.slice(at));
  return out;
}

/** How a text is to be laid out. */
export interface Layout {
  /** Indentation of the line that it begins on. */
  indent: string;
  /** Column at which it begins. */
  column: number;
  /** Write lines out between triple quotes. */
  triple?: boolean;
}

/**
 * Python source of a text. The holes' own quotes decide which quotes stand around them, so that it is valid before
 * Python 3.12 too.
 * @returns undefined where no quotes fit
 */
export function render(src: Source, parts: readonly Part[], layout: Layout): string | undefined {
  const all = merge(parts);
  const only = all[0];
  if (all.length === 1 && typeof only === "object" && !only.conv && !only.spec) return grouped(only);
  const triple = layout.triple === true && all.some((p) => typeof p === "string" && p.includes("\n"));
  if (triple) return literal(src, all, true);
  const one = literal(src, all, false);
  if (one === undefined || layout.column + one.length <= WIDTH + 20) return one;
  const inner = layout.indent + src.unit;
  const lines = wrap(all, WIDTH - inner.length - 8).map((line) => literal(src, line, false));
  if (lines.length < 2 || lines.some((l) => l === undefined)) return one;
  return `(${src.eol}${lines.map((l) => inner + l + src.eol).join("")}${layout.indent})`;
}

/** The source of a hole's expression where it stands alone; over several lines it needs brackets. */
function grouped(h: Hole): string {
  if (h.x.k === "walrus" || /[\r\n]/.test(h.src)) return `(${h.src})`;
  return h.src;
}

function literal(src: Source, parts: readonly Part[], triple: boolean): string | undefined {
  const holes = parts.filter((p) => typeof p === "object");
  if (!holes.length && !triple) return pyString(parts.join(""), src.quote);
  const other = src.quote === '"' ? "'" : '"';
  const texts = holes.map((h) => h.src + (h.spec ?? ""));
  if (texts.some((t) => /[\\#\r\n]/.test(t))) return undefined;
  const single = [src.quote, other].filter((q) => !texts.some((t) => t.includes(q)));
  const constant = parts.filter((p) => typeof p === "string").join("");
  // Of two that fit, the one that needs no escapes.
  single.sort((a, b) => Number(constant.includes(a)) - Number(constant.includes(b)));
  const tripled = [src.quote, other].map((q) => q.repeat(3)).filter((q) => !texts.some((t) => t.includes(q)));
  const quote = triple ? tripled[0] : (single[0] ?? tripled[0]);
  if (quote === undefined) return undefined;
  const body = parts.map((p) => {
    if (typeof p === "string") return escapePython(p, quote, holes.length > 0);
    const start = p.src.startsWith("{") ? " " : "";
    return `{${start}${p.src}${p.conv ? `!${p.conv}` : ""}${p.spec ? `:${p.spec}` : ""}}`;
  });
  const text = body.join("");
  return (holes.length ? "f" : "") + quote + (quote.length === 3 ? text.replaceAll("\n", src.eol) : text) + quote;
}

/** Breaks a text behind spaces and line ends into lines of about a width. */
function wrap(parts: readonly Part[], width: number): Part[][] {
  const lines: Part[][] = [[]];
  let used = 0;
  const add = (p: Part, length: number) => {
    if (used > 0 && used + length > width) {
      lines.push([]);
      used = 0;
    }
    lines.at(-1)!.push(p);
    used += length;
  };
  for (const p of parts) {
    if (typeof p !== "string") {
      add(p, p.src.length + 2);
      continue;
    }
    for (const word of p.match(/[^\s]*\s+|[^\s]+$/g) ?? [p]) {
      add(word, word.length);
      if (word.endsWith("\n")) {
        lines.push([]);
        used = 0;
      }
    }
  }
  return lines.filter((l) => l.length).map((l) => merge(l));
}
