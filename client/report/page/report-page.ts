/** The page itself: holds the report and the state, draws the views, keeps the state for a reload. */
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { renderScanMarkdown } from "../../../server/report/scan-markdown.js";
import type { ReportData } from "../../../server/report/scan-report-data.js";
import { allFindings, type ScanFinding } from "../../../server/scan/result.js";
import type { HostMessage, PageMessage, PageState } from "../protocol.js";
import type { Context } from "./context.js";
import { filterFindings } from "./filter.js";
import type { Host } from "./host.js";
import { categoriesView } from "./view-categories.js";
import { changesView, trendView } from "./view-changes.js";
import { complianceView } from "./view-compliance.js";
import { inconclusiveView, requestsView, withstoodView } from "./view-details.js";
import { countSentence, findingsView } from "./view-findings.js";
import { headerView } from "./view-header.js";

interface Notice {
  level: "info" | "error";
  text: string;
}

export class ReportPage extends LitElement implements Context {
  static override properties = {
    report: { state: true },
    state: { state: true },
    printing: { state: true },
    notice: { state: true },
    spoken: { state: true },
  };
  /** What the page talks to; set before the element is connected. */
  static host: Host;

  declare private report: ReportData | undefined;
  declare state: PageState;
  declare printing: boolean;
  declare private notice: Notice | undefined;
  /** What the live region says. */
  declare private spoken: string;
  private sorted: readonly ScanFinding[] = [];
  private scrollWait = 0;
  private noticeWait = 0;

  constructor() {
    super();
    this.state = this.host.load();
    this.printing = false;
    this.spoken = "";
  }

  get host(): Host {
    return ReportPage.host;
  }

  get data(): ReportData {
    if (!this.report) throw new Error("There is no report yet.");
    return this.report;
  }

  get findings(): readonly ScanFinding[] {
    return this.sorted;
  }

  protected override createRenderRoot(): this {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.host.listen((message) => this.receive(message));
    window.addEventListener("scroll", () => this.keepScroll(), { passive: true });
    window.addEventListener("beforeprint", () => this.print(true));
    window.addEventListener("afterprint", () => this.print(false));
    matchMedia("print").addEventListener("change", ({ matches }) => this.print(matches));
    void this.host.post({ type: "ready", key: this.state.key || undefined });
  }

  private print(on: boolean): void {
    this.printing = on;
    document.body.classList.toggle("printing", on);
    // The printer takes the page as it is when this handler returns.
    this.performUpdate();
  }

  private receive(message: HostMessage): void {
    if (message.type === "notice") this.say(message);
    else if (message.type === "show") void this.show(message.data);
    else {
      const finding = this.sorted.find(({ id }) => id === message.id);
      if (finding) this.reveal(finding);
    }
  }

  private async show(data: ReportData): Promise<void> {
    const same = data.key === this.state.key;
    this.report = data;
    this.sorted = allFindings(data.result);
    const first = this.sorted[0];
    // A new scan starts without the old one's filters, its worst finding open.
    if (!same)
      this.change({
        key: data.key,
        text: "",
        severity: "all",
        category: "all",
        expanded: first ? [first.fingerprint] : [],
        scroll: 0,
      });
    await this.updateComplete;
    window.scrollTo({ top: same ? this.state.scroll : 0, behavior: "instant" });
  }

  change(change: Partial<PageState>): void {
    this.state = { ...this.state, ...change };
    this.host.save(this.state);
    const filters: (keyof PageState)[] = ["text", "severity", "category"];
    if (this.report && filters.some((name) => name in change))
      this.spoken = countSentence(filterFindings(this.sorted, this.state).length, this.sorted.length);
  }

  toggle({ fingerprint }: ScanFinding, open: boolean): void {
    const others = this.state.expanded.filter((item) => item !== fingerprint);
    this.change({ expanded: open ? [...others, fingerprint] : others });
  }

  reveal(finding: ScanFinding): void {
    const hidden = !filterFindings(this.sorted, this.state).includes(finding);
    if (hidden) this.change({ text: "", severity: "all", category: "all" });
    this.toggle(finding, true);
    void this.updateComplete.then(() => this.focusOn(`f-${finding.fingerprint}`));
  }

  goTo(section: string): void {
    void this.updateComplete.then(() => this.focusOn(section));
  }

  private focusOn(id: string): void {
    const target = document.getElementById(id);
    target?.focus({ preventScroll: true });
    target?.scrollIntoView({
      block: "start",
      behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "instant" : "smooth",
    });
  }

  post(message: PageMessage): void {
    void this.host.post(message).then((text) => {
      if (text) this.say({ level: "info", text });
    });
  }

  private say(notice: Notice): void {
    this.notice = notice;
    this.spoken = notice.text;
    clearTimeout(this.noticeWait);
    if (notice.level === "info")
      this.noticeWait = window.setTimeout(() => {
        this.notice = undefined;
      }, 6_000);
  }

  private keepScroll(): void {
    clearTimeout(this.scrollWait);
    this.scrollWait = window.setTimeout(() => {
      if (this.report && !this.printing) this.host.save({ ...this.state, scroll: window.scrollY });
      this.state.scroll = window.scrollY;
    }, 150);
  }

  private navigation(): TemplateResult {
    const { result, previous } = this.data;
    const items: [string, string, number | null][] = [
      ["categories", "Categories", null],
      ["findings", "Findings", this.sorted.length],
      ...(previous ? [["changes", "Changes", null] satisfies [string, string, null]] : []),
      ["compliance", "Compliance", null],
      ["inconclusive", "Inconclusive", result.inconclusive.length],
      ["withstood", "Withstood", result.withstood.length],
      ["requests", "Requests", null],
    ];
    return html`<nav aria-label="Sections">
      <ul>${items.map(
        ([id, title, count]) =>
          html`<li><button @click=${() => this.goTo(id)}>${title}${count === null ? nothing : html` <span class="tally">${count}</span>`}</button></li>`,
      )}</ul>
    </nav>`;
  }

  private copyReport(): void {
    const { result, previous } = this.data;
    this.post({ type: "copy", text: renderScanMarkdown(result, { previous }), what: "the report as Markdown" });
  }

  override render(): TemplateResult {
    const toast = this.notice
      ? html`<div class="notice ${this.notice.level}">
          <span>${this.notice.text}</span>
          <button class="link" @click=${() => {
            this.notice = undefined;
          }}>Dismiss</button>
        </div>`
      : nothing;
    const live = html`<div class="offscreen" role="status" aria-live="polite">${this.spoken}</div>`;
    if (!this.report)
      return html`<main class="waiting"><p class="quiet">${this.notice ? "" : "Waiting for the report..."}</p></main>${toast}${live}`;
    return html`${headerView(this, () => this.copyReport())} ${this.navigation()}
      <main>
        ${categoriesView(this)} ${findingsView(this)} ${changesView(this)} ${trendView(this)} ${complianceView(this)}
        ${inconclusiveView(this)} ${withstoodView(this)} ${requestsView(this)}
      </main>
      <footer><p class="quiet">SpillCheck ${this.report.result.tool.version}, report format ${this.report.result.schema_version}</p></footer>
      ${toast}${live}`;
  }
}
