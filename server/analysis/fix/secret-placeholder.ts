/** Takes a secret out of a prompt's text and leaves a placeholder, which the server fills after the answer if it has to. */
import type { Case, Draft } from "./context.js";

export function secretPlaceholder(c: Case): Draft[] {
  const { text } = c.hint;
  if (typeof text !== "string" || text.length < 4) return [];
  const { start, end } = c.finding;
  const node = c.nodes.all.find(
    (n) =>
      (n.x.k === "const" || n.x.k === "fstr") && n.s <= start && n.e >= end && holds(c.source.slice(n.s, n.e), text),
  );
  const inner =
    node ??
    c.nodes.all.find(
      (n) =>
        (n.x.k === "const" || n.x.k === "fstr") && n.s >= start && n.e <= end && holds(c.source.slice(n.s, n.e), text),
    );
  if (!inner) return [];
  // A constant that is nothing but the secret is used for more than the prompt.
  if (inner.x.k === "const" && String(inner.x.v).trim() === text) return [];
  const at = inner.s + c.source.slice(inner.s, inner.e).indexOf(text);
  const address = /^https?:/i.test(text);
  const placeholder = address ? "[INTERNAL_URL]" : "[SECRET]";
  return [
    {
      title: `Put a placeholder in place of the ${address ? "internal address" : "secret"}`,
      effort: "medium",
      edits: [c.source.edit(at, at + text.length, placeholder)],
    },
  ];
}

const holds = (written: string, text: string): boolean => written.indexOf(text) >= 0;
