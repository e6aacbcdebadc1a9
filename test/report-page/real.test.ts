/** The report of a real scan of the built-in practice endpoints. */
import path from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { reportData } from "../../server/report/scan-guides.js";
import { allFindings, type LabKind, runScan, type ScanResult, startLab } from "../../server/scan/index.js";
import { launch, openReport, screenshots } from "./browser.js";

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

async function scanLab(kind: LabKind): Promise<ScanResult> {
  const lab = await startLab({ kind });
  try {
    const given = lab.secret === null ? {} : { auth: { kind: "bearer" as const }, secret: lab.secret };
    return await runScan({ url: lab.url, seed: "report", knowledge: { systemPrompts: [lab.systemPrompt] }, ...given });
  } finally {
    await lab.close();
  }
}

describe("the report of a real scan", () => {
  it("shows every finding of the leaky endpoint, its guide and its marks", async () => {
    const result = await scanLab("leaky");
    const findings = allFindings(result);
    const { page, complaints, requests, close } = await openReport(browser, reportData(result));
    await page
      .getByRole("img", { name: `Grade ${result.grade}, score ${Math.round(result.score ?? -1)} out of 100` })
      .waitFor();
    await page.getByRole("button", { name: "Expand all" }).click();
    expect(await page.locator("[data-finding]").count()).toBe(findings.length);
    expect(await page.getByRole("region", { name: "Flask code" }).count()).toBe(findings.length);
    const marked = findings.filter(({ exchanges }) =>
      exchanges.some(({ response }) => response.overlaps.length),
    ).length;
    expect(marked).toBeGreaterThan(0);
    expect(await page.locator(".finding-body:has(untrusted-text mark)").count()).toBe(marked);
    await page.screenshot({ path: path.join(screenshots, "report-lab-leaky.png"), fullPage: true });
    expect(complaints).toEqual([]);
    expect(requests).toEqual([]);
    await close();
  });

  it("shows the hardened endpoint's good grade and what it withstood", async () => {
    const result = await scanLab("hardened");
    const { page, complaints, close } = await openReport(browser, reportData(result));
    await page
      .getByRole("img", { name: `Grade ${result.grade}, score ${Math.round(result.score ?? -1)} out of 100` })
      .waitFor();
    await page.screenshot({ path: path.join(screenshots, "report-lab-hardened.png"), fullPage: true });
    expect(result.withstood.length).toBeGreaterThan(0);
    await page.getByRole("button", { name: `${result.withstood.length} withstood` }).click();
    expect(
      await page
        .getByRole("region", { name: /^Withstood/ })
        .locator("li")
        .count(),
    ).toBe(result.withstood.length);
    expect(complaints).toEqual([]);
    await close();
  });
});
