/** The findings as standards see them. */
import { html, type TemplateResult } from "lit";
import { entries, STANDARDS, type Standard } from "./compliance.js";
import type { Context } from "./context.js";
import { severityBadge } from "./parts.js";
import { untrusted } from "./untrusted.js";

const ORDER: readonly Standard[] = ["owasp_llm", "owasp_api", "gdpr", "pci_dss", "soc2"];

function table(context: Context, standard: Standard): TemplateResult {
  const rows = entries(context.data.result, standard);
  if (!rows.length) return html`<p class="nothing">No finding touches ${STANDARDS[standard]}.</p>`;
  return html`<table class="compliance">
    <caption class="offscreen">Findings by entry of ${STANDARDS[standard]}</caption>
    <thead><tr><th scope="col">Entry</th><th scope="col">Findings</th></tr></thead>
    <tbody>
      ${rows.map(
        ({ reference, title, findings, silence }) => html`<tr class=${findings.length ? "touched" : ""}>
          <th scope="row"><span class="mono">${reference}</span> <span class="entry-title">${title}</span></th>
          <td>${
            findings.length
              ? html`<ul>${findings.map(
                  (finding) =>
                    html`<li>${severityBadge(finding.severity)} <button class="link" @click=${() => context.reveal(finding)}>${untrusted(finding.title)}</button></li>`,
                )}</ul>`
              : html`<span class="quiet">${silence}</span>`
          }</td>
        </tr>`,
      )}
    </tbody>
  </table>`;
}

/** One standard at a time; on paper, all of them. */
export function complianceView(context: Context): TemplateResult {
  const { framework } = context.state;
  return html`<section aria-labelledby="compliance">
    <h2 id="compliance" tabindex="-1">Compliance</h2>
    ${
      context.printing
        ? ORDER.map((standard) => html`<h3>${STANDARDS[standard]}</h3>${table(context, standard)}`)
        : html`<div class="choice" role="group" aria-label="Standard">
              ${ORDER.map((standard) => html`<button aria-pressed=${standard === framework} @click=${() => context.change({ framework: standard })}>${STANDARDS[standard]}</button>`)}
            </div>
            ${table(context, framework)}`
    }
    <p class="quiet">Which findings touch which entries; whether you comply is for people to judge.</p>
  </section>`;
}
