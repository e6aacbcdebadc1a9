/** An entire record, row, document or list of them in a prompt. */
import type { Level } from "../../server/analysis/finding.js";
import { bit, type Label } from "../../server/analysis/flow/labels.js";
import type { Lexicon } from "../../server/analysis/flow/lexicon.js";
import type { Rule } from "../../server/analysis/rule.js";
import { goesTo, hitsByText, standsAt } from "../prompt-pieces.js";
import { lower } from "../shared.js";
import page from "./page.md";

const rule: Rule = {
  meta: {
    id: "whole-record-in-prompt",
    group: "prompt",
    level: "error",
    preset: "recommended",
    summary:
      "An entire record is put into a prompt, so every field it has now or gets later goes to the model's provider.",
    fix: "puts a dict of the harmless fields in its place, where the model class names them",
    cwe: [359, 201],
    owaspLlm: ["LLM02"],
    owaspApi: ["API3"],
    compliance: ["GDPR Art. 5(1)(c)", "GDPR Art. 25", "SOC 2 CC6.7"],
    tags: ["privacy", "data-minimisation"],
    securitySeverity: 7.5,
    helpMarkdown: page,
  },
  check(e, cx) {
    for (const group of hitsByText(e, cx.lexicon.instruction, (p) => p.labels.find((l) => isWhole(l, cx.lexicon)))) {
      const { piece, hit } = group[0]!;
      const { at, key } = standsAt(e, piece.form, piece.loc, hit);
      const r = hit.record!;
      let level: Level = r.excluded.size ? "warning" : "error";
      const weak = group.every((g) => g.hit.weak & bit("record"));
      if (weak) level = lower(level);
      cx.report({
        at,
        level,
        message: `${hit.many ? "Whole records are" : "A whole record is"} put into a prompt (from ${r.name}): ${
          r.excluded.size
            ? "what else it holds besides the fields left out is not known"
            : "every field of it goes to the model's provider"
        }. Name the fields that are meant${weak ? "; the filter on the way is weak" : ""}.`,
        source: hit,
        sink: { loc: e.loc, msg: goesTo(e) },
        related: group
          .slice(1)
          .map((g) => ({ loc: g.piece.loc, msg: `another record (${g.hit.record!.name}) goes into the same prompt` })),
        doubt: Math.max(e.doubt, hit.doubt) as 0 | 1 | 2,
        // A text that rows were put into has no fields any more.
        fixes:
          group.length === 1 && !piece.piece.v.str
            ? [{ kind: "allowlist-fields", fields: harmless(hit, cx.lexicon), many: !!hit.many }]
            : [],
        key,
      });
    }
  },
};
export default rule;

/** Most fields that a fix writes out; more are for the author to choose from. */
const MAX_FIELDS = 8;

/** The fields of a model's row that say nothing of a person, with commas between them. */
function harmless(l: Label, lexicon: Lexicon): string {
  const fields = l.record?.columns ? [] : (l.record?.plain ?? []);
  return fields
    .filter((f) => /^[a-z]\w*$/.test(f) && !ROWS.test(f) && !lexicon.sensitive(f))
    .slice(0, MAX_FIELDS)
    .join();
}

const ROWS = /^(?:id|pk|uuid|guid|metadata|password\w*)$|_(?:id|ids|pk|uuid|hash)$/;

/** The record itself and no field of it, unless all that it can hold is harmless. */
function isWhole(l: Label, lexicon: Lexicon): boolean {
  const r = l.kind === "record" ? l.record : undefined;
  if (!r || r.store === "user" || l.path.length) return false;
  if (r.columns) return r.columns.some((c) => lexicon.sensitive(c));
  if (r.known?.length) return r.known.some((c) => lexicon.sensitive(c) && !r.excluded.has(c));
  return true;
}
