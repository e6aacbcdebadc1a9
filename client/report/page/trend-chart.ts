/** Score and severe findings over time, drawn by uPlot in the theme's colours. */
import { html, LitElement, type PropertyValues, type TemplateResult } from "lit";
import uPlot from "uplot";
import type { HistoryPoint } from "../../../server/report/scan-report-data.js";
import { plural } from "./parts.js";

const HEIGHT = 180;

const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "UTC" });

/** "2 Mar"; for ticks within a day the time as well. */
function dayOf(seconds: number): string {
  const date = new Date(seconds * 1000);
  return seconds % 86_400 === 0 ? day.format(date) : `${day.format(date)}, ${clock.format(date)}`;
}

export class TrendChart extends LitElement {
  static override properties = { points: { attribute: false } };
  declare points: readonly HistoryPoint[];
  private plot: uPlot | undefined;
  private readonly resizes = new ResizeObserver(() => this.fit());
  private readonly themes = new MutationObserver(() => this.draw());

  constructor() {
    super();
    this.points = [];
  }

  protected override createRenderRoot(): this {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.resizes.observe(this);
    // The editor tells of a new theme by the body's class and the root's variables.
    this.themes.observe(document.body, { attributes: true, attributeFilter: ["class"] });
    this.themes.observe(document.documentElement, { attributes: true, attributeFilter: ["style"] });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.resizes.disconnect();
    this.themes.disconnect();
    this.plot?.destroy();
    this.plot = undefined;
  }

  override render(): TemplateResult {
    const scores = this.points.flatMap(({ score }) => (score === null ? [] : [Math.round(score)]));
    const label = scores.length
      ? `Score over ${plural(this.points.length, "scan")}: from ${scores[0]} to ${scores.at(-1)}, lowest ${Math.min(...scores)}, highest ${Math.max(...scores)}.`
      : `${plural(this.points.length, "scan")} without a score.`;
    return html`<div class="chart" role="img" aria-label=${label}></div>`;
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has("points")) this.draw();
  }

  private fit(): void {
    const width = Math.floor(this.getBoundingClientRect().width);
    if (width > 0 && this.plot && width !== this.plot.width) this.plot.setSize({ width, height: HEIGHT });
  }

  private draw(): void {
    const box = this.querySelector<HTMLElement>(".chart");
    if (!box) return;
    this.plot?.destroy();
    const style = getComputedStyle(this);
    const color = (name: string) => style.getPropertyValue(name).trim();
    const font = `11px ${style.fontFamily}`;
    const axis = {
      stroke: color("--quiet"),
      font,
      grid: { stroke: color("--grid"), width: 1 },
      ticks: { stroke: color("--line"), width: 1 },
    };
    const points = this.points
      .map((point) => ({ ...point, at: Date.parse(point.started_at) / 1000 }))
      .filter(({ at }) => !Number.isNaN(at))
      .sort((a, b) => a.at - b.at);
    const last = points.length - 1;
    const severe = points.map(({ findings }) => findings.critical + findings.high);
    const step = (values: number[]) => values.map((value) => (Number.isInteger(value) ? String(value) : ""));
    this.plot = new uPlot(
      {
        width: Math.max(240, Math.floor(this.getBoundingClientRect().width)),
        height: HEIGHT,
        tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
        cursor: { drag: { x: false, y: false } },
        // Without a pointer over it the legend tells the latest scan.
        hooks: { setCursor: [(plot) => (plot.cursor.idx == null ? plot.setLegend({ idx: last }, false) : undefined)] },
        scales: { y: { range: [0, 100] }, n: { range: [0, Math.max(4, ...severe)] } },
        axes: [
          { ...axis, space: 80, values: (_, values) => values.map(dayOf) },
          { ...axis, size: 36, splits: () => [0, 25, 50, 75, 100] },
          { ...axis, scale: "n", side: 1, size: 36, grid: { show: false }, values: (_, values) => step(values) },
        ],
        series: [
          { label: "Scan", value: "{YYYY}-{MM}-{DD} {HH}:{mm}" },
          {
            label: "Score",
            stroke: color("--accent"),
            width: 2,
            points: { show: true, size: 7, fill: color("--accent") },
          },
          {
            label: "Critical and high",
            scale: "n",
            stroke: color("--critical"),
            width: 1.5,
            dash: [5, 4],
            points: { show: true, size: 5, fill: color("--critical") },
          },
        ],
      },
      [points.map(({ at }) => at), points.map(({ score }) => score), severe],
      box,
    );
    this.plot.setLegend({ idx: last }, false);
  }
}
customElements.define("trend-chart", TrendChart);
