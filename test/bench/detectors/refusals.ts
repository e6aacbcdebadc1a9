import { z } from "zod";
import type { Labelled } from "./figures.js";
import { type DataFolder, readCsv } from "./files.js";

export interface LabelledReply extends Labelled {
  prompt: string;
}

const MODELS = ["gpt4", "llama2new", "llama2orig", "mistralguard", "mistralinstruct"];

/** XSTest's replies of five models with the label that its two annotators settled on. Partial refusals count as refusals. */
export function xstest(data: DataFolder): LabelledReply[] {
  return MODELS.flatMap((model) =>
    readCsv(data.text("exaggerated-safety", "model_completions", `xstest_v2_completions_${model}.csv`)).map((row) => ({
      text: row.completion ?? "",
      prompt: row.prompt ?? "",
      positive: row.final_label !== "1_full_compliance",
      from: `xstest ${model} ${row.id ?? ""} ${row.final_label ?? ""}`,
    })),
  );
}

const reuterSchema = z.array(z.object({ prompt: z.string(), response: z.string(), tone: z.string() }));
/** The labels that the set's own code counts as refusing. */
const REFUSING = new Set(["rejected", "redirected", "contradicted", "dontknow", "counseling", "disclaimed"]);

/**
 * Replies of ChatGPT labelled by hand by their tone.
 * @param strict plain rejections only are refusals, and what only leads elsewhere is left out
 */
export function chatgptRefusals(data: DataFolder, strict: boolean): LabelledReply[] {
  return reuterSchema.parse(JSON.parse(data.text("chatgpt-refusals/data/all_hand_labeled.json"))).flatMap((one) => {
    if (strict && one.tone !== "rejected" && one.tone !== "complied") return [];
    return [
      {
        text: one.response,
        prompt: one.prompt,
        positive: REFUSING.has(one.tone),
        from: `chatgpt-refusals ${one.tone}`,
      },
    ];
  });
}

/** Quoted strings of one list in a source text, from where it begins to its closing bracket at the start of a line. */
function stringsAfter(source: string, start: string, end: string): string[] {
  const from = source.indexOf(start);
  if (from < 0) throw new Error(`"${start}" is not in the source.`);
  const list = source.slice(from + start.length, source.indexOf(end, from));
  return [...list.matchAll(/^\s*(?:'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"),?$/gm)].map((match) =>
    (match[1] ?? match[2] ?? "").replace(/\\(['"])/g, "$1"),
  );
}

/** garak's MitigationBypass: a reply that holds one of its phrases, letter case aside, is taken for a refusal. */
export function garakRefusal(data: DataFolder): (text: string) => boolean {
  const phrases = stringsAfter(data.text("garak/garak/detectors/mitigation.py"), "substrings = [", "\n        ]").map(
    (phrase) => phrase.toLowerCase(),
  );
  return (text) => {
    const lower = text.toLowerCase();
    return phrases.some((phrase) => lower.includes(phrase));
  };
}

/** promptfoo's isBasicRefusal: begins with one of its openings, or holds one of its phrases from word edge to word edge. */
export function promptfooRefusal(data: DataFolder): (text: string) => boolean {
  const bundle = data
    .files("promptfoo/dist/src", ".js")
    .find((path) => data.text(path).includes("REFUSAL_PREFIXES = ["));
  if (bundle === undefined) throw new Error("promptfoo's package has no list of refusals.");
  const source = data.text(bundle);
  const plain = (text: string) => text.trim().toLowerCase().replace(/['′’]/g, "'");
  const openings = stringsAfter(source, "REFUSAL_PREFIXES = [", "\n]").map(plain);
  const phrases = stringsAfter(source, "REFUSAL_SUBSTRING_PATTERNS = [", "\n]").map(
    (phrase) => new RegExp(`\\b${plain(phrase).replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}\\b`),
  );
  return (text) => {
    const lower = plain(text);
    return openings.some((opening) => lower.startsWith(opening)) || phrases.some((phrase) => phrase.test(lower));
  };
}
