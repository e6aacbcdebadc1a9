import { z } from "zod";
import { readsLikeAPrompt } from "../../../server/scan/leak/instructions.js";
import { isRulesOfTalk } from "../../../server/scan/leak/rules-of-talk.js";
import { type Half, halfOf, type Labelled, measure } from "./figures.js";
import { type DataFolder, readJsonLines } from "./files.js";

/** How much of a long prompt is looked at, in characters; a reply seldom holds more. */
const LONGEST = 1_500;
/** Fewer words than this are a pass phrase or a joke. */
const SHORTEST = 12;
/** So many of the players' prompts; there are over a hundred thousand. */
const PLAYERS = 2_000;

function labelled(texts: readonly string[], positive: boolean, from: string): Labelled[] {
  return [...new Set(texts.map((text) => text.trim().slice(0, LONGEST)))].map((text) => ({ text, positive, from }));
}

/** The prompts of public services that people got out of them, without the headings that the collection adds. */
export function servicesPrompts(data: DataFolder): string[] {
  return data
    .files("leaked-system-prompts", ".md")
    .filter((file) => !file.endsWith("README.md"))
    .flatMap((file) => {
      const sections = data.text(file).split(/^#{1,2} (?=\S)/m);
      const wanted = sections.find((section) =>
        /^(?:system prompt|prompt|instructions|a\(|assistant|output)/i.test(section),
      );
      // The first line is the heading; fences only frame the text.
      const body =
        wanted
          ?.replace(/^.*\n/, "")
          .replace(/^```[a-z]*$/gm, "")
          .trim() ?? "";
      return body.split(/\s+/).length >= SHORTEST ? [body] : [];
    });
}

const defenseSchema = z.object({ opening_defense: z.string().nullable() });

/** What players wrote in front of the others' text, as instructions to a model. */
export function playersPrompts(data: DataFolder): string[] {
  const texts = new Set<string>();
  for (const line of readJsonLines(data.text("tensor-trust-data/raw-data/v1/raw_dump_defenses.jsonl"))) {
    const text = defenseSchema.parse(line).opening_defense?.trim() ?? "";
    if (text.split(/\s+/).length >= SHORTEST) texts.add(text);
    if (texts.size === PLAYERS) break;
  }
  return [...texts];
}

/** Whether a text reads like a prompt: prompts do, ordinary replies do not. */
export function measurePromptLike(
  half: Half,
  prompts: readonly string[],
  replies: readonly string[],
): ReturnType<typeof measure> {
  const items = [...labelled(prompts, true, "prompt"), ...labelled(replies, false, "ordinary reply")];
  return measure(
    halfOf(items, half, (item) => item.text),
    (item) => readsLikeAPrompt(item.text),
  );
}

/** A sentence of fewer words, or of more characters, is none that anybody would take for a rule. */
const SHORTEST_SENTENCE = 4;
const LONGEST_SENTENCE = 300;

/** Each two neighbouring sentences or lines of some texts. */
function pairsOf(texts: readonly string[]): string[] {
  return texts.flatMap((text) => {
    const sentences = text
      .split(/(?<=[.!?])\s+|\n+/)
      .map((sentence) => sentence.trim())
      .filter((sentence) => sentence.split(/\s+/).length >= SHORTEST_SENTENCE && sentence.length < LONGEST_SENTENCE);
    return sentences.slice(1).map((sentence, i) => `${sentences[i] ?? ""} ${sentence}`);
  });
}

/**
 * Whether two neighbouring sentences are taken for part of a prompt: those of prompts, of which many are no rules at all,
 * and those of ordinary replies, which never should be.
 */
export function measurePairs(
  half: Half,
  prompts: readonly string[],
  replies: readonly string[],
): ReturnType<typeof measure> {
  const of = (texts: readonly string[]) => pairsOf(halfOf(texts, half, (text) => text));
  return measure(
    [...labelled(of(prompts), true, "prompt"), ...labelled(of(replies), false, "ordinary reply")],
    (item) => readsLikeAPrompt(item.text) || isRulesOfTalk(item.text),
  );
}
