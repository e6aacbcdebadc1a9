/**
 * Messages that a function tells apart by who speaks: `if message["role"] == "system": system = message["content"]`. In a branch that
 * asked for the role, an element of a list that was handed in is one of those that have it; whose caller knows the list knows which.
 */
import type { Refinement } from "./frame.js";
import { extendLabel, type Label, NO_LABELS } from "./labels.js";
import { mapLabels, type Value } from "./value.js";

/** `[role=system]` and `[role!=system]`: keys of a path for some element that is said, or not said, by one of these. */
const KEY = /^\[role(!?)=([\w|-]+)\]$/;
const keyOf = (is: boolean, roles: readonly string[]): string => `[role${is ? "" : "!"}=${roles.join("|")}]`;

/** What a key of a path asks of the role of an element; undefined for other keys. */
export function askedRole(key: string): { is: boolean; roles: readonly string[] } | undefined {
  const m = key.startsWith("[role") ? KEY.exec(key) : null;
  return m ? { is: !m[1], roles: m[2]!.split("|") } : undefined;
}

/** The key for any element, where a key asks for some. */
export const anyElement = (key: string): string => (key.startsWith("[role") ? "[]" : key);

const isElement = (key: string | undefined): boolean => key === "[]" || (key?.startsWith("[role") ?? false);
const NAME = /^[\w-]+$/;

/**
 * What a comparison says of the messages whose role it asks for, in either branch.
 * @param asked the role, read off an element of a list that was handed in
 * @param names what it is compared with
 * @param is whether it is one of them where the comparison holds
 */
export function toldApart(asked: Value, names: readonly Value[], is: boolean): Refinement[] {
  const roles = names.map(({ c }) => (typeof c === "string" && NAME.test(c) ? c : ""));
  const of = asked.labels.filter((l) => l.kind === "param" && l.path.at(-1) === "role" && isElement(l.path.at(-2)));
  if (!of.length || !roles.length || roles.includes("")) return [];
  const says = (holds: boolean, unsafe: Refinement["unsafe"]): Refinement => ({
    labels: NO_LABELS,
    mask: 0,
    weak: false,
    unsafe,
    speaks: { of, is: holds, roles },
  });
  return [says(is, "else"), says(!is, "then")];
}

/** A value in a branch in which it is known who says the elements that it is read from. */
export function narrowed(v: Value, { of, is, roles }: NonNullable<Refinement["speaks"]>): Value {
  return mapLabels(v, (l) => {
    const asked = l.kind === "param" && of.find((o) => o.param === l.param && isBelow(l, o));
    if (!asked) return l;
    const n = asked.path.length - 2;
    const before = askedRole(l.path[n]!);
    // It is known already who says it, or who else does not.
    if (before?.is) return l;
    const key = is ? keyOf(true, roles) : keyOf(false, [...(before?.roles ?? []), ...roles]);
    return key === l.path[n] ? l : { ...l, path: l.path.with(n, key) };
  });
}

/** Whether a label is read from the elements that another one is the role of. */
const isBelow = (l: Label, role: Label): boolean => {
  const n = role.path.length - 2;
  return l.path.length > n && isElement(l.path[n]) && role.path.slice(0, n).every((key, i) => key === l.path[i]);
};

/** The elements of a list that a key asks for, and what they inherit from it. */
export function spokenBy(v: Value, key: string): [list: Value, inherited: readonly Label[]] {
  const { is, roles } = askedRole(key) ?? { is: false, roles: [] };
  const says = (i: Value): boolean | undefined => {
    const role = i.fields?.get("role")?.c ?? (i.items?.length === 2 ? i.items[0]!.c : undefined);
    return typeof role === "string" ? roles.includes(role) === is : undefined;
  };
  // Beside the app's own system text, turns that were kept are not taken for another one; whoever sends roles can send this one.
  const found = is && (v.items?.some(says) ?? false);
  const fits = (i: Value): boolean => says(i) ?? !(found && i.fields?.get("role")?.labels.some(isKept));
  const own = v.labels.flatMap((l) => extendLabel(l, l.kind === "param" ? key : "[]") ?? []);
  return [{ ...v, items: v.items?.filter(fits), elem: v.elem && fits(v.elem) ? v.elem : undefined }, own];
}

const isKept = (l: Label): boolean => l.kind === "record" || l.kind === "stored";
