/** Takes away a comment, or a part of one, that suppresses nothing. */
import type { Case, Draft } from "./context.js";

export function dropComment(c: Case): Draft[] {
  const { start, end, text } = c.hint;
  if (typeof start !== "number" || typeof end !== "number" || typeof text !== "string") return [];
  const title = text ? "Take the unused rule out of the comment" : "Remove the unused comment";
  return [{ title, effort: "low", edits: [{ file: c.file, start, end, text }] }];
}
