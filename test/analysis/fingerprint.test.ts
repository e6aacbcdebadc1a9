import { describe, expect, it } from "vitest";
import { fingerprintIn, fingerprintsOf } from "../../server/analysis/fingerprint.js";

/** FNV-1a of 64 bits as its description has it, in whole numbers of any size. */
function reference(s: string): string {
  let hash = 0xcbf29ce484222325n;
  for (let i = 0; i < s.length; i++) hash = ((hash ^ BigInt(s.charCodeAt(i))) * 0x100000001b3n) & 0xffffffffffffffffn;
  return hash.toString(16).padStart(16, "0");
}

const spaces = [9, 10, 11, 12, 13, 32, 0xa0, 0x1680, 0x2000, 0x200a, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000, 0xfeff];
const others = [8, 14, 31, 33, 0x85, 0x9f, 0xa1, 0x180e, 0x1fff, 0x200b, 0x2060, 0xfefe, 0xd83d, 0xde00];

describe("fingerprints", () => {
  it("are the hash of rule, file and code without white space", () => {
    const code = String.fromCharCode(...spaces, 65, ...others, ...spaces, 0x4e2d, ...spaces);
    const bare = code.replace(/\s+/g, "");
    expect(bare.length).toBe(others.length + 2);
    expect(fingerprintIn("app/a.py", "a-rule", code, 0)).toBe(reference(`a-rule\napp/a.py\n${bare}`));
    expect(fingerprintIn("app/a.py", "a-rule", code, 3)).toBe(reference(`a-rule\napp/a.py\n${bare}\n3`));
    for (const unit of [...spaces, ...others]) {
      const one = String.fromCharCode(unit);
      expect(fingerprintIn("a.py", "r", one, 0)).toBe(
        reference(`r\na.py\n${one.trim() ? one : one.replace(/\s/g, "")}`),
      );
    }
  });

  it("number equal code in the order of the file, wherever it stands", () => {
    const text = "ask(a)\nask( a )\nask(b)\n";
    const at = (start: number, end: number) => ({ rule: "r", file: "/p/app/a.py", start, end });
    const [first, second, third] = fingerprintsOf([at(0, 6), at(7, 15), at(16, 22)], text, "/p");
    expect(first).toBe(fingerprintIn("app/a.py", "r", "ask(a)", 0));
    expect(second).toBe(fingerprintIn("app/a.py", "r", "ask(a)", 1));
    expect(third).toBe(fingerprintIn("app/a.py", "r", "ask(b)", 0));
    expect(fingerprintsOf([at(3, 9)], `\n\n\n${text}`, "/p")).toEqual([first]);
  });
});
