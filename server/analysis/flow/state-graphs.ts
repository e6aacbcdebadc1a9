/** Graphs of functions that hand a state on to each other (LangGraph): who is in one, and what comes of a run. */
import type { CallExpr } from "../ir.js";
import type { CallModel } from "../names/model-schema.js";
import { type Args, argument } from "./arguments.js";
import { callFunction } from "./calls.js";
import type { Env } from "./env.js";
import type { Frame } from "./frame.js";
import type { Loc } from "./labels.js";
import { updateAt } from "./targets.js";
import { EMPTY, field, join, listOf, type TypeRef, unionItems, type Value, withField } from "./value.js";

type FunctionRef = Extract<TypeRef, { k: "fn" }>;

/** Field of a graph that holds its functions. */
const NODES = "#nodes";
/** Turns of a graph that are followed: what the last function gives may come to the first one. */
const TURNS = 2;
/** Most functions of a graph that are looked at. */
const MAX_NODES = 24;

/** What a call on a graph gives. @param out its result as the rest of its model says */
export function stateGraph(
  frame: Frame,
  env: Env,
  graph: NonNullable<CallModel["graph"]>,
  args: Args,
  x: CallExpr,
  recv: Value | undefined,
  out: Value,
): Value {
  const nodes = recv && field(recv, NODES);
  switch (graph.does) {
    case "add": {
      const added = nodesOf(frame, graph.arg ?? [], args);
      if (!recv || !added.items?.length) return recv ? join(recv, out) : out;
      const all = nodes ? unionItems(nodes, added) : added;
      if (x.f.k === "attr") updateAt(frame, env, x.f.o, (o) => withField(o, NODES, unionItems(field(o, NODES), added)));
      // `StateGraph(State).add_node(...).add_node(...)`
      return join(withField(recv, NODES, all), out);
    }
    case "compile":
      return nodes?.items?.length ? withField(out, NODES, nodes) : out;
    case "run": {
      const state = argument(frame, args, graph.arg ?? [0]);
      if (!nodes?.items?.length || !state) return out;
      const end = run(frame, env, nodes, state.value, state.loc, args, x);
      return { ...out, fields: new Map([...(out.fields ?? []), ...(end.fields ?? [])]) };
    }
  }
}

/**
 * The functions among the arguments, as a list (more of them than one value may be): `add_node("plan", plan)`, `add_node(plan)`;
 * of an object that can be called its method.
 */
function nodesOf(frame: Frame, spec: readonly (string | number)[], args: Args): Value {
  for (const one of spec) {
    const value = argument(frame, args, [one])?.value ?? EMPTY;
    const types = value.types.flatMap((t): FunctionRef[] => {
      if (t.k === "fn") return [t];
      const call = t.k === "inst" ? frame.program.classes.method(t.cls, "__call__") : undefined;
      return call ? [{ k: "fn", fn: call, self: { ...value, types: [t] } }] : [];
    });
    if (types.length) return listOf(types.map((t) => ({ labels: [], types: [t] })));
  }
  return EMPTY;
}

/** Each of the functions of a graph once. */
function functionsIn(nodes: Value): FunctionRef[] {
  const out: FunctionRef[] = [];
  for (const t of nodes.items?.flatMap((i) => i.types) ?? [])
    if (t.k === "fn" && !out.some((o) => o.fn === t.fn && o.self === t.self)) out.push(t);
  return out.slice(0, MAX_NODES);
}

/** Calls every function with the state as those before it left it. */
function run(frame: Frame, env: Env, nodes: Value, start: Value, loc: Loc, args: Args, x: CallExpr): Value {
  let state = start;
  for (let turn = 0; turn < TURNS; turn++)
    for (const t of functionsIn(nodes)) {
      const given: Args = { ...args, pos: [{ value: state, loc }], kw: new Map(), star: undefined, dstar: undefined };
      const made = callFunction(frame, env, t, given, x, t.fn.name);
      // `Command(update={...}, goto=...)` says what changes.
      state = withUpdate(withUpdate(state, made), field(made, "update"));
    }
  return state;
}

function withUpdate(state: Value, update: Value): Value {
  let out = state;
  for (const [key, v] of update.fields ?? [])
    if (!key.startsWith("#") && key !== "update") out = withField(out, key, join(field(out, key), v));
  return out;
}
