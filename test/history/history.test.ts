import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { dataFolder, HistoryStore } from "../../server/project/history-store.js";
import { historyJson, historyText, sparkline } from "../../server/report/history-formats.js";
import { knownBefore } from "../../server/report/known.js";
import {
  endpointOf,
  looksLikeId,
  normalTarget,
  parseScan,
  retentionSchema,
  ScanHistory,
  trendOf,
} from "../../server/scan/history/index.js";
import { allFindings, type ScanResult } from "../../server/scan/result.js";
import { earlier, ordinary } from "../report-page/sample.js";
import { folderWith } from "../support/folder.js";

const defaults = retentionSchema.parse({});
const at = (started_at: string, more: Partial<ScanResult> = {}): ScanResult => ({ ...ordinary(), started_at, ...more });
const clock = (iso: string) => () => Date.parse(iso);

function openIn(folder: string, now = "2026-02-01T00:00:00Z") {
  return new ScanHistory(new HistoryStore(folder), clock(now));
}

describe("the data folder", () => {
  it.each([
    [{ SPILLCHECK_DATA_DIR: "/srv/kept", XDG_DATA_HOME: "/x" }, "linux", "/srv/kept"],
    [{ XDG_DATA_HOME: "/x/data" }, "linux", "/x/data/spillcheck"],
    [{ XDG_DATA_HOME: "relative" }, "linux", "/home/u/.local/share/spillcheck"],
    [{}, "linux", "/home/u/.local/share/spillcheck"],
    [{}, "darwin", "/home/u/Library/Application Support/SpillCheck"],
  ] as const)("is, for %j on %s, %s", (env, platform, folder) => {
    expect(dataFolder(env, platform, "/home/u")).toBe(folder);
  });

  it("is the local, not the roaming one on Windows", () => {
    expect(dataFolder({ LOCALAPPDATA: "C:\\Local" }, "win32", "C:\\Users\\u")).toBe("C:\\Local\\SpillCheck");
    expect(dataFolder({}, "win32", "C:\\Users\\u")).toBe("C:\\Users\\u\\AppData\\Local\\SpillCheck");
  });
});

describe("an endpoint", () => {
  it("has one normal form for spellings that are equal", () => {
    expect(normalTarget("HTTPS://Shop.Example:443/chat?b=2&a=1#top")).toBe("https://shop.example/chat?a=1&b=2");
    expect(normalTarget("localhost:5000/chat")).toBe("http://localhost:5000/chat");
  });

  it("holds no secrets", () => {
    const normal = normalTarget("https://user:hunter22@shop.example/chat?api_key=sk-12345&lang=en");
    expect(normal).not.toMatch(/hunter22|user|sk-12345/);
    expect(normal).toContain("lang=en");
  });

  it("is told by method and address", () => {
    const endpoint = (method: string, target: string) => endpointOf({ target, endpoint: { method } }).key;
    expect(endpoint("post", "http://A/x")).toBe(endpoint("POST", "http://a:80/x"));
    expect(endpoint("GET", "http://a/x")).not.toBe(endpoint("POST", "http://a/x"));
    expect(endpoint("POST", "http://a/x")).toMatch(/^[0-9a-f]{16}$/);
  });
});

