import { shorten } from "./detect/hit.js";
import type { Exchange, Overlap } from "./result.js";
import type { HttpReply } from "./transport/client.js";
import type { Redactor } from "./transport/redact.js";

const BODY_EXCERPT = 2_000;
const REQUEST_EXCERPT = 4_000;

/** A number with commas: 20,000. Without `Intl`, whose data takes time and memory to load. */
export function withCommas(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ",");
}

/** A stretch to mark in the evidence. `mask` shows only the ends of it. */
export interface Needle {
  text: string;
  label: string;
  mask?: boolean;
}

/** Stretches that one exchange marks at most. */
const MOST_NEEDLES = 40;

/** Each stretch once, and no more than anybody would look at. */
function fewOf(needles: readonly Needle[]): Needle[] {
  const byText = new Map<string, Needle>();
  for (const needle of needles) {
    if (byText.size >= MOST_NEEDLES) break;
    if (!byText.has(needle.text)) byText.set(needle.text, needle);
  }
  return [...byText.values()];
}

/**
 * An exchange as the report shows it: secrets of the caller removed, found secrets shortened, the body cut to the part that
 * proves the point, the proving stretches marked.
 * @param readable the decoded text, shown instead of the raw body where the stretches are not in the raw one
 */
export function makeExchange(
  label: string,
  http: HttpReply,
  redactor: Redactor,
  marked: readonly Needle[] = [],
  readable = "",
): Exchange {
  const raw = http.failure && http.text === "" ? http.failure.message : http.text;
  const needles = fewOf(marked);
  const inRaw = needles.every((needle) => raw.includes(needle.text));
  const { body, truncated, overlaps } = excerpt(redactor.text(inRaw || readable === "" ? raw : readable), needles);
  const requestBody = http.request.body === null ? null : redactor.text(http.request.body);
  return {
    label,
    request: {
      method: http.request.method,
      url: redactor.url(http.request.url),
      headers: redactor.headers(http.request.headers),
      body:
        requestBody !== null && requestBody.length > REQUEST_EXCERPT
          ? `${requestBody.slice(0, REQUEST_EXCERPT)}…`
          : requestBody,
    },
    response: {
      status: http.status,
      headers: redactor.headers(http.headers),
      body,
      truncated: truncated || http.truncated,
      overlaps,
    },
  };
}

function excerpt(text: string, needles: readonly Needle[]): { body: string; truncated: boolean; overlaps: Overlap[] } {
  const firsts = needles.map((needle) => text.indexOf(needle.text)).filter((at) => at >= 0);
  const first = firsts.length > 0 ? Math.min(...firsts) : 0;
  const start = first > BODY_EXCERPT * 0.75 ? first - 300 : 0;
  let body = text.slice(start, start + BODY_EXCERPT);
  const truncated = start > 0 || start + BODY_EXCERPT < text.length;
  const shown: { text: string; label: string }[] = [];
  for (const needle of [...needles].sort((a, b) => b.text.length - a.text.length)) {
    if (needle.text === "") continue;
    if (needle.mask) {
      const short = shorten(needle.text);
      body = body.split(needle.text).join(short);
      shown.push({ text: short, label: needle.label });
    } else
      shown.push({ text: body.includes(needle.text) ? needle.text : needle.text.slice(0, 200), label: needle.label });
  }
  const overlaps: Overlap[] = [];
  for (const { text: wanted, label } of shown) {
    for (
      let at = body.indexOf(wanted);
      at >= 0 && overlaps.length < 40;
      at = body.indexOf(wanted, at + wanted.length)
    ) {
      const end = at + wanted.length;
      if (!overlaps.some((known) => known.start < end && at < known.end)) overlaps.push({ start: at, end, label });
    }
  }
  return { body, truncated, overlaps: overlaps.sort((a, b) => a.start - b.start) };
}

/** A stretch of untrusted text for a sentence of evidence: one line, quoted, control characters taken out. */
export function quote(text: string, limit = 160): string {
  const flat = text
    .replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e]+/g, " ")
    .replace(/\s+/g, " ")
    .trim();
  return `“${flat.length > limit ? `${flat.slice(0, limit)}…` : flat}”`;
}
