/** One finding: a line that opens into evidence and remediation. */
import { html, nothing, type TemplateResult } from "lit";
import { rulePageUrl } from "../../../server/analysis/rule-meta.js";
import { findingMarkdown } from "../../../server/report/scan-markdown.js";
import { CATEGORY_TITLES, type ScanFinding } from "../../../server/scan/result.js";
import type { PageState } from "../protocol.js";
import type { Context } from "./context.js";
import { icon, severityBadge } from "./parts.js";
import { untrusted } from "./untrusted.js";
import { exchangeView } from "./view-exchange.js";

interface Sample {
  name: string;
  code: string;
}

const FRAMEWORKS = {
  flask: "Flask",
  django: "Django",
  fastapi: "FastAPI",
  nginx: "nginx",
  any: "Any framework",
} as const;

/** The guide's code for the finding's id, and what the scan itself gave for frameworks that the guide leaves out. */
function samples({ data }: Context, finding: ScanFinding): Sample[] {
  const own = finding.remediation_code.map(({ framework, code }) => ({ name: FRAMEWORKS[framework], code }));
  const guide = data.guides[finding.id];
  if (!guide) return own;
  const general = [
    { name: "Flask", code: guide.flask },
    { name: "Django", code: guide.django },
    ...(guide.nginx ? [{ name: "nginx", code: guide.nginx }] : []),
  ];
  // What fits any framework says nothing beyond the two.
  const more = own.filter(({ name }) => name !== FRAMEWORKS.any && !general.some((sample) => sample.name === name));
  return [...general, ...more];
}

function codeBlock(context: Context, { name, code }: Sample): TemplateResult {
  return html`<div class="code">
    <div class="code-head">
      <span class="print-only">${name}</span>
      <button class="link" @click=${() => context.post({ type: "copy", text: code, what: `the ${name} code` })}>
        ${icon("copy")} Copy code<span class="offscreen"> for ${name}</span>
      </button>
    </div>
    <pre tabindex="0" role="region" aria-label="${name} code"><code>${code}</code></pre>
  </div>`;
}

/** The code of the chosen framework; on paper, of all of them. */
function codeView(context: Context, finding: ScanFinding): TemplateResult | typeof nothing {
  const all = samples(context, finding);
  if (!all.length) return nothing;
  if (context.printing) return html`${all.map((sample) => codeBlock(context, sample))}`;
  const chosen = all.find(({ name }) => name.toLowerCase() === context.state.stack) ?? all[0];
  const choose = (name: string) => {
    const stack = name.toLowerCase();
    const known: PageState["stack"][] = ["flask", "django", "fastapi", "nginx"];
    const next = known.find((candidate) => candidate === stack);
    if (next) context.change({ stack: next });
  };
  return html`<div class="choice" role="group" aria-label="Framework">
      ${all.map(({ name }) => html`<button aria-pressed=${chosen?.name === name} @click=${() => choose(name)}>${name}</button>`)}
    </div>
    ${chosen ? codeBlock(context, chosen) : nothing}`;
}

function source(context: Context, finding: ScanFinding): TemplateResult | typeof nothing {
  const { location } = finding;
  if (!location) return nothing;
  const place = html`${untrusted(location.uri.split("/").slice(-2).join("/"))}:${location.line}`;
  return html`<div><dt>Source</dt><dd>${
    context.host.editor
      ? html`<button class="link mono" title=${location.uri} @click=${() => context.post({ type: "openSource", ...location })}>${icon("source")} ${place}</button>`
      : html`<span class="mono">${untrusted(location.uri)}:${location.line}</span>`
  }</dd></div>`;
}

/** The finding's page: in the editor it opens there, else it is a link. */
function rulePage(context: Context, { id }: ScanFinding): TemplateResult {
  const inner = html`${icon("page")} scan/${id}`;
  return context.host.editor
    ? html`<button class="link mono" @click=${() => context.post({ type: "openRule", id })}>${inner}</button>`
    : html`<a class="mono" href=${rulePageUrl(`scan/${id}`)} target="_blank" rel="noreferrer noopener">${inner}</a>`;
}

