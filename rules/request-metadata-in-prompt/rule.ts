/** Headers, cookies, session ids, certificate fields and the caller's identity in a prompt. */
import { bit, type Label } from "../../server/analysis/flow/labels.js";
import type { Lexicon } from "../../server/analysis/flow/lexicon.js";
import type { Rule } from "../../server/analysis/rule.js";
import { goesTo, hitsByText, type PromptPiece, standsAt } from "../prompt-pieces.js";
import { isPlainHeader, lastName, lower, sensitiveName } from "../shared.js";
import page from "./page.md";

/** Headers that say nothing of who is calling. */
const HARMLESS =
  /^(http_)?(accept|accept_language|accept_encoding|content_type|content_length|host|origin|server_name|server_port|request_method|path_info|query_string|method|path|scheme)$/i;

/** Fields of a user's record that say who it is. */
const IDENTITY =
  /^(id|pk|user_id|uid|sub|username|user_name|name|get_username|get_full_name|get_short_name|full_name|first_name|last_name|display_name)$/i;

/** What a session keeps that says who is calling; the rest is the app's own: a conversation, a topic. */
const OF_CALLER = /user|name|mail|login|account|member|customer|token|auth|key|role|(?:^|_)id$/i;

const rule: Rule = {
  meta: {
    id: "request-metadata-in-prompt",
    group: "prompt",
    level: "error",
    preset: "recommended",
    summary:
      "Headers, cookies, session ids, client-certificate fields or the caller's identity are put into a prompt and leave with it.",
    fix: "hashes the value",
    cwe: [359, 201],
    owaspLlm: ["LLM02"],
    owaspApi: ["API3"],
    compliance: ["GDPR Art. 5(1)(c)", "PCI-DSS 8.3.1", "SOC 2 CC6.7"],
    tags: ["privacy"],
    securitySeverity: 7.5,
    helpMarkdown: page,
  },
  check(e, cx) {
    for (const group of hitsByText(e, cx.lexicon.instruction, (p) => metadata(p, cx.lexicon))) {
      const { piece, hit } = group[0]!;
      const { at, key } = standsAt(e, piece.form, piece.loc, hit);
      const weak = group.every((g) => g.hit.weak & bit("meta"));
      cx.report({
        at,
        ...(weak ? { level: lower("error") } : {}),
        message: `What identifies the caller (${said(hit)}) goes into a prompt, where the model's provider and whoever reads the answer can see it${weak ? "; the filter on the way is weak" : ""}. Hash it or leave it out.`,
        source: hit,
        sink: { loc: e.loc, msg: goesTo(e) },
        related: group.slice(1).map((g) => ({ loc: g.piece.loc, msg: `${said(g.hit)} goes into the same prompt` })),
        doubt: Math.max(e.doubt, hit.doubt) as 0 | 1 | 2,
        fixes: [{ kind: "hash-value" }],
        key,
      });
    }
  },
};
export default rule;

const said = (l: Label): string => (l.kind === "record" ? `\`${lastName(l)}\`` : l.what);

function metadata(p: PromptPiece, lexicon: Lexicon): Label | undefined {
  return p.labels.find((l) => {
    if (l.kind === "record" && l.caller) return IDENTITY.test(lastName(l)) && !sensitiveName(l, lexicon);
    if (l.kind !== "meta") return false;
    const name = lastName(l).replace(/-/g, "_");
    if ((name && HARMLESS.test(name)) || isPlainHeader(l)) return false;
    if (name && /session`?$/.test(l.what) && !OF_CALLER.test(name) && !lexicon.sensitive(name)) return false;
    // A field of the logged-in user's record is that record's; its name and id say who calls.
    const user = p.labels.some((r) => r.kind === "record" && r.record?.store === "user");
    if (!user || !name) return true;
    if (p.labels.some((r) => r.kind === "record" && sensitiveName(r, lexicon))) return false;
    return IDENTITY.test(name);
  });
}
