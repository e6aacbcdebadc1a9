/** What a fix knows of a value that it follows: how it is taken apart, and what is read from it. */
import type { CallExpr } from "../ir.js";

/** The value is used in a way that cannot be followed. */
export const LOST = Symbol("lost");
/** What comes of taking a value apart: another followed value, nothing of interest, or the end of the trail. */
export type Step = Shape | undefined | typeof LOST;

export interface Shape {
  /** Two shapes with one key are the same knowledge. */
  readonly key: string;
  /** `v.name`; `at` is where the attribute's expression stands in the file. */
  attr(name: string, at: Place): Step;
  /** `v[key]`; undefined for a key that is no constant. */
  item(key: string | number | undefined, at: Place): Step;
  slice(): Step;
  /** `v.name(...)`. */
  method(name: string, call: CallExpr, at: Place): Step;
  /** An element, where the value is looped over. */
  element(): Step;
}

/** Where a step is taken: file and offsets. */
export interface Place {
  file: string;
  start: number;
  end: number;
}

/** The name in a constant first argument. */
export function constantArgument(call: CallExpr): string | undefined {
  const a = call.args[0];
  return a?.k === "const" && typeof a.v === "string" ? a.v : undefined;
}

/** How fields of a record are reached. */
export type Access = "keys" | "row" | "attributes";

/** One record; notes which fields are read. */
export class RecordShape implements Shape {
  readonly key = "record";

  /** @param fields is added to */
  constructor(
    readonly fields: Set<string>,
    readonly access: Access,
  ) {}

  attr(name: string): Step {
    if (this.access === "keys" || name.startsWith("__")) return LOST;
    if (name === "_mapping") return this.access === "row" ? this : LOST;
    if (name.startsWith("_")) return LOST;
    this.fields.add(name);
    return undefined;
  }

  item(key: string | number | undefined): Step {
    if (typeof key !== "string" || this.access === "attributes") return LOST;
    this.fields.add(key);
    return undefined;
  }

  slice(): Step {
    return LOST;
  }

  method(name: string, call: CallExpr): Step {
    if (this.access === "attributes") {
      const shown = /^get_(\w+)_display$/.exec(name)?.[1];
      if (shown) this.fields.add(shown);
      return shown ? undefined : LOST;
    }
    if (name === "get" || name === "setdefault" || name === "pop") {
      const field = constantArgument(call);
      if (field === undefined) return LOST;
      // What is taken out with a default at hand need not be there.
      if (name !== "pop" || call.args.length < 2) this.fields.add(field);
      return undefined;
    }
    if (name === "update") return call.args.some((a) => a.k === "star") ? LOST : undefined;
    if (name === "copy" || (name === "_asdict" && this.access === "row")) return this;
    return LOST;
  }

  element(): Step {
    return LOST;
  }
}

const SAME = new Set(
  (
    "sort limit skip batch_size rewind clone hint max_time_ms collation allow_disk_use to_list fetchall fetchmany all mappings copy " +
    "order_by iterator aiterator reverse filter exclude using select_for_update distinct"
  ).split(" "),
);
const ONE = new Set(
  "next try_next fetchone first one one_or_none scalar_one scalar_one_or_none pop get last latest earliest aget afirst alast alatest aearliest".split(
    " ",
  ),
);
const NOTHING = new Set("close count exists acount aexists count_documents append index remove clear".split(" "));

/** Several values of one kind: a cursor, a query set, a list. */
export class ListShape implements Shape {
  readonly key: string;

  constructor(
    readonly of: Shape,
    /** Lists of records by position too (`rows[0]`); a cursor only by its methods. */
    readonly origin: "cursor" | "queryset" | "list" = "list",
  ) {
    this.key = `${origin}(${of.key})`;
  }

  attr(name: string): Step {
    return name === "rowcount" || name === "alive" ? undefined : LOST;
  }

  item(key: string | number | undefined): Step {
    return typeof key === "string" ? LOST : this.of;
  }

  slice(): Step {
    return this;
  }

  method(name: string, call: CallExpr, _at: Place): Step {
    if (SAME.has(name)) return this.keepsWhole(call) ? this : LOST;
    if (ONE.has(name)) return this.of;
    return NOTHING.has(name) ? undefined : LOST;
  }

  element(): Step {
    return this.of;
  }

  private keepsWhole(call: CallExpr): boolean {
    return !call.args.some((a) => a.k === "lambda");
  }
}

/** A dict that holds the followed value under one of its keys. */
export class UnderShape implements Shape {
  readonly key: string;

  constructor(
    readonly under: string,
    readonly of: Shape,
  ) {
    this.key = `{${under}: ${of.key}}`;
  }

  attr(): Step {
    return LOST;
  }

  item(key: string | number | undefined): Step {
    if (key === this.under) return this.of;
    return key === undefined ? LOST : undefined;
  }

  slice(): Step {
    return LOST;
  }

  method(name: string, call: CallExpr): Step {
    if (name !== "get" && name !== "pop") return LOST;
    return this.item(constantArgument(call));
  }

  element(): Step {
    return LOST;
  }
}

/** Several values side by side: what `enumerate` and `zip` give. */
export class TupleShape implements Shape {
  readonly key: string;

  constructor(readonly items: readonly (Shape | undefined)[]) {
    this.key = `(${items.map((i) => i?.key ?? "-").join(",")})`;
  }

  attr(): Step {
    return LOST;
  }

  item(key: string | number | undefined): Step {
    return typeof key === "number" ? this.items.at(key) : LOST;
  }

  slice(): Step {
    return LOST;
  }

  method(): Step {
    return LOST;
  }

  element(): Step {
    return LOST;
  }
}