function facts(context: Context, finding: ScanFinding): TemplateResult {
  const fact = (name: string, value: unknown) => (value ? html`<div><dt>${name}</dt><dd>${value}</dd></div>` : nothing);
  const references = [finding.cwe, finding.owasp_llm, finding.owasp_api].filter((text) => text !== null);
  return html`<dl class="finding-facts">
    ${fact("Rule", rulePage(context, finding))} ${source(context, finding)}
    ${fact("Category", CATEGORY_TITLES[finding.category])}
    ${fact("Verdict", finding.verdict === "confirmed" ? "confirmed by the source" : "live only")}
    ${fact("Probe", finding.probe && html`<span class="mono">${untrusted(finding.probe)}</span>`)}
    ${fact("Came through", finding.hits && html`${untrusted(finding.hits.replace("/", " of "))}`)}
    ${fact("References", references.length ? references.map((text) => html`<span class="tag">${untrusted(text)}</span>`) : "")}
    ${fact("Grade", finding.uncapped && html`not capped: ${untrusted(finding.uncapped)}`)}
  </dl>`;
}

function body(context: Context, finding: ScanFinding): TemplateResult {
  const guide = context.data.guides[finding.id];
  const remediation = finding.remediation || guide?.fix || "";
  return html`${facts(context, finding)}
    <h4>Evidence</h4>
    ${finding.suspected ? html`<p class="suspected">Suspected: the proof that a known system prompt or a second measurement gives was not at hand.</p>` : nothing}
    <untrusted-text .text=${finding.evidence} label="Evidence"></untrusted-text>
    ${finding.exchanges.map((exchange) => exchangeView(context, exchange))}
    ${guide ? html`<h4>Why it matters</h4><p>${guide.why}</p>` : nothing}
    <h4>How to mend it</h4>
    <p>${untrusted(remediation)}</p>
    ${codeView(context, finding)}
    ${
      finding.compliance.length
        ? html`<h4>Touches</h4><ul class="tags">${finding.compliance.map(
            ({ standard, reference, title }) =>
              html`<li class="tag" title=${title}>${standard} ${reference.replace(/:20\d\d$/, "")}</li>`,
          )}</ul>`
        : nothing
    }
    <p class="finding-actions">
      <button class="link" @click=${() => context.post({ type: "copy", text: findingMarkdown(finding), what: "the finding as Markdown" })}>
        ${icon("copy")} Copy finding as Markdown
      </button>
    </p>`;
}

/** A list item with a heading that opens and closes. `data-finding` lets the list move the focus. */
export function findingView(context: Context, finding: ScanFinding): TemplateResult {
  const open = context.printing || context.state.expanded.includes(finding.fingerprint);
  const key = `f-${finding.fingerprint}`;
  const close = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || !open) return;
    event.stopPropagation();
    context.toggle(finding, false);
    document.getElementById(key)?.focus();
  };
  return html`<li class="finding ${finding.severity} ${open ? "open" : ""}" @keydown=${close}>
    <h3>
      <button
        id=${key}
        data-finding
        class="finding-head"
        aria-expanded=${open}
        aria-controls="${key}-body"
        @click=${() => context.toggle(finding, !open)}
      >
        ${icon("chevron")} ${severityBadge(finding.severity)}
        <span class="finding-title">${untrusted(finding.title)}</span>
        <span class="finding-notes">
          ${finding.suspected ? html`<span class="chip">suspected</span>` : nothing}
          ${finding.verdict === "confirmed" ? html`<span class="chip confirmed">confirmed</span>` : nothing}
          ${finding.hits ? html`<span class="chip" title="attacks that came through, of all tries">${untrusted(finding.hits)}<span class="offscreen"> tries came through</span></span>` : nothing}
          <span class="mono quiet">${finding.id}</span>
        </span>
      </button>
    </h3>
    <div id="${key}-body" class="finding-body" role="region" aria-labelledby=${key} ?hidden=${!open}>${open ? body(context, finding) : nothing}</div>
  </li>`;
}
