/** The head of the report: grade, target, what to do with it. */
import { html, nothing, svg, type TemplateResult } from "lit";
import { severityCounts } from "../../../server/report/compare.js";
import { duration } from "../../../server/report/scan-text.js";
import { SEVERITIES } from "../../../server/scan/result.js";
import type { ExportFormat } from "../protocol.js";
import type { Context } from "./context.js";
import { icon, moment, plural } from "./parts.js";
import { untrusted } from "./untrusted.js";

const RADIUS = 44;
const ROUND = 2 * Math.PI * RADIUS;

/** The grade inside a ring that is filled by the score. */
function gradeTile({ data }: Context): TemplateResult {
  const { grade, score } = data.result;
  const known = grade !== null && score !== null;
  const label = known ? `Grade ${grade}, score ${Math.round(score)} out of 100` : "No grade: inconclusive";
  const filled = known ? (score / 100) * ROUND : 0;
  return html`<div class="grade ${known ? `grade-${grade}` : "grade-none"}" role="img" aria-label=${label}>
    <svg viewBox="0 0 100 100" aria-hidden="true">
      ${svg`<circle class="ring" cx="50" cy="50" r=${RADIUS}></circle>
        <circle class="ring-fill" cx="50" cy="50" r=${RADIUS} stroke-dasharray="${filled} ${ROUND}" transform="rotate(-90 50 50)"></circle>
        <text class="letter" x="50" y=${known ? 58 : 62}>${grade ?? "?"}</text>
        ${known ? svg`<text class="points" x="50" y="76">${Math.round(score)}/100</text>` : nothing}`}
    </svg>
  </div>`;
}

const FORMATS: Record<ExportFormat, string> = {
  html: "HTML",
  json: "JSON",
  sarif: "SARIF",
  junit: "JUnit",
  markdown: "Markdown",
  print: "Print or PDF",
};

function actions(context: Context, copyReport: () => void): TemplateResult {
  const { host } = context;
  return html`<div class="actions" role="group" aria-label="Report">
    ${
      host.editor
        ? html`<vscode-button class="act" @click=${() => context.post({ type: "rescan" })}><span slot="content-before">${icon("again")}</span>Scan again</vscode-button>`
        : nothing
    }
    <vscode-button class="act" secondary @click=${copyReport}><span slot="content-before">${icon("copy")}</span>Copy as Markdown</vscode-button>
    <span class="exports" role="group" aria-label="Save the report as">
      ${host.formats.map(
        (format) =>
          html`<vscode-button class="act" secondary @click=${() => context.post({ type: "export", format })}><span slot="content-before">${icon(format === "print" ? "print" : "download")}</span>${FORMATS[format]}          </vscode-button>`,
      )}
    </span>
  </div>`;
}

function counts(context: Context): TemplateResult {
  const { data, findings, state } = context;
  const bySeverity = severityCounts(findings);
  const pick = (severity: string) => {
    context.change({ severity: state.severity === severity ? "all" : severity });
    context.goTo("findings");
  };
  return html`<ul class="counts" aria-label="Findings by severity">
    ${SEVERITIES.map(
      (severity) =>
        html`<li>
          <button
            class="count ${severity} ${bySeverity[severity] ? "" : "zero"}"
            aria-pressed=${state.severity === severity}
            ?disabled=${bySeverity[severity] === 0}
            @click=${() => pick(severity)}
          ><b>${bySeverity[severity]}</b> ${severity}</button>
        </li>`,
    )}
    <li><button class="count plain" @click=${() => context.goTo("withstood")}><b>${data.result.withstood.length}</b> withstood</button></li>
    <li><button class="count plain" @click=${() => context.goTo("inconclusive")}><b>${data.result.inconclusive.length}</b> inconclusive</button></li>
  </ul>`;
}

/** The banner: grade, target, when and how, the severities as filters, and what can be done with the report. */
export function headerView(context: Context, copyReport: () => void): TemplateResult {
  const { result } = context.data;
  const { endpoint } = result;
  const facts = [endpoint.method, endpoint.network, `depth ${result.depth}`, duration(result.duration_ms)];
  return html`<header class="banner">
    ${gradeTile(context)}
    <div class="subject">
      <h1><span class="quiet">Scan of</span> <span class="target">${untrusted(result.target)}</span></h1>
      <p class="facts">
        <time datetime=${result.started_at}>${moment(result.started_at)}</time>${facts.map((fact) => html`<span>${untrusted(fact)}</span>`)}<span>${plural(result.requests.sent, "request")}</span>
      </p>
      ${result.grade === null ? html`<p class="reason"><strong>No grade: inconclusive.</strong> ${untrusted(result.grade_reason ?? "There was too little evidence.")}</p>` : result.grade_reason ? html`<p class="reason">${untrusted(result.grade_reason)}</p>` : nothing}
      ${counts(context)}
    </div>
    ${actions(context, copyReport)}
  </header>`;
}