describe("the history", () => {
  it("gives back what it kept, readable by its owner alone", () => {
    const folder = folderWith({});
    const result = at("2026-01-31T09:30:00.042Z");
    const { id, endpoint } = openIn(folder).save(result, defaults);
    expect(id).toMatch(/^20260131-093000-042[0-9a-f]{2}$/);
    expect(openIn(folder).find(id)[0]?.result).toEqual(result);
    const file = path.join(folder, "scans", endpoint.key, `${id}.json`);
    expect(parseScan(readFileSync(file, "utf8"))).toEqual(result);
    if (process.platform !== "win32") {
      expect(statSync(file).mode & 0o777).toBe(0o600);
      expect(statSync(path.dirname(file)).mode & 0o777).toBe(0o700);
    }
  });

  it("lists by endpoint, the last scanned first, each from old to new", () => {
    const history = openIn(folderWith({}));
    const other = { target: "http://127.0.0.1:9000/other" };
    for (const time of ["03", "01", "02"]) history.save(at(`2026-01-${time}T00:00:00.000Z`), defaults);
    history.save(at("2026-01-02T12:00:00.000Z", other), defaults);
    const days = history.endpoints().map((entries) => entries.map((entry) => entry.id.slice(6, 8)));
    expect(days).toEqual([["01", "02", "03"], ["02"]]);
    expect(history.at("HTTP://127.0.0.1:9000/other").flat()).toHaveLength(1);
    expect(history.before(at("2026-01-03T00:00:00.000Z"))).toHaveLength(2);
  });

  it("keeps so many scans of an endpoint, the newest", () => {
    const history = openIn(folderWith({}));
    for (const day of ["01", "02", "03", "04"])
      history.save(at(`2026-01-${day}T00:00:00.000Z`), { scans: 2, days: 365 });
    expect(history.endpoints()[0]?.map((entry) => entry.id.slice(6, 8))).toEqual(["03", "04"]);
  });

  it("drops what is older than the days, of any endpoint, and its empty folder", () => {
    const folder = folderWith({});
    openIn(folder).save(at("2026-01-01T10:00:00.000Z", { target: "http://127.0.0.1:1/old" }), defaults);
    const history = openIn(folder, "2026-02-01T12:00:00Z");
    history.save(at("2026-01-20T00:00:00.000Z"), { scans: 100, days: 30 });
    expect(history.endpoints().flat()).toHaveLength(1);
    expect(readdirSync(path.join(folder, "scans"))).toHaveLength(1);
  });

  it("leaves alone what it did not write, and names what it cannot read", () => {
    const folder = folderWith({});
    const history = openIn(folder);
    const { endpoint } = history.save(at("2026-01-31T09:30:00.000Z"), defaults);
    const scans = path.join(folder, "scans");
    writeFileSync(path.join(scans, endpoint.key, "20260130-093000-000ab.json"), '{"schema_version": ');
    writeFileSync(path.join(scans, endpoint.key, "notes.txt"), "mine");
    mkdirSync(path.join(scans, "empty"));
    expect(history.endpoints().flat()).toHaveLength(1);
    expect([...history.unreadable]).toEqual([`${endpoint.key}/20260130-093000-000ab.json`]);
    history.forget(history.endpoints().flat());
    expect(readFileSync(path.join(scans, endpoint.key, "notes.txt"), "utf8")).toBe("mine");
  });

  it("says in one sentence when it cannot be written", () => {
    const folder = folderWith({ file: "" });
    expect(() => openIn(path.join(folder, "file")).save(at("2026-01-31T09:30:00.000Z"), defaults)).toThrow(
      /^The scan history in .+ cannot be written: .+; choose another folder with SPILLCHECK_DATA_DIR\.$/,
    );
  });

  it.each([
    ["20260131-093000-04212", true],
    ["20260131", true],
    ["20260131-0930", true],
    ["2026", false],
    ["before.json", false],
    ["../../etc/passwd", false],
  ])("takes %s for an id: %s", (text, is) => {
    expect(looksLikeId(text)).toBe(is);
  });
});

describe("trends", () => {
  const scored = (...scores: (number | null)[]) => trendOf(scores.map((score) => ({ ...ordinary(), score })));

  it.each([
    [[40, 45, 60, 71], 11, "improving"],
    [[71, 60, 45], -15, "worsening"],
    [[60, 60, 60], 0, "steady"],
    [[60, null, 80], 20, "improving"],
    [[60], null, "unknown"],
    [[null, null], null, "unknown"],
    [[], null, "unknown"],
  ] as const)("of %j are %j, %s", (scores, change, direction) => {
    expect(scored(...scores)).toMatchObject({ change, direction });
  });

  it("are shown as bars, with a dot where there was no grade", () => {
    expect(sparkline([0, 12.4, 12.5, 50, 99, 100, null])).toBe("▁▁▂▅██·");
  });

  it("stand in the JSON with what each scan changed", () => {
    const history = openIn(folderWith({}));
    history.save({ ...earlier(), started_at: "2026-01-30T09:30:00.000Z" }, defaults);
    history.save(at("2026-01-31T09:30:00.000Z"), defaults);
    const [endpoint] = historyJson(history.endpoints()).endpoints;
    expect(endpoint?.scans.map((scan) => [scan.new, scan.fixed])).toEqual([
      [null, null],
      [1, 1],
    ]);
    expect(endpoint?.trend.direction).toBe("improving");
    expect(historyText(history.endpoints())).toContain("2 scans, the last on 2026-01-31 09:30:00 UTC");
  });

  it("cannot steer the terminal through a target", () => {
    const history = openIn(folderWith({}));
    history.save(at("2026-01-31T09:30:00.000Z", { target: "\u001b[2Jhttp ://x" }), defaults);
    expect(historyText(history.endpoints())).not.toContain("\u001b");
  });
});

describe("what is known of an endpoint", () => {
  const blind = (): ScanResult => {
    const result = ordinary();
    for (const category of Object.values(result.category_breakdown)) {
      category.status = "inconclusive";
      category.score = null;
      category.findings = [];
    }
    return { ...result, score: null, grade: null };
  };
  const ids = (result: ScanResult | undefined) => (result ? allFindings(result).map(({ id }) => id) : []);

  it("outlasts a scan that could not look", () => {
    expect(ids(knownBefore([earlier(), blind()])).sort()).toEqual(ids(earlier()).sort());
    expect(knownBefore([earlier(), blind()])?.grade).toBeNull();
  });

  it("ends with the scan that looked and did not find it", () => {
    expect(ids(knownBefore([earlier(), blind(), ordinary()]))).not.toContain("tool-abuse");
    expect(ids(earlier())).toContain("tool-abuse");
  });

  it("remembers that a deep scan found it, when shallow ones follow", () => {
    const deep = { ...earlier(), depth: "deep" as const };
    const quick = { ...ordinary(), depth: "quick" as const, withstood: [] };
    expect(ids(knownBefore([deep, quick, quick]))).toContain("tool-abuse");
  });

  it("is nothing without scans", () => {
    expect(knownBefore([])).toBeUndefined();
  });
});
