/** A summary as text, to see whether it changed. */
import type { Label, RecordInfo } from "./labels.js";
import type { Summary } from "./summary.js";
import { EMPTY, type TypeRef, type Value } from "./value.js";

/** A text that differs when a summary differs in substance. Positions do not count. */
export function shapeOf(s: Summary): string {
  const seen = new Map<Value, number>();
  const value = (v: Value, depth: number): string => {
    if (v === EMPTY) return "-";
    const id = seen.get(v);
    if (id !== undefined) return `@${id}`;
    seen.set(v, seen.size);
    if (depth > 6) return "…";
    let out = v.labels.map(labelText).join(",");
    out += `|${v.types.map(typeText).join(",")}`;
    if (v.c !== undefined) out += `=${JSON.stringify(v.c)}`;
    if (v.fields) out += `{${[...v.fields].map(([k, x]) => `${k}:${value(x, depth + 1)}`).join(",")}}`;
    if (v.items) out += `[${v.items.map((x) => value(x, depth + 1)).join(",")}]`;
    if (v.elem) out += `*${value(v.elem, depth + 1)}`;
    if (v.str)
      out += v.str
        .map(
          (f) =>
            `"${f.pieces.map((p) => (typeof p === "string" ? p : `<${p.loc.id}${value(p.v, depth + 1)}>`)).join("")}"`,
        )
        .join(";");
    return out;
  };
  const parts = [value(s.ret, 0)];
  for (const e of s.events)
    parts.push(
      `${e.kind}${e.sink ?? ""}${e.loc.id}${e.q}(${e.slots.map((x) => `${x.slot}:${value(x.value, 0)}`).join(",")})`,
    );
  for (const [i, v] of s.writes) parts.push(`w${i}${value(v, 0)}`);
  for (const [n, v] of s.globals) parts.push(`g${n}${value(v, 0)}`);
  for (const g of s.guards) parts.push(`c${g.param}${g.path.join(".")}${g.mask}${g.weak}${g.unsafeWhen}`);
  if (s.stub) parts.push("stub");
  return parts.join("\n");
}

function typeText(t: TypeRef): string {
  if (t.k === "ext") return t.q;
  if (t.k === "fn") return t.fn.key;
  if (t.k === "module") return t.mod.file;
  return `${t.k}:${t.cls.key}`;
}

function labelText(l: Label): string {
  const flags = `${l.many ? "m" : ""}${l.parsed ? "p" : ""}${l.doubt}`;
  return `${l.key}/${l.path.join(".")}/${l.cleared}/${l.weak}${flags}${l.type ?? ""}${l.record ? recordText(l.record) : ""}`;
}

/** What a query can return: callers of a function that hands its record on depend on it. */
function recordText(r: RecordInfo): string {
  return `:${r.columns ? r.columns.join("+") : "*"}-${[...r.excluded].join("-")}${r.narrowable ? "n" : ""}`;
}
