import { z } from "zod";
import canaryYaml from "../../../rules/scan/canary-words.yaml";
import { type BuiltIn, lazy, readBuiltIn } from "../data.js";
import { fold } from "./decode.js";

export const canaryFile = {
  name: "rules/scan/canary-words.yaml",
  schema: () => z.object({ words: z.record(z.string(), z.array(z.string()).length(6)) }),
} satisfies BuiltIn<z.ZodType>;
const words = lazy(() => readBuiltIn(canaryYaml, canaryFile).words);

/** Shorter ones stand in any text. */
const MIN_LETTERS = 5;
const LANGUAGES = 6;

/** A word without its ending, which changes with case, gender and number. */
function stem(word: string): string {
  return word.length > 5 ? word.slice(0, -1) : word;
}

/**
 * Finds a secret in another language, when all its words are common canary words. Of two words both orders count, as
 * adjectives stand after nouns in some languages, with endings and a small word between them ("mela d'oro", "goldener Apfel").
 * @returns the words as they stand in the text, or null
 */
export function translatedIn(text: string, secret: string): string | null {
  const parts = secret
    .toLowerCase()
    .split(/[\s_-]+/)
    .filter((part) => part !== "");
  const each = parts.map((part) => words()[part]);
  if (parts.length === 0 || parts.length > 3 || each.some((list) => list === undefined)) return null;
  const folded = fold(text).toLowerCase();
  for (let language = 0; language < LANGUAGES; language++) {
    const row = each.map((list) => fold(list?.[language] ?? "").toLowerCase());
    const whole = row.join("");
    if (whole.length < MIN_LETTERS || whole === parts.join("")) continue;
    for (const order of new Set([row, [...row].reverse()])) {
      const pattern = order.map(stem).join("\\p{L}{0,3}[\\s'’-]{1,2}(?:d(?:e|i|o|a|u|')[\\s'’]?)?");
      const match = new RegExp(`(?<!\\p{L})${pattern}\\p{L}{0,3}(?!\\p{L})`, "u").exec(folded);
      if (match) return match[0];
    }
  }
  return null;
}
