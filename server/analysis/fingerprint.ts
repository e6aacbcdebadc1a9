/** Fingerprints: what a finding is known by when its lines move. */
import type { Finding } from "./finding.js";

/**
 * Sets the fingerprints of a file's findings, sorted by position. Made of the rule, the file below `root`, the text at
 * the place without white space, and an ordinal among equals; not of line numbers.
 */
export function fingerprints(findings: Finding[], text: string, root: string): Finding[] {
  const seen = new Map<string, number>();
  for (const f of findings) {
    const basis = basisOf(f.rule, fileBelow(f.file, root), text.slice(f.start, f.end));
    const n = seen.get(basis) ?? 0;
    seen.set(basis, n + 1);
    f.fingerprint = withOrdinal(basis, n);
  }
  return findings;
}

/** The file as fingerprints name it. */
export function fileBelow(file: string, root: string): string {
  return root && file.startsWith(`${root}/`) ? file.slice(root.length + 1) : file.slice(file.lastIndexOf("/") + 1);
}

/** The fingerprint that a finding would have in another file. @param n how many equal ones stand before it */
export function fingerprintIn(file: string, rule: string, code: string, n: number): string {
  return withOrdinal(basisOf(rule, file, code), n);
}

const basisOf = (rule: string, file: string, code: string): string => `${rule}\n${file}\n${code.replace(/\s+/g, "")}`;
const withOrdinal = (basis: string, n: number): string => fnv64(n ? `${basis}\n${n}` : basis);

/** FNV-1a, 64 bits, over UTF-16 code units, as 16 hexadecimal digits. Source: Fowler, Noll, Vo; RFC 9923. */
export function fnv64(s: string): string {
  let hi = 0xcbf29ce4;
  let lo = 0x84222325;
  for (let i = 0; i < s.length; i++) {
    lo = (lo ^ s.charCodeAt(i)) >>> 0;
    // Times 0x100000001b3: lo * 0x1b3, plus carries, plus lo << 40 in the high half.
    const a = (lo & 0xffff) * 0x1b3;
    const b = (lo >>> 16) * 0x1b3 + (a >>> 16);
    const newLo = (((b & 0xffff) << 16) | (a & 0xffff)) >>> 0;
    hi = (Math.imul(hi, 0x1b3) + (b >>> 16) + Math.imul(lo, 0x100)) >>> 0;
    lo = newLo;
  }
  return hi.toString(16).padStart(8, "0") + lo.toString(16).padStart(8, "0");
}
