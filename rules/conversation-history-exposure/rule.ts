/** Prior messages that are loaded by an id which the caller chooses, and put into a prompt. */
import { type Label, type Loc, OWNED } from "../../server/analysis/flow/labels.js";
import type { FlowEvent } from "../../server/analysis/flow/summary.js";
import { deepLabels, EMPTY, type Value } from "../../server/analysis/flow/value.js";
import type { Rule, RuleContext } from "../../server/analysis/rule.js";
import { goesTo } from "../prompt-pieces.js";
import { nameOf } from "../shared.js";
import page from "./page.md";

const rule: Rule = {
  meta: {
    id: "conversation-history-exposure",
    group: "prompt",
    level: "warning",
    preset: "recommended",
    summary:
      "Prior messages are loaded by an id that the caller chooses and put into a prompt, so whoever guesses an id gets another user's conversation told.",
    fix: "adds an ownership condition to the lookup",
    cwe: [639, 359],
    owaspLlm: ["LLM02"],
    owaspApi: ["API1"],
    compliance: ["GDPR Art. 32", "SOC 2 CC6.1"],
    tags: ["authorization", "privacy"],
    securitySeverity: 6.5,
    helpMarkdown: page,
  },
  check(e, cx) {
    if (e.kind !== "llm" || e.data?.tool) return;
    for (const { value, loc } of choices(e)) {
      const label = controlled(value, cx);
      if (!label) continue;
      cx.report({
        at: loc,
        message: `A conversation is loaded by an id that the caller chooses (${nameOf(label)}) and goes into a prompt, and nothing asks whether it is the caller's; look it up by the logged-in user or the server-side session too.`,
        source: label,
        sink: { loc: e.loc, msg: goesTo(e) },
        doubt: Math.max(e.doubt, label.doubt) as 0 | 1 | 2,
        fixes: [{ kind: "owner-condition" }],
        key: loc.id,
      });
    }
  },
};
export default rule;

/** What each conversation in the prompt was chosen by. */
function choices(e: FlowEvent): { value: Value; loc: Loc }[] {
  const out: { value: Value; loc: Loc }[] = [];
  for (const s of e.slots) {
    if (s.slot === "history") out.push({ value: s.value, loc: s.loc });
    else
      for (const l of deepLabels(s.value)) {
        const by = l.record?.by;
        if (by && (l.weak & OWNED) === 0) out.push({ value: by.value, loc: by.loc });
      }
  }
  return out;
}

/** The caller's value that chooses; undefined where the choice is bound to who is calling. */
function controlled(v: Value, cx: RuleContext): Label | undefined {
  const of = (x: Value | undefined) => deepLabels(x ?? EMPTY).filter((l) => !cx.facts.saysWhoCalls(l));
  const owner = v.fields?.get("owner");
  const all = deepLabels(v);
  if (all.some((l) => l.kind === "meta" || (l.weak & OWNED) !== 0)) return undefined;
  const isUser = (l: Label): boolean => l.kind === "user" && !l.unseen;
  if (owner && !of(owner).some(isUser)) return undefined;
  return of(v).find(isUser);
}
