/** Fingerprints: what a finding is known by when its lines move. */
import type { Finding } from "./finding.js";

/**
 * Sets the fingerprints of a file's findings, sorted by position. Made of the rule, the file below `root`, the text at
 * the place without white space, and an ordinal among equals; not of line numbers.
 */
export function fingerprints(findings: Finding[], text: string, root: string): Finding[] {
  const all = fingerprintsOf(findings, text, root);
  findings.forEach((f, i) => {
    f.fingerprint = all[i] ?? "";
  });
  return findings;
}

/** The fingerprints of a file's findings, sorted by position, in the same order. */
export function fingerprintsOf(
  findings: readonly Pick<Finding, "rule" | "file" | "start" | "end">[],
  text: string,
  root: string,
): string[] {
  const seen = new Map<string, number>();
  return findings.map((f) => {
    const hash = hashOf(f.rule, fileBelow(f.file, root), text, f.start, f.end);
    const basis = hash.text();
    const n = seen.get(basis) ?? 0;
    seen.set(basis, n + 1);
    return n ? hash.add(`\n${n}`).text() : basis;
  });
}

/** The file as fingerprints name it. */
export function fileBelow(file: string, root: string): string {
  return root && file.startsWith(`${root}/`) ? file.slice(root.length + 1) : file.slice(file.lastIndexOf("/") + 1);
}

/** The fingerprint that a finding would have in another file. @param n how many equal ones stand before it */
export function fingerprintIn(file: string, rule: string, code: string, n: number): string {
  const hash = hashOf(rule, file, code, 0, code.length);
  return (n ? hash.add(`\n${n}`) : hash).text();
}

const hashOf = (rule: string, file: string, text: string, start: number, end: number): Fnv64 =>
  new Fnv64().add(rule).add("\n").add(file).add("\n").addCode(text, start, end);

/** FNV-1a, 64 bits, over UTF-16 code units. Source: Fowler, Noll, Vo; RFC 9923. */
class Fnv64 {
  private hi = 0xcbf29ce4;
  private lo = 0x84222325;

  add(s: string): this {
    for (let i = 0; i < s.length; i++) this.unit(s.charCodeAt(i));
    return this;
  }

  /** A stretch of a text without its white space; makes no text of it, as all findings of a file are hashed at each keystroke. */
  addCode(text: string, start: number, end: number): this {
    const to = Math.min(end, text.length);
    for (let i = start; i < to; i++) {
      const unit = text.charCodeAt(i);
      if (!isSpace(unit)) this.unit(unit);
    }
    return this;
  }

  private unit(unit: number): void {
    const lo = (this.lo ^ unit) >>> 0;
    // Times 0x100000001b3: lo * 0x1b3, plus carries, plus lo << 40 in the high half.
    const a = (lo & 0xffff) * 0x1b3;
    const b = (lo >>> 16) * 0x1b3 + (a >>> 16);
    this.hi = (Math.imul(this.hi, 0x1b3) + (b >>> 16) + Math.imul(lo, 0x100)) >>> 0;
    this.lo = (((b & 0xffff) << 16) | (a & 0xffff)) >>> 0;
  }

  /** 16 hexadecimal digits. */
  text(): string {
    return this.hi.toString(16).padStart(8, "0") + this.lo.toString(16).padStart(8, "0");
  }
}

/** White space as `\s` in a regular expression has it. */
const isSpace = (unit: number): boolean =>
  unit <= 0x20
    ? unit === 0x20 || (unit >= 0x09 && unit <= 0x0d)
    : unit >= 0xa0 &&
      (unit === 0xa0 ||
        unit === 0x1680 ||
        (unit >= 0x2000 && unit <= 0x200a) ||
        unit === 0x2028 ||
        unit === 0x2029 ||
        unit === 0x202f ||
        unit === 0x205f ||
        unit === 0x3000 ||
        unit === 0xfeff);
