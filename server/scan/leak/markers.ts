import { z } from "zod";
import markersYaml from "../../../rules/scan/markers.yaml";
import { type BuiltIn, lazy, readBuiltIn } from "../data.js";

const schema = () =>
  z.object({
    families: z.record(
      z.string(),
      z.object({
        strong: z.array(z.string()).default([]),
        weak: z.array(z.string()).default([]),
        sequences: z.array(z.array(z.string()).min(2)).default([]),
      }),
    ),
  });

export const markersFile = { name: "rules/scan/markers.yaml", schema } satisfies BuiltIn<z.ZodType>;
/** The prompt formats' tokens, as data. */
export const markerFamilies = lazy(() => readBuiltIn(markersYaml, markersFile).families);

export interface MarkerHit {
  family: string;
  marker: string;
  start: number;
  end: number;
}

/** How many patterns are known. */
export function markerCount(): number {
  return Object.values(markerFamilies()).reduce(
    (sum, { strong, weak, sequences }) => sum + strong.length + weak.length + sequences.length,
    0,
  );
}

/**
 * Finds prompt-format tokens in a reply that came from the format itself: not those of the request, and not those that the
 * text only talks about (in quotation marks or code marks, or in a sentence about tokens and formats).
 */
export function findMarkers(reply: string, request: string): MarkerHit[] {
  const hits: MarkerHit[] = [];
  const folded = reply.replace(/&lt;/g, "<").replace(/&gt;/g, ">");
  for (const [family, { strong, weak, sequences }] of Object.entries(markerFamilies())) {
    const strongHits = strong.flatMap((marker) =>
      places(folded, marker, request).filter((hit) => !isMention(folded, hit.start, hit.end)),
    );
    const weakHits = weak.flatMap((marker) =>
      places(folded, marker, request).filter((hit) => atLineStart(folded, hit.start)),
    );
    hits.push(...sequences.flatMap((tokens) => inOrder(folded, tokens, request)).map((hit) => ({ ...hit, family })));
    const weakKinds = new Set(weakHits.map((hit) => hit.marker)).size;
    if (strongHits.length > 0 || weakKinds >= 2)
      hits.push(...[...strongHits, ...weakHits].map((hit) => ({ ...hit, family })));
  }
  return hits.sort((a, b) => a.start - b.start);
}

/** Tokens that ordinary text may hold each, all of them one after another. */
function inOrder(text: string, tokens: readonly string[], request: string): Omit<MarkerHit, "family">[] {
  const out: Omit<MarkerHit, "family">[] = [];
  let from = 0;
  for (const marker of tokens) {
    const start = request.includes(marker) ? -1 : text.indexOf(marker, from);
    if (start < 0 || isMention(text, start, start + marker.length)) return [];
    from = start + marker.length;
    out.push({ marker, start, end: from });
  }
  return out;
}

function places(text: string, marker: string, request: string): Omit<MarkerHit, "family">[] {
  if (request.includes(marker)) return [];
  const out: Omit<MarkerHit, "family">[] = [];
  for (let at = text.indexOf(marker); at >= 0 && out.length < 10; at = text.indexOf(marker, at + marker.length))
    out.push({ marker, start: at, end: at + marker.length });
  return out;
}

function atLineStart(text: string, at: number): boolean {
  return /(^|\n)[ \t]*$/.test(text.slice(Math.max(0, at - 10), at));
}

const ABOUT =
  /\b(tokens?|markers?|delimiters?|templates?|chatml|formats?|tags?|special|called|syntax|such as|like|e\.g\.|for example|denote[sd]?|marks?|used (to|by|in|for))\b/i;

/** True when the text speaks about the token instead of using it. */
function isMention(text: string, start: number, end: number): boolean {
  const before = text.slice(Math.max(0, start - 1), start);
  const after = text.slice(end, end + 1);
  if (/["'`“‘«]/.test(before) && /["'`”’».,]/.test(after)) return true;
  const lineStart = text.lastIndexOf("\n", start - 1) + 1;
  const lineEnd = text.indexOf("\n", end);
  const line = text.slice(Math.max(lineStart, start - 160), lineEnd < 0 ? end + 160 : Math.min(lineEnd, end + 160));
  const lead = text.slice(lineStart, start).trim();
  return lead.length > 12 && ABOUT.test(line.replaceAll(text.slice(start, end), ""));
}
