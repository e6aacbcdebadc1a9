/** Why a scan could not be made. `kind` is for programs, `message` is one sentence for people. */
export type ScanErrorKind =
  | "bad-target"
  | "bad-option"
  | "unreachable"
  | "name-not-found"
  | "not-http"
  | "certificate"
  | "no-consent"
  | "cancelled"
  | "port-in-use"
  | "bad-data";

/** The one error type that leaves the scan: what happened, where, and what to do about it. No stack trace reaches a user. */
export class ScanError extends Error {
  readonly kind: ScanErrorKind;

  constructor(kind: ScanErrorKind, message: string) {
    super(message);
    this.name = "ScanError";
    this.kind = kind;
  }
}
