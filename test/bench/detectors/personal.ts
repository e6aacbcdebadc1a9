import { z } from "zod";
import { Detectors } from "../../../server/scan/detect/index.js";
import { type Figures, figuresOf, type Miss } from "./figures.js";

/** presidio's names of the kinds that have a checksum, an allotted range or a fixed form. */
const KINDS: Readonly<Record<string, string>> = {
  CREDIT_CARD: "card",
  IBAN_CODE: "iban",
  US_SSN: "ssn",
  EMAIL_ADDRESS: "email",
  IP_ADDRESS: "ip",
  PHONE_NUMBER: "phone",
};

const sentencesSchema = z.array(
  z.object({
    full_text: z.string(),
    spans: z.array(z.object({ entity_type: z.string(), start_position: z.number(), end_position: z.number() })),
  }),
);

export type Sentence = z.infer<typeof sentencesSchema>[number];

export function readSentences(text: string): Sentence[] {
  return sentencesSchema.parse(JSON.parse(text));
}

const detectors = Detectors.builtIn;

/**
 * Counts entities: a hit of the right kind that overlaps a labelled stretch finds it, a hit that overlaps none of its kind
 * is a false alarm. The labels do not say whether a value is one of the published test values, so those count as missed.
 */
export function measurePersonal(sentences: readonly Sentence[]): {
  figures: Figures;
  kinds: Record<string, Figures>;
  misses: Miss[];
} {
  const all = { tp: 0, fp: 0, fn: 0, tn: 0 };
  const kinds = new Map(Object.values(KINDS).map((kind) => [kind, { tp: 0, fp: 0, fn: 0, tn: 0 }]));
  const misses: Miss[] = [];
  for (const sentence of sentences) {
    const wanted = sentence.spans.flatMap((span) => {
      const kind = KINDS[span.entity_type];
      return kind ? [{ kind, start: span.start_position, end: span.end_position }] : [];
    });
    const hits = detectors
      .read(sentence.full_text)
      .map((hit) => ({ ...hit, kind: hit.kind === "private-address" ? "ip" : hit.kind }))
      .filter((hit) => kinds.has(hit.kind));
    const meet = (a: { start: number; end: number; kind: string }, b: { start: number; end: number; kind: string }) =>
      a.kind === b.kind && a.start < b.end && b.start < a.end;
    const count = (kind: string, what: "tp" | "fp" | "fn"): void => {
      all[what]++;
      const own = kinds.get(kind);
      if (own) own[what]++;
    };
    for (const each of wanted) {
      const found = hits.some((hit) => meet(hit, each));
      count(each.kind, found ? "tp" : "fn");
      if (!found) misses.push({ kind: "missed", from: each.kind, text: sentence.full_text });
    }
    for (const hit of hits)
      if (!wanted.some((each) => meet(hit, each))) {
        count(hit.kind, "fp");
        misses.push({ kind: "false alarm", from: `${hit.kind} ${hit.value}`, text: sentence.full_text });
      }
    if (wanted.length === 0 && hits.length === 0) all.tn++;
  }
  return {
    figures: figuresOf(all),
    kinds: Object.fromEntries([...kinds].map(([kind, counts]) => [kind, figuresOf(counts)])),
    misses,
  };
}
