/** User input joined into the same text as instructions. */

import type { Label, Loc } from "../../server/analysis/flow/labels.js";
import { bit } from "../../server/analysis/flow/labels.js";
import {
  innerForms,
  type PromptPart,
  promptParts,
  type TextForm,
  textForms,
  withoutForms,
} from "../../server/analysis/flow/prompt.js";
import { UNKNOWN_TEXT } from "../../server/analysis/flow/strings.js";
import { deepLabels, type Value } from "../../server/analysis/flow/value.js";
import type { Rule, RuleContext } from "../../server/analysis/rule.js";
import { isFreeText, isPlainHeader, lower, nameOf, sensitiveName } from "../shared.js";
import page from "./page.md";

/** A dynamic piece of a text that a user wrote. */
interface Hit {
  label: Label;
  loc: Loc;
  /** Written earlier and stored: one level lower. */
  stored: boolean;
}

const rule: Rule = {
  meta: {
    id: "user-input-in-prompt",
    group: "prompt",
    level: "error",
    preset: "recommended",
    summary:
      "User input is joined into the same text as instructions, so a caller can rewrite what the model is told to do.",
    fix: "splits the text into a system and a user message",
    cwe: [77, 74],
    owaspLlm: ["LLM01", "LLM07"],
    owaspApi: ["API8"],
    compliance: ["SOC 2 CC6.1"],
    tags: ["prompt-injection"],
    securitySeverity: 8.1,
    helpMarkdown: page,
  },
  check(e, cx) {
    if (e.kind !== "llm") return;
    const parts = promptParts(e);
    for (const p of parts) {
      if (p.role === "client" || p.role === "tool") continue;
      for (const form of textForms(p)) checkForm(form, p, e, cx);
    }
  },
};
export default rule;

function checkForm(form: TextForm, p: PromptPart, e: Parameters<Rule["check"]>[0], cx: RuleContext): void {
  // What somebody sends now stands before what was stored.
  const found = userPieces(form, cx);
  const hits = [...found.filter((h) => !h.stored), ...found.filter((h) => h.stored)];
  const first = hits[0];
  if (!first) return;
  if (!joinedToInstructions(form, p, hits, cx)) return;
  const strict = p.role === "system" || p.role === "assistant" || p.role === "completion";
  let level: "error" | "warning" | "info" = strict ? "error" : "warning";
  if (hits.every((h) => h.stored)) level = lower(level);
  const weak = hits.every((h) => h.label.weak & bit(h.label.kind));
  if (weak) level = lower(level);
  // Nobody was seen calling the function: its parameter only looks like user input.
  const unseen = hits.every((h) => h.label.unseen);
  if (unseen) level = lower(level);
  const where =
    p.role === "system"
      ? "the system prompt"
      : p.role === "assistant"
        ? "an assistant message"
        : p.role === "completion"
          ? "the only prompt text"
          : "a user message";
  const what = first.stored ? "Text that users stored" : "User input";
  cx.report({
    at: first.loc,
    level,
    message: `${what} (${nameOf(first.label)}) is joined to instructions in ${where}, so whoever wrote it can rewrite what the model is told${weak ? "; the filter on the way is weak" : ""}${unseen ? " (no caller was seen)" : ""}.`,
    source: first.label,
    sink: { loc: e.loc, msg: `\`${e.q}\` sends the text to the model` },
    related: hits.slice(1).map((h) => ({ loc: h.loc, msg: `${nameOf(h.label)} is joined to the same text` })),
    doubt: Math.max(e.doubt, first.label.doubt) as 0 | 1 | 2,
    fixes: [{ kind: "messages-array", call: e.q, role: p.role }],
    key: first.loc.id,
  });
}

function userPieces(form: TextForm, cx: RuleContext): Hit[] {
  const out: Hit[] = [];
  for (const whole of form.pieces) {
    if (typeof whole === "string") continue;
    // The text inside may hold the instructions already: then the input was joined to them there.
    const inner = innerForms(whole).find((f) => cx.lexicon.instruction(f.text));
    if (inner) out.push(...userPieces(inner, cx));
    const piece = inner ? withoutForms(whole, [inner]) : whole;
    if (!piece) continue;
    const labels = deepLabels(piece.v).filter((l) => l.kind !== "user" || !cx.facts.isChosen(l));
    const direct =
      labels.find((l) => l.kind === "user" && !l.unseen) ?? labels.find((l) => l.kind === "user" || isPlainHeader(l));
    const stored = direct
      ? undefined
      : labels.find((l) => (l.kind === "stored" && !sensitiveName(l, cx.lexicon)) || isFreeText(l, cx.lexicon));
    const label = direct ?? stored;
    if (label && !out.some((h) => h.loc.id === piece.loc.id)) out.push({ label, loc: piece.loc, stored: !direct });
  }
  return out;
}

/** Whether the rest of the text tells the model what to do; a fixed label around the input does not. */
function joinedToInstructions(form: TextForm, p: PromptPart, hits: readonly Hit[], cx: RuleContext): boolean {
  const constant = form.text;
  if (constant.includes(UNKNOWN_TEXT)) return true;
  if (p.role === "system") return constant.replace(/…/g, "").trim() !== "" || form.pieces.length > hits.length;
  if (cx.lexicon.instruction(constant)) return true;
  // Instructions that are not spelled out here: a system prompt read from a file or a setting.
  return form.pieces.some(
    (x) =>
      typeof x !== "string" &&
      x.name !== undefined &&
      isPrompt(x.name.split(".").at(-1) ?? "", x.v, cx) &&
      !hits.some((h) => h.loc.id === x.loc.id),
  );
}

/** A bare `prompt` holds the app's own words where neither a user nor a caller wrote it: one that is kept in a database. */
const isPrompt = (name: string, v: Value, cx: RuleContext): boolean =>
  cx.lexicon.promptName(name) ||
  (name === "prompt" && !deepLabels(v).some((l) => l.kind === "user" || l.kind === "param" || l.kind === "stored"));
