/** What the engine reports. Offsets are UTF-16 code units in the file; doors turn them into lines and columns. */

export type Level = "hint" | "info" | "warning" | "error";
export type Confidence = "high" | "medium" | "low";

export interface Place {
  file: string;
  start: number;
  end: number;
}

/** One step of a finding's path, in words. */
export interface PathStep extends Place {
  message: string;
}

/**
 * What a fix needs to know, beyond the place: made by the rule, read by `fix/`. Plain data, so that it can cross a
 * worker's border and wait in a diagnostic's `data`.
 */
export type FixHint = { kind: string; [key: string]: unknown };

export interface Finding extends Place {
  rule: string;
  level: Level;
  /** One sentence: what leaks to whom. */
  message: string;
  confidence: Confidence;
  /** From source to sink; the last step is the sink. Across files. */
  path: PathStep[];
  /** Further places of the same cause (the second user input of one prompt). */
  related: PathStep[];
  fixes: FixHint[];
  /** Survives moved lines. 16 hexadecimal digits. */
  fingerprint: string;
  /** Set when a comment in the source suppresses it; the reason may be empty. */
  suppressed?: { reason: string };
}

/** A text edit; offsets as in `Place`. */
export interface Edit extends Place {
  text: string;
}

/** A fix ready to apply: it was re-parsed and re-analysed, and the finding was gone. */
export interface Fix {
  title: string;
  effort: "low" | "medium";
  edits: Edit[];
}

/** Where a file could not be checked whole, in one sentence. */
export interface FileNote {
  file: string;
  reason: string;
}
