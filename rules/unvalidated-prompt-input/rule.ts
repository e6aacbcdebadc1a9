/** User input that nobody looked at on its way into a prompt. */
import { CHECKED, type Label, stepsOf } from "../../server/analysis/flow/labels.js";
import { promptParts } from "../../server/analysis/flow/prompt.js";
import { deepLabels } from "../../server/analysis/flow/value.js";
import type { Rule } from "../../server/analysis/rule.js";
import { goesTo, listed } from "../prompt-pieces.js";
import { lastName } from "../shared.js";
import page from "./page.md";

const rule: Rule = {
  meta: {
    id: "unvalidated-prompt-input",
    group: "prompt",
    level: "info",
    preset: "recommended",
    summary:
      "User input reaches a model with no check of its presence, type or length, so a caller can send anything, of any size, at the app's expense.",
    fix: "inserts a guard that answers 400",
    cwe: [20, 770],
    owaspLlm: ["LLM01", "LLM10"],
    owaspApi: ["API4"],
    compliance: ["SOC 2 PI1.2"],
    tags: ["validation"],
    securitySeverity: 3.7,
    helpMarkdown: page,
  },
  check(e, cx) {
    if (e.kind !== "llm" || e.data?.tool) return;
    // Several fields of one request are one cause: nobody looked at the request.
    const groups = new Map<string, Label[]>();
    for (const p of promptParts(e)) {
      if (p.role === "tool") continue;
      for (const l of deepLabels(p.value)) {
        if (l.kind !== "user" || l.unseen || (l.weak & CHECKED) !== 0 || cx.facts.checksInput(l)) continue;
        const group = groups.get(l.key);
        if (!group) groups.set(l.key, [l]);
        else if (!group.some((x) => lastName(x) === lastName(l))) group.push(l);
      }
    }
    for (const group of groups.values()) {
      const first = group[0]!;
      const names = group.map((l) => lastName(l)).filter(Boolean);
      const what = names.length ? listed(names.map((n) => `\`${n}\``)) : first.what;
      cx.report({
        at: stepsOf(first.step)[0]!.loc,
        message: `User input (${what}) reaches the model with no check of its presence, type or length; refuse what is missing or too long.`,
        source: first,
        sink: { loc: e.loc, msg: goesTo(e) },
        doubt: Math.max(e.doubt, first.doubt) as 0 | 1 | 2,
        fixes: [{ kind: "input-guard", fields: names }],
        key: first.key,
      });
    }
  },
};
export default rule;
