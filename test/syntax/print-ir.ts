/** The intermediate form as short text, for expectations that a person can read. */
import type { Expr, FunctionIR, ModuleIR, Pattern, Stmt } from "../../server/analysis/ir.js";

/** One line for an expression. */
export function printExpr(x: Expr): string {
  switch (x.k) {
    case "name":
      return x.id;
    case "const":
      if (x.t === "str") return JSON.stringify(x.v);
      if (x.t === "bytes") return `b${JSON.stringify(x.v)}`;
      if (x.t === "float") return `float(${x.v})`;
      if (x.t === "none") return "None";
      if (x.t === "ellipsis") return "...";
      return x.t === "bool" ? (x.v === true ? "True" : "False") : String(x.v);
    case "fstr": {
      const parts = x.parts.map((p) => {
        if (typeof p === "string") return JSON.stringify(p);
        return `{${printExpr(p.x)}${p.conv === undefined ? "" : `!${p.conv}`}${p.spec === undefined ? "" : `:${p.spec}`}}`;
      });
      return `f(${parts.join(" ")})`;
    }
    case "attr":
      return `${printExpr(x.o)}.${x.a}`;
    case "sub":
      return `${printExpr(x.o)}[${printExpr(x.i)}]`;
    case "slice":
      return `slice(${x.parts.map((p) => (p === null ? "_" : printExpr(p))).join(" ")})`;
    case "call": {
      const kw = x.kw.map((k) => (k.n === null ? `**${printExpr(k.x)}` : `${k.n}=${printExpr(k.x)}`));
      return `${printExpr(x.f)}(${[...x.args.map(printExpr), ...kw].join(", ")})`;
    }
    case "star":
      return `*${printExpr(x.x)}`;
    case "bin":
      return `(${printExpr(x.l)} ${x.op} ${printExpr(x.r)})`;
    case "un":
      return `(${x.op} ${printExpr(x.x)})`;
    case "bool":
      return `(${x.xs.map(printExpr).join(` ${x.op} `)})`;
    case "cmp":
      return `(${x.xs.map((y, i) => (i === 0 ? printExpr(y) : `${x.ops[i - 1]} ${printExpr(y)}`)).join(" ")})`;
    case "cond":
      return `cond(${printExpr(x.c)} ? ${printExpr(x.a)} : ${printExpr(x.b)})`;
    case "tuple":
    case "list":
    case "set":
      return `${x.k}(${x.xs.map(printExpr).join(", ")})`;
    case "dict":
      return `dict(${x.items.map((i) => (i.key === null ? `**${printExpr(i.v)}` : `${printExpr(i.key)}: ${printExpr(i.v)}`)).join(", ")})`;
    case "comp": {
      const clauses = x.clauses.map((c) =>
        c.t === "if"
          ? ` if ${printExpr(c.c)}`
          : `${c.async ? " async" : ""} for ${printExpr(c.target)} in ${printExpr(c.iter)}`,
      );
      return `${x.kind}comp(${printExpr(x.x)}${x.v === undefined ? "" : `: ${printExpr(x.v)}`}${clauses.join("")})`;
    }
    case "lambda":
      return `lambda(${printParams(x.fn)}: ${x.fn.body.map((s) => (s.k === "return" && s.x !== null ? printExpr(s.x) : s.k)).join("; ")})`;
    case "await":
      return `await(${printExpr(x.x)})`;
    case "yield":
      return `yield${x.from ? "_from" : ""}(${x.x === null ? "" : printExpr(x.x)})`;
    case "walrus":
      return `(${x.name} := ${printExpr(x.x)})`;
    case "unknown":
      return `?(${x.xs.map(printExpr).join(", ")})`;
  }
}

function printParams(fn: FunctionIR): string {
  const marks = { pos: "/", normal: "", kwonly: "!", vararg: "*", kwarg: "**" };
  return fn.params
    .map((p) => {
      const ann = p.ann === undefined ? "" : `: ${printExpr(p.ann)}`;
      const def = p.def === undefined ? "" : ` = ${printExpr(p.def)}`;
      return `${marks[p.kind]}${p.name}${ann}${def}`;
    })
    .join(", ");
}

/** A pattern: what it binds from where, which values it allows, `!` where it takes everything. */
export function printPattern(p: Pattern): string {
  const binds = p.binds.map((b) => `${b.name}<-${b.path.join(".")}`);
  const values = p.values.map(printExpr);
  return `${p.irrefutable ? "!" : ""}[${binds.join(" ")}](${values.join(" ")})`;
}

