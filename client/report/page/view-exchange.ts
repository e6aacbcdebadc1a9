/** One request and its answer as evidence. */
import { html, nothing, type TemplateResult } from "lit";
import { curlCommand } from "../../../server/report/scan-curl.js";
import type { Exchange } from "../../../server/scan/result.js";
import type { Context } from "./context.js";
import { icon, plural } from "./parts.js";
import { untrusted } from "./untrusted.js";

function headers(context: Context, all: Record<string, string>): TemplateResult | typeof nothing {
  const entries = Object.entries(all);
  if (!entries.length) return nothing;
  return html`<details class="headers" ?open=${context.printing}>
    <summary>${plural(entries.length, "header")}</summary>
    <div class="untrusted">${entries.map(([name, value]) => html`<div><b>${untrusted(name)}:</b> ${untrusted(value)}</div>`)}</div>
  </details>`;
}

/** Request and answer side by side, the very overlap marked, with a button that copies the request as a command. */
export function exchangeView(context: Context, exchange: Exchange): TemplateResult {
  const { request, response, label } = exchange;
  const labels = [...new Set(response.overlaps.map((overlap) => overlap.label))];
  return html`<figure class="exchange">
    <figcaption>
      <span class="what">${untrusted(label)}</span>
      <button class="link" @click=${() => context.post({ type: "copy", text: curlCommand(request), what: "the request as a curl command" })}>
        ${icon("copy")} Copy as curl<span class="offscreen">: ${untrusted(label)}</span>
      </button>
    </figcaption>
    <div class="pane">
      <h5>Request</h5>
      <p class="line"><b>${untrusted(request.method)}</b> ${untrusted(request.url)}</p>
      ${headers(context, request.headers)}
      ${request.body === null ? nothing : html`<untrusted-text .text=${request.body} label="Request body"></untrusted-text>`}
    </div>
    <div class="pane">
      <h5>Response</h5>
      <p class="line">
        ${response.status === 0 ? html`<b>no answer</b>` : html`<span class="http-status s${Math.floor(response.status / 100)}">${response.status}</span>`}
        ${response.truncated ? html`<span class="quiet">excerpt</span>` : nothing}
        ${labels.map((name) => html`<span class="mark-label"><mark aria-hidden="true">&nbsp;&nbsp;</mark> ${untrusted(name)}</span>`)}
      </p>
      ${headers(context, response.headers)}
      <untrusted-text .text=${response.body} .overlaps=${response.overlaps} label="Response body"></untrusted-text>
    </div>
  </figure>`;
}
