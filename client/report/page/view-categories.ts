/** The twelve categories with their scores. */
import { html, nothing, type TemplateResult } from "lit";
import { SCAN_CATEGORIES } from "../../../server/scan/result.js";
import type { Context } from "./context.js";
import { band, bar, plural } from "./parts.js";
import { untrusted } from "./untrusted.js";

/** Category, bar, score, and how many findings; a category with findings filters the list below. */
export function categoriesView(context: Context): TemplateResult {
  const { category_breakdown: breakdown } = context.data.result;
  return html`<section aria-labelledby="categories">
    <h2 id="categories" tabindex="-1">Categories</h2>
    <ul class="categories">
      ${SCAN_CATEGORIES.map((name) => {
        const { title, score, status, reason, findings, weight } = breakdown[name];
        const rounded = score === null ? null : Math.round(score);
        return html`<li class="category ${status}">
          <span class="name">${title}</span>
          <span class="value">${rounded === null ? html`<span class="status">${status}</span>` : html`<b class=${band(rounded)}>${rounded}</b><span class="offscreen"> out of 100</span>`}</span>
          ${bar(score ?? 0, 100, score === null ? "none" : band(score))}
          <span class="detail">
            ${
              findings.length
                ? html`<button
                    class="link"
                    @click=${() => {
                      context.change({ category: name, severity: "all", text: "" });
                      context.goTo("findings");
                    }}
                  >${plural(findings.length, "finding")}<span class="offscreen"> in ${title}</span></button>`
                : status === "complete"
                  ? html`<span class="quiet">no findings</span>`
                  : nothing
            }
            ${status === "complete" ? nothing : html`<span class="why">${score === null ? "" : `${status}: `}${untrusted(reason ?? "no reason given")}</span>`}
          </span>
          <span class="weight quiet" title="Share of the overall score">weight ${Number(weight.toFixed(2))}</span>
        </li>`;
      })}
    </ul>
  </section>`;
}
