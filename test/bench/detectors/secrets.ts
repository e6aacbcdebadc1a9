import { parse } from "yaml";
import { z } from "zod";
import { Detectors } from "../../../server/scan/detect/index.js";
import type { Labelled } from "./figures.js";
import type { DataFolder } from "./files.js";

/** The value of a Go string literal, or null where it is not one of the plain forms. */
function goString(literal: string): string | null {
  if (literal.startsWith("`")) return literal.slice(1, -1);
  try {
    return z.string().parse(JSON.parse(literal));
  } catch {
    return null;
  }
}

/**
 * gitleaks' own test strings: the lists `tps` and `fps` in the source of its rules. Only whole literals count, as strings
 * that are put together when its generator runs are random. A value that its generator writes beside a vendor's name stands
 * beside it here as well, in the plainest of its forms.
 */
export function gitleaks(data: DataFolder): Labelled[] {
  const out: Labelled[] = [];
  const take = (file: string, kind: string, literal: string, name?: string): void => {
    const value = goString(literal);
    if (value === null || value.trim() === "") return;
    const text = name === undefined ? value : `${name}_api_token = "${value}"`;
    out.push({ text, key: value, positive: kind === "tps", from: `gitleaks ${file}` });
  };
  for (const path of data.files("gitleaks/cmd/generate/config/rules", ".go")) {
    const file = path.slice(path.lastIndexOf("/") + 1);
    let kind: string | null = null;
    let open: string | null = null;
    for (const line of data.text(path).split("\n")) {
      if (open !== null) {
        open += `\n${line}`;
        if (!line.includes("`")) continue;
        const whole = /^\s*(`[^`]*`)\s*,/.exec(open);
        if (whole?.[1] && kind) take(file, kind, whole[1]);
        open = null;
        continue;
      }
      const section = /^\t(?:(tps|fps)\s*:?=|return|r |func )/.exec(line);
      if (/^[}f]/.test(line)) kind = null;
      else if (section) kind = section[1] ?? null;
      if (kind === null) continue;
      const single = /^\t\t(`[^`]*`|"(?:[^"\\]|\\.)*")\s*,\s*(?:\/\/.*)?$/.exec(line);
      const inline = /^\t(?:tps|fps)\s*:?=\s*\[\]string\{(.*)\}\s*$/.exec(line);
      const sample = /GenerateSampleSecrets?\("([^"]*)", ("(?:[^"\\]|\\.)*")\)/.exec(line);
      if (single?.[1]) take(file, kind, single[1]);
      else if (inline?.[1] && !inline[1].includes("+"))
        for (const literal of inline[1].match(/`[^`]*`|"(?:[^"\\]|\\.)*"/g) ?? []) take(file, kind, literal);
      else if (sample?.[2]) take(file, kind, sample[2], sample[1]);
      else if (/^\t\t`[^`]*$/.test(line)) open = line;
    }
  }
  return out;
}

const noseySchema = z.object({
  rules: z.array(
    z.object({
      id: z.string(),
      categories: z.array(z.string()).default([]),
      examples: z.array(z.string()).nullish(),
      negative_examples: z.array(z.string()).nullish(),
    }),
  ),
});

/**
 * The examples and counter-examples of Nosey Parker's rules of the category `secret`; identifiers are none.
 * @param generic the rules without a vendor ("password = ...") or the others
 */
export function noseyParker(data: DataFolder, generic: boolean): Labelled[] {
  return data.files("noseyparker/crates/noseyparker/data/default/builtin/rules", ".yml").flatMap((path) =>
    noseySchema.parse(parse(data.text(path))).rules.flatMap((rule) => {
      if (!rule.categories.includes("secret") || rule.categories.includes("generic") !== generic) return [];
      const from = `noseyparker ${rule.id}`;
      return [
        ...(rule.examples ?? []).map((text) => ({ text, positive: true, from })),
        ...(rule.negative_examples ?? []).map((text) => ({ text, positive: false, from })),
      ];
    }),
  );
}

/**
 * The inputs of TruffleHog's pattern tests in which its detectors find something, where they are whole literals. What its
 * tests call invalid are real keys with one sign changed; they say how strict a form is, not that there is no secret.
 */
export function truffleHog(data: DataFolder): Labelled[] {
  const input =
    /\binput:\s*(`[^`]*`|"(?:[^"\\\n]|\\.)*"),\s*want:\s*(?:\[\]string\{(?!\s*\})|map\[string\]\w+\{(?!\s*\}))/g;
  return data.files("trufflehog/pkg/detectors", "_test.go").flatMap((path) =>
    [...data.text(path).matchAll(input)].flatMap((match) => {
      const text = goString(match[1] ?? "");
      return text === null || text.trim() === ""
        ? []
        : [{ text, positive: true, from: `trufflehog ${path.slice(25)}` }];
    }),
  );
}

/** A value as long as keys are. */
const LONG_VALUE = /[\w./+=~-]{20,}/g;

/**
 * Drops counter-examples that hold a long value which is an example of another rule: they say that one rule should not
 * fire, not that there is no secret.
 */
export function withoutContradictions(list: readonly Labelled[], all: readonly Labelled[]): Labelled[] {
  const long = (text: string) => text.match(LONG_VALUE) ?? [];
  const values = new Set(all.filter((item) => item.positive).flatMap((item) => long(item.text)));
  const texts = new Set(all.filter((item) => item.positive).map((item) => item.text.trim()));
  return list.filter(
    (item) => item.positive || !(texts.has(item.text.trim()) || long(item.text).some((value) => values.has(value))),
  );
}

/**
 * Drops strings labelled as secrets whose value documentation would put there ("xxxx", "AKIAZZZZ...", "user:pass@",
 * "...EXAMPLE"): a scan must not count those, so they say nothing about it.
 */
export function withoutDocumentation(list: readonly Labelled[]): Labelled[] {
  return list.filter(
    (item) =>
      !item.positive || !/x{8}|([a-z0-9])\1{9}|EXAMPLE|\/\/user(?:name)?:(?:pass(?:word)?|secret)@/i.test(item.text),
  );
}

/** The snapshot tests of secretlint's recommended rules: `ng` has a secret, `ok` has none. */
export function secretlint(data: DataFolder): Labelled[] {
  const top = "secretlint/packages/@secretlint/secretlint-rule-preset-recommend/test/snapshots";
  return data.files(top, "input.txt").flatMap((path) => {
    const [rule = "", name = ""] = path.slice(top.length + 1).split("/");
    // Comments that switch rules off are about secretlint itself.
    if (!/^(ok|ng)\./.test(name) || rule === "secretlint-rule-filter-comments") return [];
    return [{ text: data.text(path), positive: name.startsWith("ng."), from: `secretlint ${rule}/${name}` }];
  });
}

const detectors = Detectors.builtIn;

/** What our detectors say: is there a secret in it? */
export function hasSecret(text: string): boolean {
  return detectors.read(text).some((hit) => hit.group === "secret");
}
