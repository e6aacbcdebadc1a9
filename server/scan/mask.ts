/** Takes secrets and personal data that an endpoint gave away out of what the report shows of it. */
import { shorten } from "./detect/hit.js";
import type { Exchange, Overlap, ScanFinding } from "./result.js";

/** Shorter values stand in ordinary text as well. */
const SHORTEST = 6;
/** From so many of its first characters on a value that is cut off is taken out all the same. */
const CUT_OFF = 8;
/** Ends of excerpts that one text has at most. */
const MOST_ENDS = 20;

interface Replacement {
  start: number;
  end: number;
  by: string;
}

/** A value as it stands in text, and as it stands in JSON. */
function formsOf(value: string): string[] {
  return [...new Set([value, JSON.stringify(value).slice(1, -1)])];
}

export class Mask {
  private readonly values: { text: string; by: string }[];

  /** @param values what must not be shown whole */
  constructor(values: Iterable<string>) {
    this.values = [...values]
      .filter((value) => value.trim().length >= SHORTEST)
      .sort((a, b) => b.length - a.length)
      .flatMap((value) => formsOf(value).map((text) => ({ text, by: shorten(value) })));
  }

  private replacements(text: string): Replacement[] {
    const out: Replacement[] = [];
    const add = (start: number, end: number, by: string) => {
      if (!out.some((known) => known.start < end && start < known.end)) out.push({ start, end, by });
    };
    for (const { text: value, by } of this.values)
      for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + value.length))
        add(at, at + value.length, by);
    // Excerpts end anywhere, or with an ellipsis.
    const ends = [text.length, ...[...text.matchAll(/…/g)].slice(-MOST_ENDS).map((match) => match.index)];
    for (const end of ends)
      for (const { text: value, by } of this.values) {
        const at = text.lastIndexOf(value.slice(0, CUT_OFF), end - CUT_OFF);
        if (at >= 0 && end - at < value.length && value.startsWith(text.slice(at, end))) add(at, end, by);
      }
    return out.sort((a, b) => a.start - b.start);
  }

  /** A text without them. */
  text(text: string): string {
    return this.values.length === 0 ? text : apply(text, this.replacements(text));
  }

  private exchange(exchange: Exchange): Exchange {
    const { request, response } = exchange;
    const replacements = this.replacements(response.body);
    return {
      ...exchange,
      request: { ...request, body: request.body === null ? null : this.text(request.body) },
      response: {
        ...response,
        headers: Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name, this.text(value)])),
        body: apply(response.body, replacements),
        overlaps: response.overlaps.map((overlap) => moved(overlap, replacements)),
      },
    };
  }

  /** A finding whose evidence and exchanges are without them. */
  finding(finding: ScanFinding): ScanFinding {
    if (this.values.length === 0) return finding;
    return {
      ...finding,
      evidence: this.text(finding.evidence),
      exchanges: finding.exchanges.map((exchange) => this.exchange(exchange)),
    };
  }
}

function apply(text: string, replacements: readonly Replacement[]): string {
  let out = "";
  let from = 0;
  for (const { start, end, by } of replacements) {
    out += text.slice(from, start) + by;
    from = end;
  }
  return out + text.slice(from);
}

/** Where a stretch is once others have been replaced; what begins or ends within one of those takes all of it. */
function moved(overlap: Overlap, replacements: readonly Replacement[]): Overlap {
  const place = (at: number, isEnd: boolean) => {
    let shift = 0;
    for (const { start, end, by } of replacements) {
      if (end <= at) shift += by.length - (end - start);
      else if (start < at) return start + shift + (isEnd ? by.length : 0);
    }
    return at + shift;
  };
  return { ...overlap, start: place(overlap.start, false), end: place(overlap.end, true) };
}
