/** What a route or a model call lacks: a bound, a limit, a handler of errors. */
import { addArguments, isCall, unpacks } from "./arguments.js";
import type { Case, Draft } from "./context.js";
import { isTaken } from "./module-edits.js";
import { dotted, type Scope, type Statement } from "./nodes.js";
import { pyString } from "./source.js";

/** Bounds that are a number of tokens by themselves. */
const TOKENS = /^(max_tokens|max_output_tokens|max_completion_tokens|max_new_tokens|max_tokens_to_sample|num_predict)$/;

/** Adds the bound of the output and of the time that the call lacks. */
export function addBound(c: Case): Draft[] {
  const call = c.nodes.at(c.finding.start, c.finding.end).find(isCall);
  if (!call || unpacks(call)) return [];
  const args: string[] = [];
  const { bound, timeout } = c.hint;
  if (c.hint.bounded !== true && typeof bound === "string" && TOKENS.test(bound)) args.push(`${bound}=1024`);
  if (c.hint.timed !== true && (timeout === "timeout" || timeout === "request_timeout")) args.push(`${timeout}=30`);
  if (!args.length) return [];
  const title = `Add ${args.map((a) => `\`${a}\``).join(" and ")}`;
  return [{ title, effort: "low", edits: addArguments(c.source, call, args) }];
}

/** The function whose name is the finding. */
function functionAt(c: Case): { scope: Scope; def: Statement } | undefined {
  const { start } = c.finding;
  for (const scope of c.nodes.scopes)
    if (scope.fn && scope.def && scope.fn.chunk.base + scope.fn.ns === start) return { scope, def: scope.def };
  return undefined;
}

const LIMITS = /(^|\.)(limit|shared_limit|ratelimit|rate_limit|throttle)$/;

/** The limit of another route of the file, on this one too. */
export function addLimit(c: Case): Draft[] {
  const here = functionAt(c);
  if (!here?.scope.fn) return [];
  const { scope } = here;
  const params = new Set(scope.fn!.params.map((p) => p.name));
  for (const other of c.nodes.scopes) {
    if (!other.fn || other === scope || other.parent !== scope.parent) continue;
    for (const d of other.fn.decorators) {
      if (d.k !== "call" || !LIMITS.test(dotted(d.f) ?? "") || d.args.some((a) => a.k === "lambda")) continue;
      // A limiter that looks at the request is handed it by this name.
      if (other.fn.params.some((p) => p.name === "request") && !params.has("request")) continue;
      const base = other.fn.chunk.base;
      const text = c.source.slice(base + d.s, base + d.e);
      if (/[\r\n]/.test(text)) continue;
      const line = c.source.lineStart(scope.fn!.chunk.base + scope.fn!.ns);
      const indent = /^[ \t]*/.exec(c.source.slice(line, line + 200))![0];
      const edits = [c.source.insert(line, `${indent}@${text}${c.source.eol}`)];
      return [{ title: `Limit the route with \`@${text}\``, effort: "low", edits }];
    }
  }
  return [];
}

/** A handler that answers for the app when something fails; where the app or blueprint is made in this file. */
export function errorHandler(c: Case): Draft[] {
  const made = (pattern: RegExp): string | undefined => {
    for (const s of c.nodes.module.body) {
      if (s.st.k !== "assign" || s.st.v?.k !== "call" || !pattern.test(dotted(s.st.v.f) ?? "")) continue;
      const target = s.st.targets[0];
      if (target?.k === "name") return target.id;
    }
    return undefined;
  };
  const name = ["internal_error", "handle_internal_error"].find((n) => !isTaken(c, n));
  if (!name) return [];
  const q = (t: string): string => pyString(t, c.source.quote);
  const body = `{${q("error")}: ${q("An internal error occurred.")}}`;
  const flask = made(/(^|\.)(Flask|Quart|Blueprint)$/);
  const unit = c.source.unit;
  if (flask) {
    const lines = [`@${flask}.errorhandler(500)`, `def ${name}(_error):`, `${unit}return ${body}, 500`];
    return atEnd(c, lines, []);
  }
  const fastapi = made(/(^|\.)FastAPI$/);
  if (!fastapi) return [];
  const known = c.nodes.module.body.some(
    (s) => s.st.k === "from" && s.st.names.some((n) => n.name === "JSONResponse" && n.as === undefined),
  );
  if (!known && isTaken(c, "JSONResponse")) return [];
  const lines = [
    `@${fastapi}.exception_handler(Exception)`,
    `async def ${name}(_request, _error):`,
    `${unit}return JSONResponse(status_code=500, content=${body})`,
  ];
  return atEnd(c, lines, known ? [] : ["from fastapi.responses import JSONResponse"]);
}

/** Behind the last definition, before what runs the app. */
function atEnd(c: Case, lines: readonly string[], needed: readonly string[]): Draft[] {
  const { eol } = c.source;
  const last = [...c.nodes.module.body].reverse().find((s) => s.st.k === "def" || s.st.k === "class");
  const from = c.nodes.module.body.find((s) => s.st.k === "from" && s.st.module !== "__future__");
  if (!last || (needed.length && !from)) return [];
  const edits = needed.map((l) => c.source.insert(c.source.lineEnd(from!.e), eol + l));
  edits.push(c.source.insert(c.source.lineEnd(last.e), `${eol}${eol}${eol}${lines.join(eol)}`));
  return [{ title: "Add a handler that answers when something fails", effort: "low", edits }];
}
