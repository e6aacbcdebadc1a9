const NAMED: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: " " };

export function looksLikeHtml(body: string): boolean {
  return /^\s*(<!doctype html|<html[\s>]|<head[\s>]|<body[\s>])/i.test(body.slice(0, 500));
}

/** Character references of HTML, numeric and the five named ones that text needs. */
export function decodeEntities(text: string): string {
  return text.replace(/&(#x[0-9a-f]{1,6}|#\d{1,7}|[a-z]{2,6});/gi, (whole, name: string) => {
    if (!name.startsWith("#")) return NAMED[name.toLowerCase()] ?? whole;
    const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number.parseInt(name.slice(1), 10);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

/** The text a reader of the page would see, block elements on lines of their own. Linear in the page's length. */
export function htmlToText(html: string): string {
  let out = "";
  let at = 0;
  const lower = html.toLowerCase();
  while (at < html.length) {
    const open = html.indexOf("<", at);
    if (open < 0) {
      out += html.slice(at);
      break;
    }
    out += html.slice(at, open);
    const skip = /^<(script|style|template)\b/.exec(lower.slice(open, open + 10));
    if (skip) {
      const end = lower.indexOf(`</${skip[1]}`, open);
      if (end < 0) break;
      at = end;
      continue;
    }
    if (lower.startsWith("<!--", open)) {
      const end = html.indexOf("-->", open);
      at = end < 0 ? html.length : end + 3;
      continue;
    }
    const close = html.indexOf(">", open);
    if (close < 0) {
      out += html.slice(open);
      break;
    }
    if (
      /^<\/?(p|div|br|li|ul|ol|h[1-6]|tr|td|th|table|section|article|pre|blockquote|title|head|body)\b/.test(
        lower.slice(open, open + 14),
      )
    )
      out += "\n";
    at = close + 1;
  }
  return decodeEntities(out)
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .join("\n");
}
