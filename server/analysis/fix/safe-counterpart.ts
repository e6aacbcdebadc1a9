/** The safe counterpart of a call that runs what a model wrote, where there is one. */
import type { Edit } from "../finding.js";
import type { CallExpr } from "../ir.js";
import { baseOf, isCall, removeArguments } from "./arguments.js";
import type { Case, Draft } from "./context.js";
import { addImport, imports, isTaken } from "./module-edits.js";
import { dotted, type Node } from "./nodes.js";

export function safeCounterpart(c: Case): Draft[] {
  const sink = c.finding.path.at(-1);
  const call = sink?.file === c.file ? c.nodes.at(sink.start, sink.end).find(isCall) : undefined;
  if (!call) return [];
  const name = dotted(call.x.f) ?? "";
  const last = name.slice(name.lastIndexOf(".") + 1);
  const f = c.nodes.node(call.x.f);
  if (!f) return [];
  if (name === "eval" && call.x.args.length === 1 && !call.x.kw.length && free(c, "ast"))
    return draft("Evaluate literals only", [...addImport(c, "ast"), c.source.edit(f.s, f.e, "ast.literal_eval")]);
  if (/^yaml\.(load|full_load|unsafe_load)$/.test(name)) return safeYaml(c, call, f);
  if (last === "mark_safe" || last === "Markup") return escaped(c, call, f, name);
  return [];
}

const draft = (title: string, edits: Edit[]): Draft[] => [{ title, effort: "low", edits }];
const free = (c: Case, name: string): boolean => imports(c, name) || !isTaken(c, name);

/** `yaml.load(text, Loader=yaml.Loader)` becomes `yaml.safe_load(text)`. */
function safeYaml(c: Case, call: Node<CallExpr>, f: Node): Draft[] {
  const { args, kw } = call.x;
  const edits = [c.source.edit(f.s, f.e, "yaml.safe_load")];
  const second = args[1];
  if (second) edits.push(c.source.edit(baseOf(call) + args[0]!.e, baseOf(call) + second.e, ""));
  edits.push(
    ...removeArguments(
      c.source,
      call,
      kw.filter((k) => k.n === "Loader"),
    ),
  );
  return draft("Load plain data only", edits);
}

/** Markup that is escaped, by the function of the same library. */
function escaped(c: Case, call: Node<CallExpr>, f: Node, name: string): Draft[] {
  if (call.x.args.length !== 1 || call.x.kw.length) return [];
  const django = name.endsWith("mark_safe");
  const module = django ? "django.utils.html" : "markupsafe";
  const known = c.nodes.module.body.some(
    (s) => s.st.k === "from" && s.st.names.some((n) => n.name === "escape" && n.as === undefined),
  );
  if (!known && isTaken(c, "escape")) return [];
  const edits = [c.source.edit(f.s, f.e, "escape")];
  const from = c.nodes.module.body.find((s) => s.st.k === "from");
  if (!known) {
    if (!from) return [];
    edits.unshift(c.source.insert(c.source.lineEnd(from.e), `${c.source.eol}from ${module} import escape`));
  }
  return draft("Escape the model's text", edits);
}
