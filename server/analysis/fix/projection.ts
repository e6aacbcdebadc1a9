/** Asks a data store for just the fields that the code uses afterwards. */
import type { Edit } from "../finding.js";
import type { Expr } from "../ir.js";
import { addArguments, baseOf, type CallNode, isCall, keyword, unpacks } from "./arguments.js";
import type { Case, Draft } from "./context.js";
import { DYNAMODB_RESERVED } from "./dynamodb-words.js";
import type { Node } from "./nodes.js";
import { djangoFields, sqlalchemyFields } from "./projection-orm.js";
import { sqlColumns } from "./projection-sql.js";
import { ListShape, RecordShape, type Shape, UnderShape } from "./shapes.js";
import { pyString } from "./source.js";
import { Tracker } from "./track.js";

/** More fields than that are no projection that anybody would read. */
export const MAX_FIELDS = 30;

export function projection(c: Case): Draft[] {
  switch (c.hint.style) {
    case "mongo":
      return withCall(c, mongo);
    case "dynamo":
      return withCall(c, dynamo);
    case "sql":
      return withCall(c, sqlColumns);
    case "django":
      return djangoFields(c);
    case "sqlalchemy":
      return sqlalchemyFields(c);
    default:
      return [];
  }
}

function withCall(c: Case, make: (c: Case, call: CallNode) => Draft[]): Draft[] {
  const call = c.nodes.at(c.finding.start, c.finding.end).find(isCall);
  return call && !unpacks(call) ? make(c, call) : [];
}

/**
 * The fields that are read of what an expression gives.
 * @returns undefined where not every use could be seen, or nothing is read
 */
export function usedFields(
  c: Case,
  start: Node,
  shape: (record: RecordShape) => Shape,
  access: RecordShape["access"],
): string[] | undefined {
  const fields = new Set<string>();
  const seen = new Tracker(c, new Map<Expr, Shape>([[start.x, shape(new RecordShape(fields, access))]])).run(
    start.stmt,
  );
  return seen && fields.size > 0 && fields.size <= MAX_FIELDS ? [...fields] : undefined;
}

export function list(names: readonly string[]): string {
  const ticked = names.map((n) => `\`${n}\``);
  if (ticked.length > 4) return `the ${names.length} fields that are used`;
  return ticked.length > 1 ? `${ticked.slice(0, -1).join(", ")} and ${ticked.at(-1)}` : (ticked[0] ?? "");
}

const called = (call: CallNode): string => (call.x.f.k === "attr" ? call.x.f.a : "");

function mongo(c: Case, call: CallNode): Draft[] {
  const src = c.source;
  const method = called(call);
  const many = /^(find|find_raw_batches)$/.test(method);
  if (keyword(call, "projection") || call.x.args.length > (method.includes("_and_") ? 2 : 1)) return [];
  const fields = usedFields(c, call, (r) => (many ? new ListShape(r, "cursor") : r), "keys");
  if (!fields) return [];
  // `_id` comes unasked and stays, so that a found document is never an empty (and so false) one.
  const named = fields.filter((f) => f !== "_id");
  const shown = named.length ? named : ["_id"];
  if (shown.some((f) => f.startsWith("$") || f === "")) return [];
  const dict = `{${shown.map((f) => `${pyString(f, src.quote)}: 1`).join(", ")}}`;
  const positional = call.x.args.length === 1 && call.x.kw.length === 0 && method !== "find_one_and_update";
  return [
    {
      title: `Fetch only ${list(shown)}`,
      effort: "low",
      edits: addArguments(src, call, [positional ? dict : `projection=${dict}`]),
    },
  ];
}

/** A name that an expression takes as it is: letters, digits and underscores, no keyword. */
const bare = (name: string): boolean =>
  /^[A-Za-z][A-Za-z0-9_]*$/.test(name) && !DYNAMODB_RESERVED.has(name.toLowerCase());

function dynamo(c: Case, call: CallNode): Draft[] {
  if (keyword(call, "ProjectionExpression", "AttributesToGet", "Select")) return [];
  const src = c.source;
  const one = called(call) === "get_item";
  const shape = (r: RecordShape): Shape => {
    if (one) return new UnderShape("Item", r);
    const page = new UnderShape("Items", new ListShape(r));
    return called(call) === "paginate" ? new ListShape(page) : page;
  };
  const fields = usedFields(c, call, shape, "keys");
  if (!fields) return [];
  const known = keyword(call, "ExpressionAttributeNames");
  if (known && known.x.k !== "dict") return [];
  const names = new Map<string, string>();
  if (known?.x.k === "dict") {
    for (const i of known.x.items) {
      if (i.key?.k !== "const" || i.v.k !== "const") return [];
      names.set(String(i.v.v), String(i.key.v));
    }
  }
  const added: string[] = [];
  const parts = fields.map((f) => {
    if (bare(f)) return f;
    const old = names.get(f);
    if (old !== undefined) return old;
    let placeholder = `#${f.replace(/[^A-Za-z0-9_]/g, "_")}`;
    while ([...names.values()].includes(placeholder)) placeholder += "_";
    names.set(f, placeholder);
    added.push(`${pyString(placeholder, src.quote)}: ${pyString(f, src.quote)}`);
    return placeholder;
  });
  const texts = [`ProjectionExpression=${pyString(parts.join(", "), src.quote)}`];
  const edits: Edit[] = [];
  if (added.length && known?.x.k === "dict") {
    const items = known.x.items;
    const last = items.at(-1);
    const base = baseOf(call);
    if (last) edits.push(src.insert(base + last.v.e, `, ${added.join(", ")}`));
    else edits.push(src.edit(base + known.x.s, base + known.x.e, `{${added.join(", ")}}`));
  } else if (added.length) texts.push(`ExpressionAttributeNames={${added.join(", ")}}`);
  edits.push(...addArguments(src, call, texts));
  return [{ title: `Fetch only ${list(fields)}`, effort: "low", edits }];
}
