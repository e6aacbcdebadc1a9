/** The stand-alone report in a real browser: what it shows, the keyboard, assistive technology, hostile contents. */
import { readFile } from "node:fs/promises";
import type { Browser, Download, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { rulePageUrl } from "../../server/analysis/rule-meta.js";
import { reportData } from "../../server/report/scan-guides.js";
import { allFindings } from "../../server/scan/result.js";
import { launch, openReport, until } from "./browser.js";
import { allIds, earlier, history, IDS, ordinary, withoutGrade } from "./sample.js";

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

const full = () => reportData(ordinary(), { previous: earlier(), history: history() });
const search = (page: Page) => page.getByRole("searchbox", { name: "Search findings" });
const heads = (page: Page): Locator => page.locator("[data-finding]");
const focused = (page: Page) =>
  page.evaluate<string>("document.activeElement.textContent.replace(/\\s+/g, ' ').trim()");

describe("what the report shows", () => {
  it("names grade, target and the counts, in words as well as in colours", async () => {
    const { page, complaints, requests, close } = await openReport(browser, full());
    await page.getByRole("img", { name: "Grade D, score 58 out of 100" }).waitFor();
    expect(await page.getByRole("heading", { level: 1 }).textContent()).toContain("http://127.0.0.1:8000/api/chat");
    const banner = await page.getByRole("banner").innerText();
    expect(banner).toContain("A critical finding caps the grade at D.");
    expect(banner).toMatch(/2\s+critical/);
    expect(await page.title()).toBe("Grade D: http://127.0.0.1:8000/api/chat - SpillCheck");
    expect(complaints).toEqual([]);
    expect(requests).toEqual([]);
    await close();
  });

  it("has every finding id of the table, with evidence and code for Flask and Django", async () => {
    const { page, complaints, close } = await openReport(browser, reportData(allIds()));
    await page.getByRole("button", { name: "Expand all" }).click();
    const text = await page.getByRole("main").innerText();
    for (const [id] of Object.values(IDS).flat()) expect(text).toContain(`scan/${id}`);
    const count = Object.values(IDS).flat().length;
    expect(await page.getByRole("region", { name: "Flask code" }).count()).toBe(count);
    await page.getByRole("button", { name: "Django", exact: true }).first().click();
    expect(await page.getByRole("region", { name: "Django code" }).count()).toBe(count);
    expect(await page.getByRole("region", { name: "Flask code" }).count()).toBe(0);
    expect(complaints).toEqual([]);
    await close();
  });

  it("marks the very overlap in the response, with its reason", async () => {
    const { page, close } = await openReport(browser, full());
    await page.getByRole("button", { name: /critical The system prompt comes out/ }).click();
    const mark = page.locator(`#f-${idOf("system-prompt-leak")}-body mark`).last();
    expect(await mark.getAttribute("title")).toBe("shared with the known prompt");
    expect(await mark.textContent()).toContain("Never mention the voucher SUMMER-7731");
    expect(await mark.textContent()).not.toContain("Anything else?");
    await close();
  });

  it("says why there is no grade, and that this is no pass", async () => {
    const { page, close } = await openReport(browser, reportData(withoutGrade()));
    await page.getByRole("img", { name: "No grade: inconclusive" }).waitFor();
    const text = await page.locator("body").innerText();
    expect(text).toContain("each prompt was answered with 503");
    expect(text).toContain("That is no pass");
    expect(await page.locator(".category.inconclusive").count()).toBe(12);
    expect(await page.getByRole("row", { name: /LLM01/ }).innerText()).toContain("inconclusive");
    expect(text).not.toContain("none found");
    await close();
  });

  it("compares with the scan before, and says what was not checked again", async () => {
    const { page, close } = await openReport(browser, full());
    const changes = page.getByRole("region", { name: "Since the scan before" });
    expect(await changes.locator(".change.new").innerText()).toContain(
      "A role-play gets what the plain request does not",
    );
    expect(await changes.locator(".change.fixed").innerText()).toContain("A tool runs with the caller's arguments");
    expect(await changes.locator(".change.not-checked-again").innerText()).toContain("Another caller's conversation");
    await changes.getByText("Unchanged").click();
    await changes.getByRole("button", { name: "The model names itself" }).click();
    await until(page, "document.activeElement.textContent.includes('The model names itself')");
    expect(await page.locator(".finding.open").count()).toBe(2);
    await close();
  });

  it("draws the trend and tells it in words and as a table", async () => {
    const { page, close } = await openReport(browser, full());
    await page.getByRole("img", { name: "Score over 6 scans: from 38 to 58, lowest 38, highest 61." }).waitFor();
    expect(await page.locator("trend-chart canvas").count()).toBe(1);
    await page.getByText("The same as a table").click();
    expect(await page.getByRole("row", { name: /16 Feb 2026/ }).innerText()).toContain("61");
    await close();
  });

  it("has neither comparison nor trend when there is nothing to compare", async () => {
    const { page, close } = await openReport(browser, reportData(ordinary()));
    await page.getByRole("heading", { level: 1 }).waitFor();
    expect(await page.getByRole("region", { name: "Since the scan before" }).count()).toBe(0);
    expect(await page.locator("trend-chart").count()).toBe(0);
    await close();
  });

  it("groups the findings by standard and leads to them", async () => {
    const { page, close } = await openReport(browser, full());
    const compliance = page.getByRole("region", { name: "Compliance" });
    expect(await compliance.getByRole("row", { name: /LLM07/ }).innerText()).toContain("The system prompt comes out");
    expect(await compliance.getByRole("row", { name: /LLM03/ }).innerText()).toContain("not visible to a live scan");
    await compliance.getByRole("button", { name: "PCI-DSS" }).click();
    expect(await compliance.getByRole("row").count()).toBe(2);
    await compliance.getByRole("button", { name: "The system prompt comes out" }).click();
    await until(page, "document.activeElement.hasAttribute('data-finding')");
    expect(await page.evaluate("document.activeElement.getAttribute('aria-expanded')")).toBe("true");
    await close();
  });

  it("links to the page of a finding's id", async () => {
    const { page, close } = await openReport(browser, reportData(ordinary()));
    const link = page.getByRole("link", { name: "scan/unauthenticated-llm-endpoint" });
    expect(await link.getAttribute("href")).toBe(rulePageUrl("scan/unauthenticated-llm-endpoint"));
    expect(await link.getAttribute("rel")).toContain("noreferrer");
    await close();
  });
});

function idOf(id: string): string {
  const found = allFindings(ordinary()).find((item) => item.id === id);
  if (!found) throw new Error(`The sample has no ${id}.`);
  return found.fingerprint;
}

describe("filters, sort and state", () => {
  it("filters by text, severity and category, says the count, and clears", async () => {
    const { page, close } = await openReport(browser, full());
    await search(page).fill("role-play llm01");
    expect(await heads(page).count()).toBe(1);
    expect(await page.getByRole("status").textContent()).toBe("1 of 10 findings shown.");
    await search(page).press("Escape");
    expect(await heads(page).count()).toBe(10);
    await page.getByRole("combobox", { name: "Severity" }).click();
    await page.getByRole("option", { name: "Medium" }).click();
    expect(await heads(page).count()).toBe(3);
    await page.getByRole("button", { name: /2 findings in Data exposure/ }).click();
    expect(await heads(page).count()).toBe(2);
    expect(await focused(page)).toMatch(/^Findings/);
    await search(page).fill("nothing has this");
    await page.getByText("No finding matches these filters.").waitFor();
    await page.getByRole("button", { name: "Clear filters" }).click();
    expect(await heads(page).count()).toBe(10);
    await close();
  });

  it("filters by the severities of the banner", async () => {
    const { page, close } = await openReport(browser, full());
    await page
      .getByRole("banner")
      .getByRole("button", { name: /critical/ })
      .click();
    expect(await heads(page).count()).toBe(2);
    expect(await page.getByRole("combobox", { name: "Severity" }).textContent()).toContain("Critical");
    await close();
  });

  it("sorts", async () => {
    const { page, close } = await openReport(browser, full());
    const titles = () => page.locator(".finding-title").allTextContents();
    expect((await titles())[0]).toBe("Anybody can prompt the model");
    await page.getByRole("combobox", { name: "Sort" }).click();
    await page.getByRole("option", { name: "By title" }).click();
    const sorted = await titles();
    expect(sorted).toEqual([...sorted].sort((a, b) => a.localeCompare(b, "en")));
    await close();
  });

  it("keeps filters, open findings and place over a reload", async () => {
    const { page, close } = await openReport(browser, full());
    await page.getByRole("button", { name: /critical The system prompt comes out/ }).click();
    await page.getByRole("button", { name: "Django", exact: true }).first().click();
    await search(page).fill("prompt");
    const before = await heads(page).count();
    await page.evaluate("scrollTo(0, 600)");
    await until(page, "JSON.parse(sessionStorage.getItem('spillcheck-report')).scroll === 600");
    await page.reload();
    await page.getByRole("heading", { level: 1 }).waitFor();
    expect(await search(page).inputValue()).toBe("prompt");
    expect(await heads(page).count()).toBe(before);
    expect(await page.locator(".finding.open .finding-title").allTextContents()).toContain(
      "The system prompt comes out",
    );
    expect(await page.getByRole("region", { name: "Django code" }).count()).toBeGreaterThan(0);
    await until(page, "scrollY === 600");
    await close();
  });

  it("starts afresh when its kept state cannot be read", async () => {
    const { page, complaints, close } = await openReport(browser, full());
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.evaluate('sessionStorage.setItem(\'spillcheck-report\', \'{"expanded": 3, "sort": "x"}\')');
    await page.reload();
    await page.getByRole("heading", { level: 1 }).waitFor();
    expect(await heads(page).count()).toBe(10);
    expect(complaints).toEqual([]);
    await close();
  });
});

describe("the keyboard", () => {
  it("moves through the list with arrows, opens with Enter, closes with Escape", async () => {
    const { page, close } = await openReport(browser, full());
    await heads(page).first().focus();
    await page.keyboard.press("Enter");
    expect(await page.locator(".finding.open").count()).toBe(0);
    await page.keyboard.press("ArrowDown");
    expect(await focused(page)).toContain("The system prompt comes out");
    await page.keyboard.press("Enter");
    expect(await page.locator(".finding.open .finding-title").allTextContents()).toEqual([
      "The system prompt comes out",
    ]);
    await page.keyboard.press("Tab");
    expect(await focused(page)).toBe("scan/system-prompt-leak");
    await page.keyboard.press("Escape");
    expect(await page.locator(".finding.open").count()).toBe(0);
    expect(await focused(page)).toContain("The system prompt comes out");
    await page.keyboard.press("End");
    expect(await focused(page)).toContain("plain HTTP");
    await page.keyboard.press("ArrowDown");
    expect(await focused(page)).toContain("plain HTTP");
    await page.keyboard.press("Home");
    await page.keyboard.press("ArrowUp");
    expect(await focused(page)).toContain("Anybody can prompt the model");
    await close();
  });

  it("reaches everything by Tab, in reading order, with a visible focus", async () => {
    const { page, close } = await openReport(browser, reportData(ordinary()));
    await page.getByRole("heading", { level: 1 }).waitFor();
    const places: { top: number; outline: boolean; sticky: boolean }[] = [];
    const seen = `(() => { const e = document.activeElement; const r = e.getBoundingClientRect(); const inner = e.shadowRoot?.activeElement ?? e;
      const outlined = (x) => { const s = getComputedStyle(x); return (s.outlineStyle !== "none" && s.outlineWidth !== "0px") || s.boxShadow !== "none"; };
      const parts = [e, inner, ...(e.shadowRoot?.querySelectorAll("*") ?? [])];
      return { top: r.top + scrollY, outline: e === document.body || parts.some(outlined) || e.tagName === "VSCODE-TEXTFIELD", sticky: !!e.closest("nav"), body: e === document.body }; })()`;
    for (let step = 0; step < 120; step++) {
      await page.keyboard.press("Tab");
      const place = await page.evaluate<{ top: number; outline: boolean; sticky: boolean; body: boolean }>(seen);
      if (place.body) break;
      places.push(place);
    }
    expect(places.length).toBeGreaterThan(30);
    expect(places.filter(({ outline }) => !outline)).toEqual([]);
    const fixed = places.filter(({ sticky }) => !sticky).map(({ top }) => top);
    const jumpsBack = fixed.filter((top, index) => index > 0 && top < (fixed[index - 1] ?? 0) - 60);
    // Two columns of one exchange are the only place where reading goes up again.
    expect(jumpsBack.length).toBeLessThanOrEqual(1);
    await close();
  });
});

describe("assistive technology", () => {
  it("has landmarks, one first heading, no skipped level, and a name on every control", async () => {
    const { page, close } = await openReport(
      browser,
      reportData(allIds(), { previous: earlier(), history: history() }),
    );
    await page.getByRole("button", { name: "Expand all" }).click();
    for (const role of ["banner", "navigation", "main", "contentinfo", "search"] as const)
      expect(await page.getByRole(role).count(), role).toBe(1);
    const levels = await page.evaluate<number[]>(
      "[...document.querySelectorAll('h1,h2,h3,h4,h5')].filter((h) => h.checkVisibility()).map((h) => Number(h.tagName[1]))",
    );
    expect(levels.filter((level) => level === 1)).toHaveLength(1);
    expect(levels.filter((level, index) => index > 0 && level > (levels[index - 1] ?? 0) + 1)).toEqual([]);
    const snapshot = await page.locator("body").ariaSnapshot();
    // The select's own arrow is the one picture without a name; it is the library's and says nothing.
    const nameless = snapshot
      .split("\n")
      .filter(
        (line, index, lines) =>
          !(
            /- img$/.test(line) &&
            /- combobox /.test(lines.slice(0, index).findLast((above) => above.search(/\S/) < line.search(/\S/)) ?? "")
          ),
      )
      .filter((line) => /^\s*- (?:button|link|combobox|searchbox|textbox|img|region|navigation)(?::|$| \[)/.test(line));
    expect(nameless).toEqual([]);
    const ids = await page.evaluate<string[]>("[...document.querySelectorAll('[id]')].map((e) => e.id)");
    expect(new Set(ids).size).toBe(ids.length);
    const dangling = await page.evaluate<string[]>(
      "[...document.querySelectorAll('[aria-controls],[aria-labelledby]')].flatMap((e) => [e.getAttribute('aria-controls'), e.getAttribute('aria-labelledby')]).filter((id) => id && !document.getElementById(id))",
    );
    expect(dangling).toEqual([]);
    await close();
  });

  it.each([
    ["light", "no-preference"],
    ["dark", "no-preference"],
    ["light", "more"],
    ["dark", "more"],
  ] as const)("has contrast of 4.5 to 1 or more: %s, contrast %s", async (colorScheme, contrast) => {
    const { page, close } = await openReport(browser, full(), { colorScheme, contrast });
    await page.getByRole("button", { name: "Expand all" }).click();
    expect(await page.evaluate<string[]>(CONTRAST)).toEqual([]);
    await close();
  });

  it("reflows at 320 pixels and at twice the text size", async () => {
    const { page, close } = await openReport(browser, reportData(allIds()), { viewport: { width: 320, height: 640 } });
    await page.getByRole("button", { name: "Expand all" }).click();
    const overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
    expect(await page.evaluate(overflow)).toBeLessThanOrEqual(0);
    await page.setViewportSize({ width: 640, height: 640 });
    await page.evaluate("document.documentElement.style.setProperty('zoom', '2')");
    expect(await page.evaluate(overflow)).toBeLessThanOrEqual(0);
    await close();
  });
});

/** Texts whose colour is too near to what is painted behind them (WCAG 2.2, 1.4.3); large and disabled text aside. */
const CONTRAST = `(() => {
  const parse = (text) => { const n = text.match(/[\\d.]+/g)?.map(Number) ?? [0, 0, 0, 0]; return text.startsWith("color(") ? n.slice(0, 3).map((v) => v * 255).concat(n[3] ?? 1) : [n[0], n[1], n[2], n[3] ?? 1]; };
  const linear = (v) => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
  const light = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  const over = (top, under) => top.slice(0, 3).map((v, i) => v * top[3] + under[i] * (1 - top[3]));
  const ground = (element) => { const layers = []; for (let e = element; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor); layers.push(c); if (c[3] === 1) break; }
    return layers.reverse().reduce((under, top) => over(top, under), [255, 255, 255]); };
  const poor = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const element = walk.currentNode.parentElement;
    if (!walk.currentNode.textContent.trim() || !element.checkVisibility() || element.closest(".offscreen, :disabled, script, noscript, svg")) continue;
    const style = getComputedStyle(element);
    const under = ground(element);
    const [a, b] = [light(over(parse(style.color), under)), light(under)];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) poor.push(ratio.toFixed(2) + " " + element.className + ": " + walk.currentNode.textContent.trim().slice(0, 40));
  }
  return [...new Set(poor)];
})()`;

describe("copies and files", () => {
  it("copies findings, requests and the report to the clipboard", async () => {
    const { page, close } = await openReport(browser, full(), { permissions: ["clipboard-read", "clipboard-write"] });
    const clipboard = () => page.evaluate<string>("navigator.clipboard.readText()");
    await page.getByRole("button", { name: "Copy as curl" }).first().click();
    await page.getByText("Copied the request as a curl command.").first().waitFor();
    expect(await clipboard()).toContain(`--data-raw '{"message":"It'\\''s a test`);
    await page.getByRole("button", { name: "Copy finding as Markdown" }).click();
    await page.getByText("Copied the finding as Markdown.").first().waitFor();
    expect(await clipboard()).toMatch(/^### CRITICAL: Anybody can prompt the model/);
    await page.getByRole("button", { name: "Copy as Markdown" }).click();
    await page.getByText("Copied the report as Markdown.").first().waitFor();
    expect(await clipboard()).toContain("**Grade D, 58/100**");
    await close();
  });

  it.each([
    ["JSON", "scan.json", (text: string) => expect(JSON.parse(text)).toEqual(ordinary())],
    ["SARIF", "scan.sarif", (text: string) => expect(JSON.parse(text).version).toBe("2.1.0")],
    ["JUnit", "scan.junit.xml", (text: string) => expect(text).toContain("<testsuites")],
    ["Markdown", "scan.md", (text: string) => expect(text).toContain("## Findings (10)")],
  ])("saves %s", async (button, name, check) => {
    const { page, requests, close } = await openReport(browser, reportData(ordinary()), { acceptDownloads: true });
    const waiting: Promise<Download> = page.waitForEvent("download");
    await page
      .getByRole("group", { name: "Save the report as" })
      .getByRole("button", { name: button, exact: true })
      .click();
    const download = await waiting;
    expect(download.suggestedFilename()).toBe(name);
    check(await readFile(await download.path(), "utf8"));
    expect(requests.filter((url) => !url.startsWith("blob:"))).toEqual([]);
    await close();
  });
});
