/** Rules that a settings file brings, as rules of the engine. */
import type { Level } from "./finding.js";
import { bit, type Label, MAX_OWN_SETS, ownBit } from "./flow/labels.js";
import type { FlowEvent, Slot } from "./flow/summary.js";
import { deepLabels } from "./flow/value.js";
import type { PlacedRule } from "./names/own-models.js";
import type { OwnRule, OwnSource } from "./names/own-rule-schema.js";
import type { Rule } from "./rule.js";
import type { RuleMeta } from "./rule-meta.js";

/** Level of a rule that names none. */
const defaultLevel: Level = "warning";

/** Where own rules are described. */
const page = "own-rules";

/** What is known of a rule besides its sources and sinks; its message stands for the summary. */
export function ownRuleMeta(rule: OwnRule): RuleMeta {
  return {
    id: rule.id,
    group: "own",
    level: rule.level ?? defaultLevel,
    preset: "recommended",
    summary: rule.message,
    cwe: rule.cwe ?? [],
    owaspLlm: [],
    owaspApi: [],
    compliance: [],
    tags: ["own-rule"],
    securitySeverity: { error: 8, warning: 5.5, info: 2, hint: 1 }[rule.level ?? defaultLevel],
    helpMarkdown: rule.help ?? `# ${rule.id}\n\n${rule.message}\n\nA rule of this project's own.\n`,
    page,
  };
}

/**
 * Gives each rule what tells it from the others. Rules with the same sanitisers share a bit of the masks.
 * @returns the rules, and those that there is no bit left for
 */
export function placeRules(rules: readonly OwnRule[]): { placed: PlacedRule[]; left: OwnRule[] } {
  const sets = new Map<string, number>();
  const placed: PlacedRule[] = [];
  const left: OwnRule[] = [];
  for (const rule of rules) {
    let mask = 0;
    if (rule.sanitisers?.length) {
      const key = JSON.stringify(rule.sanitisers);
      let n = sets.get(key);
      if (n === undefined && sets.size < MAX_OWN_SETS) {
        n = sets.size;
        sets.set(key, n);
      }
      if (n === undefined) {
        left.push(rule);
        continue;
      }
      mask = ownBit(n);
    }
    placed.push({ rule, mask, tag: `${placed.length}:${rule.id}` });
  }
  return { placed, left };
}

const PROMPT_SLOTS = new Set(["messages", "completion", "input", "system", "body", "variables", "argument"]);
const RESPONSES = ["response", "stream-response", "template-response"];

/** The rule as the engine runs it. */
export function engineRule({ rule, tag, mask }: PlacedRule): Rule {
  const meta = ownRuleMeta(rule);
  const kinds = new Set<string>(rule.sinks.flatMap((sink) => sink.sink ?? []));
  // A streamed or rendered answer is an answer.
  if (kinds.has("response")) for (const kind of RESPONSES) kinds.add(kind);
  const labelled = rule.sources.filter((source) => source.label !== undefined);
  const isSource = (l: Label) =>
    l.kind === "own" ? l.own === tag : labelled.some((source) => l.kind === source.label && holdsField(l, source));
  return {
    meta,
    check(event, cx) {
      for (const slot of slotsOf(event, tag, kinds)) {
        const label = deepLabels(slot.value).find((l) => isSource(l) && !(l.weak & mask));
        if (!label) continue;
        cx.report({
          at: slot.loc,
          ...(label.unseen ? { level: lower(meta.level) } : {}),
          message: label.unseen ? `${rule.message.replace(/\.$/, "")} (no caller was seen).` : rule.message,
          source: label,
          sink: { loc: event.loc, msg: `it reaches \`${event.q}\`` },
          doubt: Math.max(event.doubt, label.doubt, label.weak & bit(label.kind) ? 1 : 0) as 0 | 1 | 2,
        });
      }
    },
  };
}

const lower = (level: Level): Level => (level === "error" ? "warning" : level === "warning" ? "info" : level);

/** Where data goes in, if the event is one of the rule's sinks. */
function slotsOf(event: FlowEvent, tag: string, kinds: ReadonlySet<string>): readonly Slot[] {
  if (event.kind === "own") return event.data?.rule === tag ? event.slots : [];
  if (event.kind === "sink") return event.sink && kinds.has(event.sink) ? event.slots : [];
  if (event.kind === "llm" && kinds.has("prompt")) return event.slots.filter((s) => PROMPT_SLOTS.has(s.slot));
  return [];
}

/** Whether the label is about one of the fields that the source names; about any where it names none. */
function holdsField(l: Label, { fields }: OwnSource): boolean {
  if (!fields) return true;
  const named = l.path.filter((p) => !p.startsWith("["));
  if (l.kind === "sensitive") return fields.includes(l.what.replaceAll("`", ""));
  if (named.length) return fields.includes(named.at(-1)!);
  const r = l.record;
  const columns = r?.columns ?? r?.known;
  return columns?.some((column) => fields.includes(column) && !r?.excluded.has(column)) ?? false;
}
