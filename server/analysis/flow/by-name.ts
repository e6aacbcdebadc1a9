/** Calls of which only the name is known: methods on unknown receivers, model wrappers, sanitisers. */
import type { CallExpr } from "../ir.js";
import type { CallModel } from "../names/model-schema.js";
import { type Args, allArguments } from "./arguments.js";
import { llmByName, nameOf } from "./calls.js";
import { importsAny } from "./entries.js";
import type { Env } from "./env.js";
import type { Frame, Refinement } from "./frame.js";
import { sanitise } from "./guards.js";
import { bit, type Label, maskOf } from "./labels.js";
import { applies, runModels } from "./library.js";
import { EMPTY, flatten, labelled, type Value } from "./value.js";

/** A method that a model knows by the attribute path alone, on a receiver whose type is not known: `cursor.execute(...)`. */
export function callByDuck(
  frame: Frame,
  env: Env,
  args: Args,
  x: CallExpr,
  recv: Value,
  name: string,
): Value | undefined {
  const { program } = frame;
  const ducks = program.models.ducks(name);
  if (!ducks.length) return undefined;
  const text = nameOf(x.f);
  const segments = text.split(".");
  // What `**options` may hold says less than what is written out.
  const spelled = { ...args, dstar: undefined };
  const inOrder = args.dstar
    ? ducks.toSorted((a, b) => fits(frame, b.model, spelled) - fits(frame, a.model, spelled))
    : ducks;
  for (const d of inOrder) {
    if (d.segments.length > segments.length) continue;
    if (!d.segments.every((s, i) => s === segments[segments.length - d.segments.length + i])) continue;
    // A receiver whose library is known and has no such method is not the one meant.
    if (recv.types.some((t) => t.k === "ext" && program.models.type(t.q)) && recv.types.every((t) => t.k === "ext"))
      continue;
    if (!duckFits(frame, d.model, args, x)) continue;
    // A single name that others have as well: `previewer.generate_content(attachment)`.
    if (d.model.llm && d.segments.length === 1 && !MODELISH.test(text) && !importsAny(frame.module, GOOGLE)) continue;
    return runModels(frame, env, { k: "ext", q: text }, [d.model], args, x, recv, 1);
  }
  return undefined;
}

const MODELISH = /(?:^|[._])(?:\w*model\w*|\w*llm\w*|gemini\w*|genai|gpt\w*|ai|client|chat\w*|bot|agent\w*|m|g)\.\w+$/i;

/** Libraries whose models have such a method. */
const GOOGLE = ["google", "vertexai"];

/** Calls of which only the name is known: ducks, model wrappers, sanitisers. */
export function callByName(
  frame: Frame,
  env: Env,
  args: Args,
  x: CallExpr,
  recv: Value | undefined,
  name: string,
  typedCallee: boolean,
): Value | undefined {
  const { program } = frame;
  const text = nameOf(x.f);
  const duck = recv && callByDuck(frame, env, args, x, recv, name);
  if (duck) return duck;
  const s = program.lexicon.sanitiserName(name);
  if (s && allArguments(args).some((a) => flatten(a.value).labels.length)) {
    const all = allArguments(args).map((a) => a.value);
    if (s.kind === "redact") return sanitise(labelled(flatten(all[0] ?? EMPTY).labels), maskOf("all"), false);
    const labels = flatten(all[0] ?? EMPTY).labels;
    const test: Refinement[] = [{ labels, mask: maskOf("all"), weak: false, unsafe: s.unsafeWhen ? "then" : "else" }];
    return { ...EMPTY, test };
  }
  const dotted = recv ? segmentsOf(text) : name;
  if ((recv ? program.lexicon.llmName(dotted) : program.lexicon.llmName(name)) && args.pos.length + args.kw.size > 0)
    return llmByName(frame, args, frame.loc(x), name, typedCallee ? 2 : 1);
  return passedOn(args, recv, name, typedCallee);
}

/** Functions nobody described that by their name hand on what they are given, in another form. */
function passedOn(args: Args, recv: Value | undefined, name: string, typedCallee: boolean): Value | undefined {
  const wraps =
    typedCallee && /^[A-Z]/.test(name) && !/(Error|Exception|Client|Session|Lock|Event|Thread|Queue)$/.test(name);
  const first = args.pos[0]?.value ?? (wraps ? textArgument(args) : undefined);
  if (!first || recv?.labels.length) return undefined;
  const isModule = recv === undefined || recv.types.some((t) => t.k === "ext");
  if (!isModule || !(wraps || (typedCallee ? READS.test(name) : PASSES_TEXT.test(name)))) return undefined;
  const all = wraps ? [first] : allArguments(args).map((a) => a.value);
  const labels = all.flatMap((v) =>
    flatten(v).labels.flatMap((l): Label[] => {
      // An object that was given a key does not hand it out again.
      if (wraps && l.kind === "secret") return [];
      const cleared = wraps && l.kind === "param" ? l.cleared | bit("secret") : l.cleared;
      return [{ ...l, cleared, doubt: Math.max(l.doubt, 1) as 1 | 2 }];
    }),
  );
  return labels.length ? labelled(labels) : undefined;
}

/** `Document(page_content=text)`: the text that an object is made of. */
function textArgument(args: Args): Value | undefined {
  for (const [name, a] of args.kw)
    if (/^(?:page_content|content|text|message|body|document)$/.test(name)) return a.value;
  return undefined;
}

/** Helpers without a visible body. */
const PASSES_TEXT =
  /(^|_)(build|format|make|create|compose|render|get|to|clean|prep|prepare|trim|normali[sz]e|truncate|escape|decode|encode|dump|dumps|jsonify|serialize|stringify|prompt|template|text|str)(_|$)/;
/** Functions of libraries that no model speaks of: readers, converters. */
const READS =
  /(^|_)(open|load|loads|read|parse|extract|convert|transcribe|clean|normali[sz]e|format|markdown|html|text|strip|escape|unescape|render|translate|decode|wrap|fill|dedent|partition|split|chunk|ocr|string|linkify|(?:de)?mojize|commonmark|replace|remove|highlight|pretty|prettify|beautify|correct|to)(_|$)/;

const segmentsOf = (text: string) => text.split(".").slice(-2).join(".");

const fits = (frame: Frame, m: CallModel, args: Args): number => Number(duckFits(frame, m, args, args.x));

function duckFits(frame: Frame, m: CallModel, args: Args, x: CallExpr): boolean {
  if (!applies(frame, m, args)) return false;
  for (const a of m.duck_args ?? []) if (!args.kw.has(a) && !args.dstar) return false;
  for (const [key, kind] of Object.entries(m.duck_kinds ?? {})) {
    const node = /^\d+$/.test(key) ? x.args[Number(key)] : x.kw.find((k) => k.n === key)?.x;
    if (!node) return false;
    const v = args.pos[Number(key)]?.value ?? args.kw.get(key)?.value;
    const ok =
      kind === "dict"
        ? node.k === "dict" || !!v?.fields
        : kind === "list"
          ? node.k === "list" || !!v?.items
          : kind === "lambda"
            ? node.k === "lambda"
            : node.k === "fstr" || (node.k === "const" && node.t === "str") || typeof v?.c === "string" || !!v?.str;
    if (!ok) return false;
  }
  return true;
}
