/** Prompts, model output, request bodies, records or sensitive fields in a log. */
import { bit, type Label, type Loc } from "../../server/analysis/flow/labels.js";
import type { Lexicon } from "../../server/analysis/flow/lexicon.js";
import type { FlowEvent, Slot } from "../../server/analysis/flow/summary.js";
import { deepLabels, type Value } from "../../server/analysis/flow/value.js";
import type { FunctionDef } from "../../server/analysis/names/definitions.js";
import type { Rule, RuleContext } from "../../server/analysis/rule.js";
import { isFreeText, isModelText, lastName, lower, sensitiveName } from "../shared.js";
import page from "./page.md";

const rule: Rule = {
  meta: {
    id: "sensitive-logging",
    group: "errors",
    level: "warning",
    preset: "recommended",
    summary:
      "Prompts, model output, request bodies, records or sensitive fields are written to a log, where more people and tools can read them.",
    fix: "logs the length or a hash",
    cwe: [532],
    owaspLlm: ["LLM02"],
    owaspApi: ["API8"],
    compliance: ["GDPR Art. 5(1)(f)", "PCI-DSS 3.3", "SOC 2 CC6.7"],
    tags: ["logging", "privacy"],
    securitySeverity: 5.0,
    helpMarkdown: page,
  },
  check(e, cx) {
    if (e.kind !== "sink" || e.sink !== "log") return;
    const hits: Hit[] = [];
    for (const s of e.slots) {
      for (const p of partsOf(s, cx)) {
        const hit = leakOf(p, cx.lexicon) ?? sentToModel(p, e);
        if (hit && !hits.some((h) => h.what === hit.what)) hits.push({ ...hit, loc: p.loc });
      }
    }
    const first = hits.find((h) => h.label) ?? hits[0];
    if (!first) return;
    const weak = hits.every((h) => h.label && h.label.weak & bit(h.label.kind));
    // A logger of the project's own writes what it is given; the mend is made where it is given.
    const at = (e.fn && isLogger(e.fn) ? e.via.at(-1) : undefined) ?? e.loc;
    cx.report({
      at,
      ...(weak ? { level: lower("warning") } : {}),
      message: `${first.what} is written to a log${weak ? "; the filter on the way is weak" : ""}. Log its length or a hash.`,
      ...(first.label ? { source: first.label } : {}),
      sink: { loc: first.loc, msg: `\`${e.q}\` writes it to the log` },
      related: hits.filter((h) => h !== first).map((h) => ({ loc: h.loc, msg: `${h.what} is written too` })),
      doubt: first.label ? (Math.max(e.doubt, first.label.doubt) as 0 | 1 | 2) : 2,
      fixes: [{ kind: "log-length" }],
      key: at.id,
    });
  },
};
export default rule;

interface Hit {
  /** Absent where the name alone says what is logged. */
  label?: Label;
  what: string;
  loc: Loc;
}

/** A value that the log line shows, by the name that the code gives it. */
interface LogPart {
  v: Value;
  name: string;
  loc: Loc;
  /** The log line's own words in front of it. */
  before?: string;
}

function partsOf(s: Slot, cx: RuleContext): LogPart[] {
  if (s.value.str)
    return s.value.str.flatMap((f) =>
      f.pieces.flatMap((p, i) => {
        const before = f.pieces[i - 1];
        return typeof p === "string"
          ? []
          : [
              {
                v: p.v,
                name: lastWord(cx.textAt(p.loc)),
                loc: p.loc,
                ...(typeof before === "string" ? { before } : {}),
              },
            ];
      }),
    );
  return [{ v: s.value, name: lastWord(cx.textAt(s.loc)), loc: s.loc }];
}

const isLogger = (fn: FunctionDef): boolean =>
  /^(debug|info|warn|warning|error|critical|exception|log|trace|write_log|log_\w+)$/.test(fn.name) ||
  /Log(ger|ging)?$/.test(fn.cls?.name ?? "");

