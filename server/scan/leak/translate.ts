import { z } from "zod";
import canaryYaml from "../../../rules/scan/canary-words.yaml";
import { lazy, readData } from "../data.js";

const words = lazy(
  () =>
    readData(
      canaryYaml,
      z.object({ words: z.record(z.string(), z.array(z.string()).length(6)) }),
      "rules/scan/canary-words.yaml",
    ).words,
);

const MIN_LETTERS = 5;

/**
 * A secret in other languages, when all its words are common canary words; empty otherwise. Of two words both orders are
 * given, as adjectives stand after nouns in some languages. Short ones are left out, since they stand in any text.
 */
export function translationsOf(secret: string): string[] {
  const parts = secret
    .toLowerCase()
    .split(/[\s_-]+/)
    .filter((part) => part !== "");
  const each = parts.map((part) => words()[part]);
  if (parts.length === 0 || parts.length > 3 || each.some((list) => list === undefined)) return [];
  const out = new Set<string>();
  for (let language = 0; language < 6; language++) {
    const row = each.map((list) => list?.[language] ?? "");
    for (const order of [row, [...row].reverse()]) {
      const text = order.join(" ");
      if (text.length >= MIN_LETTERS && text.toLowerCase() !== parts.join(" ")) out.add(text);
    }
  }
  return [...out];
}
