/** A credential or an address of the private network inside prompt text. */
import type { Label, Loc } from "../../server/analysis/flow/labels.js";
import { type PromptPart, promptParts, type TextForm, textForms } from "../../server/analysis/flow/prompt.js";
import type { FlowEvent } from "../../server/analysis/flow/summary.js";
import { deepLabels, formsOf, type Piece } from "../../server/analysis/flow/value.js";
import { findCredential, internalHost, toldCredential } from "../../server/analysis/names/credentials.js";
import type { Rule, RuleContext } from "../../server/analysis/rule.js";
import { goesTo } from "../prompt-pieces.js";
import page from "./page.md";

const rule: Rule = {
  meta: {
    id: "secret-in-prompt",
    group: "prompt",
    level: "error",
    preset: "recommended",
    summary:
      "A credential or an internal address is part of a prompt, so the provider has it and whoever makes the model repeat its prompt gets it.",
    fix: "takes it out to a placeholder that the server fills after the answer",
    cwe: [798, 200],
    owaspLlm: ["LLM07", "LLM02"],
    owaspApi: ["API8"],
    compliance: ["PCI-DSS 8.6.2", "SOC 2 CC6.1"],
    tags: ["secrets"],
    securitySeverity: 8.2,
    helpMarkdown: page,
  },
  check(e, cx) {
    if (e.kind !== "llm") return;
    for (const p of promptParts(e)) for (const form of textForms(p)) checkForm(form, p, e, cx);
  },
};
export default rule;

function checkForm(form: TextForm, p: PromptPart, e: FlowEvent, cx: RuleContext): void {
  for (const piece of form.pieces) {
    if (typeof piece === "string") {
      checkText(piece, form.loc.id ? form.loc : p.loc, e, cx);
      continue;
    }
    for (const text of constantsIn(piece)) checkText(text, piece.loc, e, cx);
    const label = deepLabels(piece.v).find((l) => l.kind === "secret");
    if (label) reportSecret(label, piece.loc, e, cx);
  }
}

/** Constant texts inside a piece that is a text itself. */
function constantsIn(piece: Exclude<Piece, string>): string[] {
  return (formsOf(piece.v) ?? []).flatMap((f) => f.pieces.filter((x): x is string => typeof x === "string"));
}

function checkText(text: string, fallback: Loc, e: FlowEvent, cx: RuleContext): void {
  const credential = findCredential(text) ?? toldCredential(text);
  if (credential) {
    const found = text.slice(credential.start, credential.end);
    const at = cx.facts.constantWith(found, e.module) ?? fallback;
    cx.report({
      at,
      message: `A credential (${credential.kind}) is part of a prompt: the provider gets it, and so does whoever makes the model repeat its instructions.`,
      sink: { loc: e.loc, msg: goesTo(e) },
      doubt: e.doubt,
      fixes: [{ kind: "secret-placeholder", text: found }],
      key: `${at.id}:${found}`,
    });
  }
  const address = internalHost(text);
  if (!address) return;
  const at = cx.facts.constantWith(address.url, e.module) ?? fallback;
  cx.report({
    at,
    level: "warning",
    message: `An internal address (\`${address.url}\`) is part of a prompt: whoever makes the model repeat its instructions learns of it.`,
    sink: { loc: e.loc, msg: goesTo(e) },
    doubt: e.doubt,
    fixes: [{ kind: "secret-placeholder", text: address.url }],
    key: `${at.id}:${address.url}`,
  });
}

function reportSecret(label: Label, at: Loc, e: FlowEvent, cx: RuleContext): void {
  cx.report({
    at,
    message: `A secret (${label.what}) is put into a prompt: the provider gets it, and so does whoever makes the model repeat it.`,
    source: label,
    sink: { loc: e.loc, msg: goesTo(e) },
    doubt: Math.max(e.doubt, label.doubt) as 0 | 1 | 2,
    fixes: [{ kind: "drop-piece" }],
    key: at.id,
  });
}
