/** The list of findings with its filters. */
import { html, nothing, type TemplateResult } from "lit";
import { CATEGORY_TITLES, SCAN_CATEGORIES, type ScanFinding, SEVERITIES } from "../../../server/scan/result.js";
import type { PageState } from "../protocol.js";
import type { Context } from "./context.js";
import { filterFindings, isFiltered } from "./filter.js";
import { plural } from "./parts.js";
import { findingView } from "./view-finding.js";

const SORTS: Record<PageState["sort"], string> = {
  severity: "Most severe first",
  category: "By category",
  title: "By title",
};

interface Choice {
  value: string;
  label: string;
}

/** The value of an element that reported a change. */
function textOf(event: Event): string {
  const target = event.target;
  return target && "value" in target && typeof target.value === "string" ? target.value : "";
}

function select(label: string, value: string, choices: Choice[], change: (value: string) => void): TemplateResult {
  return html`<label class="field">
    <span aria-hidden="true">${label}</span>
    <vscode-single-select .label=${label} .value=${value} @change=${(event: Event) => change(textOf(event))}>
      ${choices.map((choice) => html`<vscode-option value=${choice.value} ?selected=${choice.value === value}>${choice.label}</vscode-option>`)}
    </vscode-single-select>
  </label>`;
}

function filters(context: Context): TemplateResult {
  const { state, findings } = context;
  const present = <T extends string>(all: readonly T[], of: (finding: ScanFinding) => string) =>
    all.filter((value) => findings.some((finding) => of(finding) === value));
  const clear = () => context.change({ text: "", severity: "all", category: "all" });
  return html`<div class="filters" role="search" aria-label="Filter findings">
    <label class="field grow">
      <span aria-hidden="true">Search</span>
      <vscode-textfield
        type="search"
        .label=${"Search findings"}
        placeholder="Title, id, evidence, OWASP..."
        .value=${state.text}
        @input=${(event: Event) => context.change({ text: textOf(event) })}
        @keydown=${(event: KeyboardEvent) => {
          if (event.key === "Escape" && state.text) {
            event.preventDefault();
            context.change({ text: "" });
          }
        }}
      ></vscode-textfield>
    </label>
    ${select(
      "Severity",
      state.severity,
      [
        { value: "all", label: "All" },
        ...present(SEVERITIES, ({ severity }) => severity).map((value) => ({
          value,
          label: value.charAt(0).toUpperCase() + value.slice(1),
        })),
      ],
      (severity) => context.change({ severity }),
    )}
    ${select(
      "Category",
      state.category,
      [
        { value: "all", label: "All" },
        ...present(SCAN_CATEGORIES, ({ category }) => category).map((value) => ({
          value,
          label: CATEGORY_TITLES[value],
        })),
      ],
      (category) => context.change({ category }),
    )}
    ${select(
      "Sort",
      state.sort,
      Object.entries(SORTS).map(([value, label]) => ({ value, label })),
      (value) => context.change({ sort: value === "category" || value === "title" ? value : "severity" }),
    )}
    ${isFiltered(state) ? html`<button class="link clear" @click=${clear}>Clear filters</button>` : nothing}
  </div>`;
}

/** Up, Down, Home and End move between the findings' headings. */
function moveFocus(event: KeyboardEvent): void {
  const list = event.currentTarget;
  if (
    !(list instanceof HTMLElement) ||
    !(event.target instanceof HTMLElement) ||
    !event.target.matches("[data-finding]")
  )
    return;
  const heads = [...list.querySelectorAll<HTMLElement>("[data-finding]")];
  const at = heads.indexOf(event.target);
  const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: heads.length - 1 }[event.key];
  const head = next === undefined ? undefined : heads[next];
  if (next === undefined) return;
  event.preventDefault();
  head?.focus();
}

/** How many are shown, as one sentence; also said by the live region when the filters change. */
export function countSentence(shown: number, all: number): string {
  return shown === all ? `${plural(all, "finding")} shown.` : `${shown} of ${plural(all, "finding")} shown.`;
}

export function findingsView(context: Context): TemplateResult {
  const { findings, state, printing } = context;
  const unfiltered = { text: "", severity: "all", category: "all", sort: state.sort };
  const shown = filterFindings(findings, printing ? unfiltered : state);
  const allOpen = shown.length > 0 && shown.every(({ fingerprint }) => state.expanded.includes(fingerprint));
  const expandAll = () => context.change({ expanded: allOpen ? [] : shown.map(({ fingerprint }) => fingerprint) });
  return html`<section aria-labelledby="findings">
    <h2 id="findings" tabindex="-1">Findings <span class="quiet">${findings.length}</span></h2>
    ${
      findings.length === 0
        ? html`<p class="nothing">No findings. ${context.data.result.grade === null ? "That is no pass: the scan was inconclusive." : ""}</p>`
        : html`${filters(context)}
            <div class="list-head">
              <span class="quiet">${countSentence(shown.length, findings.length)}</span>
              ${shown.length ? html`<button class="link" @click=${expandAll}>${allOpen ? "Collapse all" : "Expand all"}</button>` : nothing}
            </div>
            <ul class="findings" @keydown=${moveFocus}>
              ${shown.map((finding) => findingView(context, finding))}
            </ul>
            ${shown.length ? nothing : html`<p class="nothing">No finding matches these filters.</p>`}`
    }
  </section>`;
}
