import { createHash } from "node:crypto";

/** A text with the truth about it. */
export interface Labelled {
  text: string;
  positive: boolean;
  /** Where it is from, for the list of misses. */
  from: string;
  /** What decides on the half, where that is not the whole text. */
  key?: string;
}

export type Half = "tune" | "report" | "all";

export interface Figures {
  n: number;
  positives: number;
  precision: number;
  recall: number;
  f1: number;
  /** Share of right answers. */
  accuracy: number;
}

/**
 * One half of a set, by a hash of each text: the same text is always in the same half, whichever set it is in, and
 * nobody chooses.
 */
export function halfOf<T>(list: readonly T[], half: Half, key: (item: T) => string): T[] {
  if (half === "all") return [...list];
  return list.filter((item) => {
    const odd = (createHash("sha256").update(key(item).trim()).digest()[0] ?? 0) % 2 === 1;
    return odd === (half === "report");
  });
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}

/** Precision, recall and F1 from counts; 0 where nothing was there to count. */
export function figuresOf(counts: { tp: number; fp: number; fn: number; tn: number }): Figures {
  const { tp, fp, fn, tn } = counts;
  const precision = tp + fp === 0 ? 0 : tp / (tp + fp);
  const recall = tp + fn === 0 ? 0 : tp / (tp + fn);
  return {
    n: tp + fp + fn + tn,
    positives: tp + fn,
    precision: round(precision),
    recall: round(recall),
    f1: round(precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall)),
    accuracy: round((tp + tn) / (tp + fp + fn + tn)),
  };
}

export interface Miss {
  kind: "missed" | "false alarm";
  from: string;
  text: string;
}

/** Asks `says` about every item and compares with the truth. */
export function measure<T extends Labelled>(
  items: readonly T[],
  says: (item: T) => boolean,
): { figures: Figures; misses: Miss[] } {
  const counts = { tp: 0, fp: 0, fn: 0, tn: 0 };
  const misses: Miss[] = [];
  for (const item of items) {
    const said = says(item);
    if (said && item.positive) counts.tp++;
    else if (said) counts.fp++;
    else if (item.positive) counts.fn++;
    else counts.tn++;
    if (said !== item.positive)
      misses.push({ kind: said ? "false alarm" : "missed", from: item.from, text: item.text });
  }
  return { figures: figuresOf(counts), misses };
}