function opt(x: Expr | null): string {
  return x === null ? "" : ` ${printExpr(x)}`;
}

function names(list: { name: string; as?: string }[]): string {
  return list.map((n) => (n.as === undefined ? n.name : `${n.name} as ${n.as}`)).join(", ");
}

function printStmt(s: Stmt, pad: string): string[] {
  const line = (text: string): string[] => [pad + text];
  const inner = (body: readonly Stmt[]): string[] => body.flatMap((b) => printStmt(b, `${pad}  `));
  const block = (title: string, body: readonly Stmt[]): string[] => [pad + title, ...inner(body)];
  const maybe = (title: string, body: readonly Stmt[]): string[] => (body.length > 0 ? block(title, body) : []);
  switch (s.k) {
    case "expr":
      return line(printExpr(s.x));
    case "assign":
      return line(
        `${s.targets.map(printExpr).join(" = ")}${s.ann === undefined ? "" : `: ${printExpr(s.ann)}`}${s.v === null ? "" : ` := ${printExpr(s.v)}`}`,
      );
    case "aug":
      return line(`${printExpr(s.target)} ${s.op}= ${printExpr(s.v)}`);
    case "return":
      return line(`return${opt(s.x)}`);
    case "raise":
      return line(`raise${opt(s.x)}${s.cause === null ? "" : ` from${opt(s.cause)}`}`);
    case "del":
      return line(`del ${s.xs.map(printExpr).join(", ")}`);
    case "assert":
      return line(`assert ${printExpr(s.c)}${opt(s.msg)}`);
    case "pass":
    case "break":
    case "continue":
      return line(s.k);
    case "global":
    case "nonlocal":
      return line(`${s.k} ${s.names.join(", ")}`);
    case "import":
      return line(`import ${names(s.names)}`);
    case "from":
      return line(`from ${".".repeat(s.level)}${s.module} import ${names(s.names)}`);
    case "if":
      return [...block(`if ${printExpr(s.c)}`, s.body), ...maybe("else", s.orelse)];
    case "for":
      return [
        ...block(`${s.async ? "async " : ""}for ${printExpr(s.target)} in ${printExpr(s.iter)}`, s.body),
        ...maybe("else", s.orelse),
      ];
    case "while":
      return [...block(`while ${printExpr(s.c)}`, s.body), ...maybe("else", s.orelse)];
    case "with": {
      const items = s.items.map((i) => `${printExpr(i.x)}${i.target === null ? "" : ` as ${printExpr(i.target)}`}`);
      return block(`${s.async ? "async " : ""}with ${items.join(", ")}`, s.body);
    }
    case "try":
      return [
        ...block("try", s.body),
        ...s.handlers.flatMap((h) =>
          block(`except${h.star ? "*" : ""}${opt(h.type)}${h.name === null ? "" : ` as ${h.name}`}`, h.body),
        ),
        ...maybe("else", s.orelse),
        ...maybe("finally", s.final),
      ];
    case "match":
      return [
        ...line(`match ${printExpr(s.x)}`),
        ...s.cases.flatMap((c) => [
          `${pad}  case ${printPattern(c.pattern)}${c.guard === null ? "" : ` if ${printExpr(c.guard)}`}`,
          ...c.body.flatMap((b) => printStmt(b, `${pad}    `)),
        ]),
      ];
    case "def": {
      const returns = s.fn.returns === undefined ? "" : ` -> ${printExpr(s.fn.returns)}`;
      const title = `${s.fn.async ? "async " : ""}def${s.fn.generator ? "*" : ""} ${s.fn.name}(${printParams(s.fn)})${returns}`;
      return [...s.fn.decorators.flatMap((d) => line(`@${printExpr(d)}`)), ...block(title, s.fn.body)];
    }
    case "class": {
      const bases = [
        ...s.cls.bases.map(printExpr),
        ...s.cls.keywords.map((k) => `${k.n === null ? "**" : `${k.n}=`}${printExpr(k.x)}`),
      ];
      return [
        ...s.cls.decorators.flatMap((d) => line(`@${printExpr(d)}`)),
        ...block(`class ${s.cls.name}(${bases.join(", ")})`, s.cls.body),
      ];
    }
    case "other":
      return line(`other ${s.xs.map(printExpr).join(", ")}`);
  }
}

/** A module, one line a statement. */
export function printIR(ir: ModuleIR): string {
  return ir.body.flatMap((s) => printStmt(s, "")).join("\n");
}
