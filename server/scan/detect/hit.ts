/** What a detector can find. */
export type HitGroup =
  | "personal-data"
  | "secret"
  | "internal"
  | "database-id"
  | "stack-trace"
  | "error-detail"
  | "code"
  | "tool-call";

/** One stretch of text that is something it should not be. Offsets are UTF-16, end exclusive. */
export interface Hit {
  group: HitGroup;
  /** "email", "card", "aws-access-key", "python-traceback", ... */
  kind: string;
  title: string;
  value: string;
  start: number;
  end: number;
  /** An address of a function rather than of a person (`support@`). */
  role?: boolean;
  /** Rests on context alone, without checksum or vendor's form. */
  weak?: boolean;
}

/** Shows a found secret or personal value without giving it away: the first and last characters only. */
export function shorten(value: string): string {
  const flat = value.replace(/\s+/g, " ").trim();
  if (flat.length <= 8) return `${flat.slice(0, 2)}…`;
  return `${flat.slice(0, 4)}…${flat.slice(-3)} (${flat.length} characters)`;
}
