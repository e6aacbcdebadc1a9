/** The dynamic pieces of the texts that a model call sends. */
import { type Label, type Loc, stepsOf } from "../server/analysis/flow/labels.js";
import { joinedTexts, type PromptPart, promptParts, type TextForm, textForms } from "../server/analysis/flow/prompt.js";
import type { FlowEvent } from "../server/analysis/flow/summary.js";
import { deepLabels, type Piece, type Value } from "../server/analysis/flow/value.js";
import { sameList } from "../server/analysis/same-list.js";

/** One value put into a prompt text. */
export interface PromptPiece {
  part: PromptPart;
  form: TextForm;
  piece: Exclude<Piece, string>;
  labels: readonly Label[];
  loc: Loc;
}

/** Every value that is put into a prompt text of the call. @param isPrompt whether a text tells a model what to do */
export function promptPieces(e: FlowEvent, isPrompt: (text: string) => boolean): PromptPiece[] {
  const out: PromptPiece[] = [];
  if (e.kind !== "llm") return out;
  for (const part of promptParts(e)) {
    for (const form of textForms(part).flatMap((f) => joinedTexts(f, isPrompt))) {
      for (const piece of form.pieces)
        if (typeof piece !== "string") out.push({ part, form, piece, labels: deepLabels(piece.v), loc: piece.loc });
    }
  }
  return out;
}

/** The pieces that `pick` finds a label in, one group for each prompt text. */
export function hitsByText<T>(
  e: FlowEvent,
  isPrompt: (text: string) => boolean,
  pick: (p: PromptPiece) => T | undefined,
): { piece: PromptPiece; hit: T }[][] {
  const groups = new Map<string, { piece: PromptPiece; hit: T }[]>();
  for (const piece of promptPieces(e, isPrompt)) {
    const hit = pick(piece);
    if (hit === undefined) continue;
    const key = piece.form.loc.id || piece.loc.id;
    const group = groups.get(key);
    if (!group) groups.set(key, [{ piece, hit }]);
    else if (!group.some((g) => g.piece.loc.id === piece.loc.id)) group.push({ piece, hit });
  }
  return [...groups.values()];
}

/**
 * Where a value was put into a text: what the same function worded before (`context = f"E-mail: {user.email}"`) and has in the prompt
 * as one piece now. What another function made is mended where the prompt takes it in, and so is what was only strung together;
 * but a helper that strings together what it is handed has no words of its own.
 */
export function putInAt(piece: Exclude<Piece, string>, label: Label, depth = 0): Loc {
  const { v, loc } = piece;
  if (depth > 4 || v.fields || v.items) return loc;
  for (const { pieces } of v.str ?? []) {
    if (!pieces.some((p) => typeof p === "string" && WORDED.test(p))) continue;
    for (const inner of pieces)
      if (typeof inner !== "string" && (piece.listed || inner.loc.chunk === loc.chunk) && holds(inner.v, label))
        return putInAt(inner, label, depth + 1);
  }
  return loc;
}

/** Words, and not the keys of what was serialised. */
const WORDED = /(?:^|[^"'\w])[a-z]{3,}(?!["'\w])/i;

const holds = (v: Value, label: Label): boolean =>
  deepLabels(v).some((l) => l.key === label.key && sameList(l.path, label.path));

/**
 * Where a finding about a piece stands, and what it is known by: at the piece, one for each text; unless it is a whole text that
 * a wrapper was handed as it is (`ask(user["email"])`). That is mended where it was handed over, and each caller for itself.
 */
export function standsAt(e: FlowEvent, form: TextForm, loc: Loc, label: Label): { at: Loc; key: string } {
  const given = handedOver(e, form, loc, label);
  return given ? { at: given, key: given.id } : { at: loc, key: form.loc.id || loc.id };
}

function handedOver(e: FlowEvent, form: TextForm, loc: Loc, label: Label): Loc | undefined {
  const [call] = e.via;
  if (!call || loc !== form.loc) return undefined;
  const steps = stepsOf(label.step);
  const made = steps.findLastIndex((s) => s.msg.endsWith("returns it"));
  return steps.slice(made + 1).find(
    // What is read in the very place where it is handed over has no step of its own for that.
    (s) => s.loc.chunk === call.chunk && (s.msg.startsWith("passed to `") || (s.loc.s >= call.s && s.loc.e <= call.e)),
  )?.loc;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(names: readonly string[]): string {
  return names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${names.at(-1)}` : (names[0] ?? "");
}

/** Where a prompt text goes, in words. */
export const goesTo = (e: FlowEvent): string =>
  e.data?.tool ? `\`${e.q}\` hands it to the model` : `\`${e.q}\` sends it to the model`;
