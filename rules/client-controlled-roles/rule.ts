/** The client decides who speaks: a messages list, a role or a whole system prompt taken from the request. */
import { bit, type Label, type Loc } from "../../server/analysis/flow/labels.js";
import { innerForms, promptParts, textForms } from "../../server/analysis/flow/prompt.js";
import { deepLabels, formsOf, type Piece, type Value } from "../../server/analysis/flow/value.js";
import type { Rule } from "../../server/analysis/rule.js";
import { standsAt } from "../prompt-pieces.js";
import page from "./page.md";

const rule: Rule = {
  meta: {
    id: "client-controlled-roles",
    group: "prompt",
    level: "error",
    preset: "recommended",
    summary:
      "The client decides which words the model takes for its system prompt or its own: messages, roles or the system text come from the request as they are.",
    fix: "rebuilds each message with the role `user`",
    cwe: [915, 77],
    owaspLlm: ["LLM01", "LLM07"],
    owaspApi: ["API3", "API8"],
    compliance: ["SOC 2 CC6.1"],
    tags: ["prompt-injection"],
    securitySeverity: 8.1,
    helpMarkdown: page,
  },
  check(e, cx) {
    if (e.kind !== "llm") return;
    const report = (at: Loc, label: Label, what: string, form: string) =>
      cx.report({
        at,
        message: `${what} (${label.what}), so a caller can speak as the system or as the model.`,
        source: label,
        sink: { loc: e.loc, msg: `\`${e.q}\` sends it to the model` },
        doubt: Math.max(e.doubt, label.doubt) as 0 | 1 | 2,
        fixes: [{ kind: "fixed-roles", form }],
        key: at.id,
      });
    for (const p of promptParts(e)) {
      const role = p.spoken && deepLabels(p.spoken).find((l) => isUsers(l) && !harmless(cx.facts.choicesOf(l)));
      if (role) report(p.loc, role, "The role of a message comes from the request", "role");
      if (p.role === "client") {
        const label = userLabel(p.value);
        if (label && !harmless(cx.facts.choicesOf({ ...label, path: [...label.path, "role"] })))
          report(p.loc, label, "Messages come from the request as they are", "messages");
      } else if (p.role === "system" && !role) {
        for (const form of textForms(p)) {
          const piece = wholePiece(form);
          const label = piece && userLabel(piece.v);
          if (label)
            report(
              standsAt(e, form, piece.loc, label).at,
              label,
              "The whole system prompt comes from the request",
              "system",
            );
        }
      }
    }
  },
};
export default rule;

/** The one piece that a text is, with nothing around it, also where it was put together. */
function wholePiece(form: { pieces: readonly Piece[] }): Exclude<Piece, string> | undefined {
  const [piece, more] = form.pieces.filter((x) => typeof x !== "string" || x.trim() !== "");
  if (!piece || more || typeof piece === "string") return undefined;
  // Some of a list's elements come from the request, and others are the app's own.
  if (piece.joined?.list.elem && formsOf(piece.joined.list.elem)?.some(isFixed)) return undefined;
  const inner = innerForms(piece);
  return !inner.length || inner.some(wholePiece) ? piece : undefined;
}

const isFixed = (form: { pieces: readonly Piece[] }): boolean =>
  form.pieces.some((x) => typeof x === "string" && x.trim() !== "");

const isUsers = (l: Label): boolean => l.kind === "user" && !l.unseen && !(l.weak & bit("user"));
const userLabel = (v: Value): Label | undefined => deepLabels(v).find(isUsers);

/** Whether a schema lets the client choose none of the roles that give instructions. */
const harmless = (roles: readonly string[] | undefined): boolean =>
  roles?.every((r) => r !== "system" && r !== "developer") ?? false;
