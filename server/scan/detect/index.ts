import type { RE2JS } from "re2js";
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
  /** Without patterns of a user's. */
  static readonly builtIn = new Detectors([]);

  private constructor(private readonly own: readonly { pattern: UserPattern; expression: RE2JS }[]) {}

  /**
   * @param patterns the user's own
   * @throws ScanError "bad-option" when one of them is not RE2 syntax
   */
  static async create(patterns: readonly UserPattern[] = []): Promise<Detectors> {
    if (patterns.length === 0) return Detectors.builtIn;
    // Loaded when there is something to compile: its tables take time and memory.
    const { RE2JS } = await import("re2js");
    return new Detectors(
      patterns.map((pattern) => {
        try {
          return { pattern, expression: RE2JS.compile(pattern.pattern) };
        } catch (error) {
          const reason = error instanceof Error ? error.message : String(error);
          throw new ScanError(
            "bad-option",
            `The pattern "${pattern.id}" is not a regular expression that RE2 accepts: ${reason}`,
          );
        }
      }),
    );
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
