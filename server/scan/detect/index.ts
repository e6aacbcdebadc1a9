import { RE2JS } from "re2js";
import type { z } from "zod";
import { lazy } from "../data.js";
import { ScanError } from "../errors.js";
import type { userPatternSchema } from "../options.js";
import type { Hit } from "./hit.js";
import { findInternal, internalNeedles } from "./internal.js";
import { Needles } from "./needles.js";
import { findPersonalData } from "./personal.js";
import { findSecrets, secretNeedles } from "./secrets.js";
import { findTechnical, technicalNeedles } from "./technical.js";

export type { Hit, HitGroup } from "./hit.js";
export { shorten } from "./hit.js";

/** One automaton for all; the groups of each detector follow one another. */
const needles = lazy(() => new Needles([...secretNeedles(), ...technicalNeedles, ...internalNeedles, ["@"]]));

type UserPattern = z.infer<typeof userPatternSchema>;

/** Reads texts for everything that should not be in a reply. One per scan: it compiles the user's patterns once. */
export class Detectors {
  private readonly own: { pattern: UserPattern; expression: RE2JS }[];

  /** @throws ScanError "bad-option" when a user's pattern is not RE2 syntax */
  constructor(patterns: readonly UserPattern[] = []) {
    this.own = patterns.map((pattern) => {
      try {
        return { pattern, expression: RE2JS.compile(pattern.pattern) };
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new ScanError(
          "bad-option",
          `The pattern "${pattern.id}" is not a regular expression that RE2 accepts: ${reason}`,
        );
      }
    });
  }

  /** All hits in a text, in order of their place. */
  read(text: string): Hit[] {
    if (text === "") return [];
    const places = needles().find(text);
    const technical = secretNeedles().length;
    const internal = technical + technicalNeedles.length;
    const ats = internal + internalNeedles.length;
    const hits = [
      ...findSecrets(text, places),
      ...findPersonalData(text, places[ats] ?? []),
      ...findTechnical(text, places.slice(technical, internal)),
      ...findInternal(text, places.slice(internal, ats)),
    ];
    for (const { pattern, expression } of this.own) {
      const matcher = expression.matcher(text);
      while (matcher.find()) {
        const value = matcher.group() ?? "";
        if (value !== "")
          hits.push({
            group: pattern.kind,
            kind: pattern.id,
            title: pattern.title,
            value,
            start: matcher.start(),
            end: matcher.end(),
          });
      }
    }
    return hits.sort((a, b) => a.start - b.start);
  }
}
