/** What changed since the scan before, and how the score went over time. */
import { html, nothing, type TemplateResult } from "lit";
import { compareScans } from "../../../server/report/compare.js";
import { historyPoint } from "../../../server/report/scan-report-data.js";
import type { ScanFinding } from "../../../server/scan/result.js";
import type { Context } from "./context.js";
import { icon, moment, severityBadge } from "./parts.js";
import { untrusted } from "./untrusted.js";

type IconName = Parameters<typeof icon>[0];

function items(context: Context, findings: ScanFinding[], still: boolean): TemplateResult {
  if (!findings.length) return html`<p class="quiet">none</p>`;
  return html`<ul>${findings.map(
    (finding) =>
      html`<li>${severityBadge(finding.severity)} ${
        still
          ? html`<button class="link" @click=${() => context.reveal(finding)}>${untrusted(finding.title)}</button>`
          : html`<span>${untrusted(finding.title)}</span>`
      }</li>`,
  )}</ul>`;
}

/** A list under its heading. `still`: the findings are in the list above, so they can be gone to. */
function list(context: Context, name: string, mark: IconName, findings: ScanFinding[], still: boolean): TemplateResult {
  return html`<div class="change ${name.toLowerCase().replaceAll(" ", "-")}">
    <h3>${icon(mark)} ${name} <span class="quiet">${findings.length}</span></h3>
    ${items(context, findings, still)}
  </div>`;
}

const score = (value: number | null) => (value === null ? "no score" : String(Math.round(value)));

/** New, fixed, unchanged and not checked again; absent without an earlier scan. */
export function changesView(context: Context): TemplateResult | typeof nothing {
  const { previous, result } = context.data;
  if (!previous) return nothing;
  const changes = compareScans(previous, result);
  return html`<section aria-labelledby="changes">
    <h2 id="changes" tabindex="-1">Since the scan before</h2>
    <p>
      Compared with <time datetime=${previous.started_at}>${moment(previous.started_at)}</time>: grade
      ${changes.grade.before ?? "none"} to <b>${changes.grade.after ?? "none"}</b>, score ${score(changes.score.before)} to
      <b>${score(changes.score.after)}</b>.
      ${changes.sameTarget ? nothing : html`<strong>The two scans were of different targets.</strong>`}
    </p>
    <div class="changes">
      ${list(context, "New", "plus", changes.added, true)} ${list(context, "Fixed", "check", changes.fixed, false)}
      ${changes.unverified.length ? list(context, "Not checked again", "question", changes.unverified, false) : nothing}
    </div>
    ${
      changes.unchanged.length
        ? html`<details class="change" ?open=${context.printing}>
            <summary>Unchanged <span class="quiet">${changes.unchanged.length}</span></summary>
            ${items(
              context,
              changes.unchanged.map(({ finding }) => finding),
              true,
            )}
          </details>`
        : nothing
    }
    ${
      changes.categories.length
        ? html`<p class="quiet">Category scores: ${changes.categories.map(
            ({ title, before, after }, index) => html`${index ? ", " : ""}${title} ${score(before)} to ${score(after)}`,
          )}.</p>`
        : nothing
    }
  </section>`;
}

/** The score of each scan of this endpoint; needs two scans or more. */
export function trendView(context: Context): TemplateResult | typeof nothing {
  const { history, result } = context.data;
  const points = history.some(({ started_at }) => started_at === result.started_at)
    ? history
    : [...history, historyPoint(result)];
  if (points.length < 2) return nothing;
  return html`<section aria-labelledby="trend">
    <h2 id="trend" tabindex="-1">Trend</h2>
    <trend-chart .points=${points}></trend-chart>
    <details class="table-view" ?open=${context.printing}>
      <summary>The same as a table</summary>
      <table>
        <thead><tr><th scope="col">Scan</th><th scope="col">Grade</th><th scope="col" class="number">Score</th><th scope="col" class="number">Critical</th><th scope="col" class="number">High</th><th scope="col" class="number">All</th></tr></thead>
        <tbody>${points
          .toReversed()
          .map(
            ({ started_at, grade, score: value, findings }) =>
              html`<tr><th scope="row">${moment(started_at)}</th><td>${grade ?? "none"}</td><td class="number">${value === null ? "" : Math.round(value)}</td><td class="number">${findings.critical}</td><td class="number">${findings.high}</td><td class="number">${Object.values(findings).reduce((a, b) => a + b, 0)}</td></tr>`,
          )}</tbody>
      </table>
    </details>
  </section>`;
}
