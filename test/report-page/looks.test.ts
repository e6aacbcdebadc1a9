/** The report in each theme, on a narrow panel and on paper; the screenshots are for people to look at. */
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Browser, BrowserContextOptions } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { reportData } from "../../server/report/scan-guides.js";
import { launch, openReport, screenshots } from "./browser.js";
import { allIds, earlier, history, hostile, ordinary, withoutGrade } from "./sample.js";

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
  await mkdir(screenshots, { recursive: true });
});
afterAll(() => browser.close());

const full = () => reportData(ordinary(), { previous: earlier(), history: history() });

const LOOKS: [string, BrowserContextOptions][] = [
  ["light", { colorScheme: "light" }],
  ["dark", { colorScheme: "dark" }],
  ["contrast-dark", { colorScheme: "dark", contrast: "more" }],
  ["contrast-light", { colorScheme: "light", contrast: "more" }],
  ["narrow", { colorScheme: "light", viewport: { width: 320, height: 800 } }],
  ["forced-colors", { forcedColors: "active" }],
];

describe("the report's looks", () => {
  it.each(LOOKS)("fits and has no complaint: %s", async (name, options) => {
    const { page, complaints, close } = await openReport(browser, full(), options);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.screenshot({ path: path.join(screenshots, `report-${name}.png`), fullPage: true });
    const wide = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
    expect(wide).toBeLessThanOrEqual(0);
    expect(complaints).toEqual([]);
    await close();
  });

  it.each([
    ["all-ids", () => reportData(allIds())],
    ["hostile", () => reportData(hostile())],
    ["without-grade", () => reportData(withoutGrade())],
  ])("is drawn whole: %s", async (name, data) => {
    const { page, complaints, close } = await openReport(browser, data());
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.screenshot({ path: path.join(screenshots, `report-${name}.png`), fullPage: true });
    expect(complaints).toEqual([]);
    await close();
  });

  it("prints everything, whatever is filtered or closed on the screen", async () => {
    const { page, close } = await openReport(browser, full(), { colorScheme: "dark" });
    await page.getByRole("searchbox", { name: "Search findings" }).fill("nothing has this");
    await page.emulateMedia({ media: "print" });
    await page.getByText("Chat-template markers are in a reply").first().waitFor();
    expect(await page.getByText("Django", { exact: true }).count()).toBeGreaterThan(5);
    await page.screenshot({ path: path.join(screenshots, "report-print.png"), fullPage: true });
    await page.emulateMedia({ media: null });
    await writeFile(path.join(screenshots, "report.pdf"), await page.pdf({ format: "A4", printBackground: true }));
    await close();
  });
});
