/** A browser for the tests of the report page. */
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { expect } from "vitest";
import { type PageAssets, renderHtml } from "../../server/report/html.js";
import type { ReportData } from "../../server/report/scan-report-data.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
/** Screenshots for people to look at; not kept in the repository. */
export const screenshots = path.join(root, "out", "screenshots");

/** Longest wait for what the page does, in milliseconds. */
const WAIT_LIMIT = 60_000;

const CANDIDATES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Starts Chromium: `CHROMIUM_PATH`, else a distribution's, else an installed Chrome. */
export async function launch(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM_PATH ?? CANDIDATES.find((file) => existsSync(file));
  const args = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ];
  await mkdir(screenshots, { recursive: true });
  const timeout = 120_000;
  return chromium.launch({ ...(executablePath ? { executablePath } : { channel: "chrome" }), args, timeout });
}

/** The page's bundle as the build wrote it. */
export async function assets(): Promise<PageAssets> {
  const read = (name: string) => readFile(path.join(root, "dist", name), "utf8");
  return { script: await read("report-page.js"), style: await read("report-page.css") };
}

export interface OpenPage {
  page: Page;
  /** Everything that the page complained about, content security violations included. */
  complaints: string[];
  /** Every address that a request went to, the file itself left out. */
  requests: string[];
  close(): Promise<void>;
}

/** Opens HTML from a file, as a user would, and records complaints and requests. */
export async function openHtml(browser: Browser, html: string, options: BrowserContextOptions = {}): Promise<OpenPage> {
  const folder = await mkdtemp(path.join(tmpdir(), "spillcheck-report-"));
  const file = path.join(folder, "report.html");
  await writeFile(file, html);
  const url = pathToFileURL(file).href;
  const context = await browser.newContext({ viewport: { width: 1180, height: 900 }, ...options });
  context.setDefaultTimeout(WAIT_LIMIT);
  const page = await context.newPage();
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => {
    if (request.url() !== url) requests.push(request.url());
  });
  // What the content security policy stopped was never sent.
  page.on("requestfailed", (request) => {
    if (request.failure()?.errorText === "csp") requests.splice(requests.indexOf(request.url()), 1);
  });
  await page.goto(url);
  return {
    page,
    complaints,
    requests,
    async close() {
      await context.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/**
 * Waits until an expression holds in the page. Playwright's own waiting evaluates a string inside the page, which the
 * report's content security policy rightly forbids.
 */
export async function until(page: Page, expression: string): Promise<void> {
  await expect.poll(() => page.evaluate<boolean>(expression), { timeout: WAIT_LIMIT }).toBe(true);
}

/** Opens the stand-alone report. */
export async function openReport(
  browser: Browser,
  data: ReportData,
  options?: BrowserContextOptions,
): Promise<OpenPage> {
  return openHtml(browser, renderHtml(data, await assets()), options);
}
