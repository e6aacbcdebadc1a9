/** What else there is to know: withstood, inconclusive, requests, limits, the endpoint as the scan understood it. */
import { html, nothing, type TemplateResult } from "lit";
import { CATEGORY_TITLES, SCAN_CATEGORIES } from "../../../server/scan/result.js";
import type { Context } from "./context.js";
import { bar, icon, plural } from "./parts.js";
import { untrusted } from "./untrusted.js";

/** Names of the keys of `by_check`: the categories and what runs beside them. */
function checkTitle(key: string): string {
  const category = SCAN_CATEGORIES.find((name) => name === key);
  return category ? CATEGORY_TITLES[category] : key.charAt(0).toUpperCase() + key.slice(1).replaceAll("_", " ");
}

export function inconclusiveView({ data }: Context): TemplateResult {
  const { inconclusive } = data.result;
  return html`<section aria-labelledby="inconclusive">
    <h2 id="inconclusive" tabindex="-1">Inconclusive <span class="quiet">${inconclusive.length}</span></h2>
    ${
      inconclusive.length
        ? html`<p>These proved nothing either way. They are not passes.</p>
            <ul class="rows">${inconclusive.map(
              ({ category, title, reason, probe }) =>
                html`<li><b>${untrusted(title)}</b> <span class="quiet">${CATEGORY_TITLES[category]}${probe ? html`, <span class="mono">${untrusted(probe)}</span>` : nothing}</span><br />${untrusted(reason)}</li>`,
            )}</ul>`
        : html`<p class="nothing">Every check came to a conclusion.</p>`
    }
  </section>`;
}

export function withstoodView({ data, printing }: Context): TemplateResult {
  const { withstood } = data.result;
  const groups = SCAN_CATEGORIES.map((category) => ({
    category,
    items: withstood.filter((item) => item.category === category),
  })).filter(({ items }) => items.length);
  return html`<section aria-labelledby="withstood">
    <h2 id="withstood" tabindex="-1">Withstood <span class="quiet">${withstood.length}</span></h2>
    ${
      withstood.length
        ? groups.map(
            ({ category, items }) => html`<details ?open=${printing}>
              <summary>${CATEGORY_TITLES[category]} <span class="quiet">${plural(items.length, "test")}</span></summary>
              <ul class="rows">${items.map(
                ({ title, detail, hits, id }) =>
                  html`<li>${icon("check")}<b>${untrusted(title)}</b> <span class="quiet mono">${id}${hits ? html`, ${untrusted(hits)}` : nothing}</span><br /><span class="quiet">${untrusted(detail)}</span></li>`,
              )}</ul>
            </details>`,
          )
        : html`<p class="nothing">The endpoint withstood nothing that was tried.</p>`
    }
  </section>`;
}

export function requestsView({ data, printing }: Context): TemplateResult {
  const { requests, limits, notes, endpoint } = data.result;
  const checks = Object.entries(requests.by_check).sort(([, a], [, b]) => b - a);
  const most = Math.max(1, ...checks.map(([, n]) => n));
  return html`<section aria-labelledby="requests">
    <h2 id="requests" tabindex="-1">Requests</h2>
    <p>
      <b>${requests.sent}</b> of ${requests.budget} requests in the budget were sent${requests.retried ? html`, ${requests.retried} of them again after a failure` : nothing}; about
      <b>${requests.tokens_estimate.toLocaleString("en")}</b> tokens.
    </p>
    <table class="requests">
      <caption class="offscreen">Requests by check</caption>
      <thead class="offscreen"><tr><th scope="col">Check</th><th scope="col">Requests</th><td></td></tr></thead>
      <tbody>${checks.map(([name, n]) => html`<tr><th scope="row">${untrusted(checkTitle(name))}</th><td class="number">${n}</td><td class="bar-cell">${bar(n, most)}</td></tr>`)}</tbody>
    </table>
    ${
      limits.length
        ? html`<h3>Limits reached</h3>
            <ul class="rows">${limits.map(
              ({ name, value, unit, times, detail }) =>
                html`<li><b class="mono">${untrusted(name)}</b> <span class="quiet">${value.toLocaleString("en")} ${untrusted(unit)}, ${plural(times, "time")}</span><br />${untrusted(detail)}</li>`,
            )}</ul>`
        : nothing
    }
    <h3>The endpoint</h3>
    <dl class="finding-facts">
      <div><dt>Request</dt><dd class="mono">${untrusted(`${endpoint.method} ${endpoint.url}`)}</dd></div>
      <div><dt>Body</dt><dd class="mono">${endpoint.body_template === null ? "none, the prompt goes in the address" : untrusted(endpoint.body_template)}</dd></div>
      <div><dt>Reply</dt><dd class="mono">${untrusted(endpoint.reply_path ?? "not found")}</dd></div>
      <div><dt>Shape</dt><dd>${SHAPES[endpoint.shape_source]}</dd></div>
      <div><dt>A model</dt><dd>${endpoint.model_endpoint}</dd></div>
    </dl>
    ${notes.length ? html`<h3>Notes</h3><ul class="rows">${notes.map((note) => html`<li>${untrusted(note)}</li>`)}</ul>` : nothing}
    ${
      endpoint.baseline.length
        ? html`<details class="baseline" ?open=${printing}>
            <summary>Baseline: ${plural(endpoint.baseline.length, "ordinary question")}</summary>
            ${endpoint.baseline.map(
              ({ prompt, status, reply }) => html`<figure class="exchange">
                <div class="pane"><h5>Asked</h5><untrusted-text .text=${prompt} label="Question"></untrusted-text></div>
                <div class="pane"><h5>Answered <span class="http-status">${status}</span></h5><untrusted-text .text=${reply} label="Answer"></untrusted-text></div>
              </figure>`,
            )}
          </details>`
        : nothing
    }
  </section>`;
}

const SHAPES = {
  given: "as given",
  source: "from the route's code",
  openapi: "from the OpenAPI document",
  tried: "found by trying the common shapes",
  none: "not found",
} as const;
