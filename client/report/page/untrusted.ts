/** Text from the endpoint, as text only: hidden characters named, evidence marked, long texts in portions. */
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { visiblePieces } from "../../../server/report/scan-visible-text.js";
import type { Overlap } from "../../../server/scan/result.js";

const FIRST_PORTION = 4_000;
const NEXT_PORTION = 20_000;
/** From about here a block scrolls, and the keyboard has to be able to reach it. */
const SCROLLS_FROM = 600;

/** Text with its hidden characters shown by name. */
export function untrusted(text: string): (TemplateResult | string)[] {
  return visiblePieces(text).map((piece) =>
    piece.hidden
      ? html`<span class="hidden-char" title=${piece.hidden}>${piece.hidden.split(" ", 1)[0]}</span>`
      : piece.text,
  );
}

/** Overlaps within the text, sorted, none inside another. */
function tidy(overlaps: readonly Overlap[], length: number): Overlap[] {
  const sorted = overlaps
    .map(({ start, end, label }) => ({ start, end: Math.min(end, length), label }))
    .filter(({ start, end }) => start < end)
    .sort((a, b) => a.start - b.start || b.end - a.end);
  const kept: Overlap[] = [];
  for (const next of sorted) {
    const last = kept.at(-1);
    if (last && next.start < last.end) {
      if (next.end <= last.end) continue;
      kept.push({ ...next, start: last.end });
    } else kept.push(next);
  }
  return kept;
}

/** Text with the stretches that prove the finding marked; the label is read out and shown on hover. */
export function marked(text: string, overlaps: readonly Overlap[]): unknown[] {
  const parts: unknown[] = [];
  let from = 0;
  for (const { start, end, label } of tidy(overlaps, text.length)) {
    parts.push(untrusted(text.slice(from, start)));
    parts.push(
      html`<mark title=${label}><span class="offscreen">start of evidence: ${label}. </span>${untrusted(text.slice(start, end))}<span class="offscreen"> end of evidence. </span></mark>`,
    );
    from = end;
  }
  parts.push(untrusted(text.slice(from)));
  return parts;
}

/** A block of untrusted text. Only the first portion is drawn; a button draws more, so that a megabyte stays readable. */
export class UntrustedText extends LitElement {
  static override properties = {
    text: { type: String },
    overlaps: { attribute: false },
    label: { type: String },
    limit: { state: true },
  };
  declare text: string;
  declare overlaps: readonly Overlap[];
  /** Accessible name of the block. */
  declare label: string;
  declare private limit: number;

  constructor() {
    super();
    this.text = "";
    this.overlaps = [];
    this.label = "";
    this.limit = FIRST_PORTION;
  }

  protected override createRenderRoot(): this {
    return this;
  }

  override render(): TemplateResult {
    const evidence = Math.min(NEXT_PORTION, Math.max(0, ...this.overlaps.map(({ end }) => end)));
    const limit = Math.max(this.limit, evidence);
    const shown = this.text.length > limit ? this.text.slice(0, limit) : this.text;
    const left = this.text.length - shown.length;
    const count = (n: number) => n.toLocaleString("en");
    return html`<div class="untrusted" role="group" aria-label=${this.label || nothing} tabindex=${shown.length > SCROLLS_FROM ? 0 : nothing}>${this.text === "" ? html`<span class="quiet">(empty)</span>` : marked(shown, this.overlaps)}</div>
      ${
        left > 0
          ? html`<button class="link more" @click=${() => {
              this.limit = limit + NEXT_PORTION;
            }}>
              Show ${count(Math.min(left, NEXT_PORTION))} more of ${count(left)} characters left
            </button>`
          : nothing
      }`;
  }
}
customElements.define("untrusted-text", UntrustedText);
