import { z } from "zod";
import secretsYaml from "../../../rules/scan/secrets.yaml";
import { lazy, readData } from "../data.js";
import type { Hit } from "./hit.js";

const secretRuleSchema = z.object({
  id: z.string(),
  title: z.string(),
  keywords: z.array(z.string()).min(1),
  pattern: z.string(),
  flags: z.string().default(""),
  entropy: z.number().optional(),
  examples: z.array(z.string()).default([]),
  /** The pattern rests on a name beside the value: the value must look like a secret as well. */
  named: z.boolean().default(false),
});

const rules = lazy(() =>
  readData(secretsYaml, z.object({ secrets: z.array(secretRuleSchema) }), "rules/scan/secrets.yaml").secrets.map(
    (rule) => ({
      ...rule,
      keywords: rule.keywords.map((word) => word.toLowerCase()),
      expression: new RegExp(rule.pattern, `g${rule.flags}`),
    }),
  ),
);

/** Shannon entropy in bits per character. */
export function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const char of text) counts.set(char, (counts.get(char) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}

const PLACEHOLDER =
  /example|your[_-]?|changeme|change[_-]me|placeholder|dummy|redacted|insert|xxxx|\*{3}|\.{3}|<|>|\$\{|\{\{|1234567890abcdef|abcdef123456|00000000|1111111|randomstring|#{4}|some[_-]?(key|token|secret)|test[_-]?(key|token|secret)$|^\[|\]$|^(password|passwd|secret|token|apikey)$/i;

/** True for values that documentation publishes or that stand for a value. */
function isPlaceholder(value: string): boolean {
  return PLACEHOLDER.test(value) || /^(.)\1+$/.test(value.replace(/^[a-z]{2,4}[-_]/i, ""));
}

/** Letters and digits mixed, or a word with symbols: what a password looks like and an English word does not. */
function looksSecret(value: string): boolean {
  const bare = value.replace(/[.,;:!?]+$/, "");
  if (bare.length < 6 || /^https?:/i.test(bare) || /^[A-Z][A-Z0-9_]*=$/.test(value)) return false;
  const letters = /[A-Za-z]/.test(bare);
  const digits = /\d/.test(bare);
  const symbols = /[!@#$%^&*_+=~-]/.test(bare);
  return (
    (letters && digits) ||
    (letters && symbols && /[A-Z]/.test(bare) && /[!@#$%^&*+=~]/.test(bare)) ||
    (symbols && digits)
  );
}

/** Finds vendor keys, private keys, tokens, connection strings and named passwords. */
export function findSecrets(text: string, lower: string): Hit[] {
  const hits: Hit[] = [];
  for (const rule of rules()) {
    if (!rule.keywords.some((word) => lower.includes(word))) continue;
    for (const match of text.matchAll(rule.expression)) {
      const value = match[2] ?? match[1] ?? match[0];
      if (rule.examples.some((example) => match[0].includes(example) || value === example) || isPlaceholder(value))
        continue;
      if (rule.entropy !== undefined && entropy(value) < rule.entropy) continue;
      if (rule.named && !looksSecret(value)) continue;
      const start = match.index + match[0].lastIndexOf(value);
      const end = start + value.length;
      if (hits.some((hit) => hit.start < end && start < hit.end)) continue;
      hits.push({
        group: "secret",
        kind: rule.id,
        title: rule.title,
        value,
        start,
        end,
        ...(rule.named ? { weak: true } : {}),
      });
    }
  }
  return hits;
}
