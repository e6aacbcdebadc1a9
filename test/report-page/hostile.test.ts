/** Hostile contents in the stand-alone report: shown as text, never obeyed, nothing sent. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { renderHtml } from "../../server/report/html.js";
import { reportData } from "../../server/report/scan-guides.js";
import { assets, launch, openHtml, openReport, until } from "./browser.js";
import { finding, hostile, IDS, ordinary, result, SCRIPT } from "./sample.js";

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

describe("hostile contents", () => {
  it("shows script, mark-up, bidirectional controls and escapes as text", async () => {
    const { page, complaints, requests, close } = await openReport(browser, reportData(hostile()));
    await page.getByRole("heading", { level: 1 }).waitFor();
    expect(await page.title()).not.toBe("owned");
    expect(
      await page.locator("spillcheck-report img, spillcheck-report script, spillcheck-report iframe").count(),
    ).toBe(0);
    expect(await page.locator(".finding-title").textContent()).toContain(SCRIPT);
    const shown = await page.getByRole("main").innerText();
    expect(shown).toContain("U+202E");
    expect(shown).toContain("U+001B");
    for (const char of ["\u202e", "\u2066", "\u200b", "\u001b"]) {
      const plain = await page.evaluate<boolean>(
        `[...document.querySelectorAll("main *")].some((e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.data.includes(${JSON.stringify(char)})))`,
      );
      expect(plain, `U+${char.charCodeAt(0).toString(16)}`).toBe(false);
    }
    expect(complaints).toEqual([]);
    expect(requests).toEqual([]);
    await close();
  });

  it("draws a megabyte in portions", async () => {
    const { page, close } = await openReport(browser, reportData(hostile()));
    const more = page.getByRole("button", { name: /Show 20,000 more of/ });
    const evidence = page.getByRole("group", { name: "Evidence" });
    const before = (await evidence.innerText()).length;
    expect(before).toBeLessThan(6_000);
    await more.click();
    await until(page, `document.querySelector("[aria-label=Evidence]").textContent.length > ${before + 15_000}`);
    expect((await evidence.innerText()).length).toBeGreaterThan(20_000);
    await close();
  });

  it("runs no script but its own", async () => {
    const html = renderHtml(reportData(ordinary()), await assets());
    const bad = html.replace(
      "</body>",
      `<script>document.title = "owned"</script><img src="https://example.invalid/x.png" onerror="document.title='owned'"><p style="color: red" id="styled">x</p></body>`,
    );
    const { page, complaints, requests, close } = await openHtml(browser, bad);
    await page.getByRole("heading", { level: 1 }).waitFor();
    expect(await page.title()).not.toBe("owned");
    expect(complaints.filter((text) => text.includes("Content Security Policy")).length).toBeGreaterThanOrEqual(3);
    expect(requests.filter((url) => url.startsWith("http"))).toEqual([]);
    expect(await page.evaluate("getComputedStyle(document.getElementById('styled')).color")).not.toBe("rgb(255, 0, 0)");
    await close();
  });

  it("lets script of its own send nothing", async () => {
    const { page, requests, close } = await openReport(browser, reportData(ordinary()));
    await page.getByRole("heading", { level: 1 }).waitFor();
    const outcome = await page.evaluate<string>(
      "fetch('https://example.invalid/').then(() => 'sent', (error) => error.name)",
    );
    expect(outcome).toBe("TypeError");
    expect(requests.filter((url) => url.startsWith("http"))).toEqual([]);
    await close();
  });

  it("says so when the file's report cannot be read", async () => {
    const html = renderHtml(reportData(result([finding("bola", IDS.bola[0] ?? ["", "low", ""])])), await assets());
    const broken = html.replace('"schema_version":"1.0"', '"schema_version":1');
    const { page, close } = await openHtml(browser, broken);
    await page.getByText("This file holds no report that can be read.").first().waitFor();
    expect(await page.getByRole("main").innerText()).toBe("");
    await close();
  });

  it("is readable without script", async () => {
    const { page, close } = await openReport(browser, reportData(ordinary()), { javaScriptEnabled: false });
    const text = await page.locator("noscript").innerText();
    expect(text).toContain("Grade");
    expect(text).toContain("The system prompt comes out");
    await close();
  });
});