/** `id` of `user.id` and of `user["id"]`; nothing of a call or an operation. */
const lastWord = (text: string): string => /(?:^|[.\s(["'])(\w+)["']?\]?$/.exec(text)?.[1] ?? "";

function leakOf(p: LogPart, lexicon: Lexicon): { label?: Label; what: string } | undefined {
  if (PLAIN.test(p.name)) return undefined;
  for (const label of deepLabels(p.v)) {
    const what = leaked(label, lexicon);
    if (what) return { label, what };
  }
  if (p.v.c !== undefined || p.v.labels.some((l) => l.kind !== "param") || !p.name) return undefined;
  if (p.before && SAYS_WHAT.test(p.before)) return undefined;
  const credential = lexicon.sensitive(p.name)?.category === "credential" || CONNECTION.test(p.name);
  if (credential && !/^[A-Z_]+$/.test(p.name)) return { what: `A credential (\`${p.name}\`)` };
  if (HISTORY.test(p.name)) return { what: `A conversation (\`${p.name}\`)` };
  return lexicon.promptName(p.name) || PROMPT.test(p.name) ? { what: `A prompt (\`${p.name}\`)` } : undefined;
}

/** A log line that says of the value behind it that it is no text: `reading the prompt from file: `. */
const SAYS_WHAT = /\b(file|path|folder|directory|id|name|key|version|length|size|count)s?\b["'`]?\s*[:=]?\s*["'`([]?$/i;

/** Names of prompts and conversations; whose text it is does not matter in a log. */
const PROMPT = /^((full|final|complete|user|llm|chat|rag|augmented|enhanced|formatted)_)?prompt$/;
const HISTORY = /^(chat|conversation)_history$/;

/** What the same function sends to a model: a prompt, whoever calls it. */
function sentToModel(p: LogPart, e: FlowEvent): { what: string } | undefined {
  const sent = !e.via.length && e.data?.prompts;
  if (!sent || PLAIN.test(p.name)) return undefined;
  const params = String(sent).split(" ");
  const hit = p.v.labels.find((l) => l.kind === "param" && l.path.length === 0 && params.includes(String(l.param)));
  return hit && { what: `A prompt (${hit.what})` };
}

const CONNECTION = /^(conn(ection)?_?str(ing)?|dsn|database_url|db_url|mongo_uri|redis_url)$/i;

/** Names of what the caller sends that says nothing of a person. */
const PLAIN =
  /^(is|has|should|can)_|(^|_)(id|ids|pk|latitude|longitude|lat|lng|lon|score|title|ok|success|valid|uid|uuid|guid|key|index|page|size|limit|offset|count|path|method|url|uri|route|endpoint|host|port|type|kind|mode|status|model|provider|lang|language|locale|version|format|sort|order|flag|date|time|year|month|day|action|event|filename|file|extension|slug|category|table|schema|database|db|column|columns|branch|repo|region|zone|source|tag|tags|env|environment|tool|service|engine|temperature|tokens|level|number|num|enabled|stream)$/i;

/** What of a label must not be in a log, in words. */
function leaked(l: Label, lexicon: Lexicon): string | undefined {
  switch (l.kind) {
    case "llm":
      return isModelText(l) ? "Model output" : undefined;
    case "llm-object":
      return l.path.length ? undefined : "The model's response";
    case "secret":
      return `A secret (${l.what})`;
    case "system":
      return "A system prompt";
    case "sensitive":
      return `The sensitive field ${l.what}`;
    case "meta": {
      const name = lastName(l);
      return !name || lexicon.sensitive(name) ? `Request metadata (${l.what})` : undefined;
    }
    case "user": {
      if (l.unseen) return undefined;
      const name = lastName(l) || l.what.replace(/`/g, "").split(".").at(-1)!.replace(/\(\)$/, "");
      return PLAIN.test(name) ? undefined : `What the caller sent (${l.what})`;
    }
    case "stored":
      return `Text that users wrote (${l.what})`;
    case "record": {
      const name = sensitiveName(l, lexicon);
      if (name) return `The sensitive field \`${name}\``;
      if (isFreeText(l, lexicon)) return `Text that users wrote (\`${lastName(l)}\`)`;
      const r = l.record;
      if (!r || lastName(l) || (r.columns && !r.columns.some((c) => lexicon.sensitive(c)))) return undefined;
      if (r.store === "user" || (r.known?.length && !r.known.some((c) => lexicon.sensitive(c)))) return undefined;
      return `A whole record (from ${r.name})`;
    }
    default:
      return undefined;
  }
}
