import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ensureDjango } from "../../scripts/ensure-django.mjs";
import { compareScans } from "../../server/report/compare.js";
import { runScan, type ScanOptionsInput, type ScanResult } from "../../server/scan/index.js";
import { findingIds, llmIds } from "../scan/endpoints.js";
import { type PythonTarget, startPython } from "./python-target.js";

const csrf = { cookie: "csrftoken", header: "X-CSRFToken" };
const modes = ["debug", "production"] as const;
let target: PythonTarget | undefined;
const results: Record<string, ScanResult> = {};

beforeAll(async () => {
  const django = ensureDjango();
  if ("missing" in django) throw new Error(`The Django target could not be started: ${django.missing}.`);
  let port = "0";
  for (const mode of modes) {
    // Both modes at the same address, as one server before and after: only so can the scans be compared.
    await target?.close();
    target = await startPython(django.python, "django", { TARGET_MODE: mode, PORT: port });
    const { origin } = target;
    port = new URL(origin).port;
    const scan = async (route: string, more: Partial<ScanOptionsInput> = { csrf }) =>
      runScan({ url: `${origin}/${route}/`, ...more });
    results[`${mode}/chat`] = await scan("chat");
    results[`${mode}/safe`] = await scan("safe");
    results[`${mode}/open`] = await scan("open", {});
    results[`${mode}/error`] = await scan("error", {});
    const member = { csrf, auth: { kind: "cookie", name: "sessionid" }, secret: "4c1e9a70-member" } as const;
    for (const route of ["members", "lax", "safe"]) results[`${mode}/signed-in/${route}`] = await scan(route, member);
    results[`${mode}/without`] = await scan("chat", {});
  }
});
afterAll(async () => {
  await target?.close();
});

function result(key: string): ScanResult {
  const found = results[key];
  if (!found) throw new Error(`There is no scan ${key}.`);
  return found;
}
const ids = (key: string) => findingIds(result(key));
const LEAKS = ["system-prompt-leak", "instruction-override", "jailbreak", "data-exfiltration", "model-disclosure"];

describe("a real Django server", () => {
  it.each(["debug/chat", "production/chat", "debug/open", "production/open"])("leaks through %s", (key) => {
    expect(ids(key)).toEqual(expect.arrayContaining(LEAKS));
  });

  it.each(modes)("finds as much behind the CSRF check as without it, in %s mode", (mode) => {
    expect(ids(`${mode}/chat`)).toEqual(ids(`${mode}/open`));
    // The malformed requests reach the view, and do not end at the CSRF check.
    expect(ids(`${mode}/chat`)).toContain("malformed-input-crash");
  });

  it.each(modes)("is inconclusive without the CSRF flow, and says what is missing, in %s mode", (mode) => {
    const without = result(`${mode}/without`);
    expect([without.score, without.grade]).toEqual([null, null]);
    expect(without.category_breakdown.llm_ai_security.reason).toContain("a CSRF token is missing, see --csrf");
    // A refusal for want of the token does not show that callers are told apart.
    expect(without.category_breakdown.authentication.status).toBe("inconclusive");
    expect(llmIds(without)).toEqual([]);
  });

  it("shows Django's debug page in debug mode alone", () => {
    for (const route of ["chat", "safe", "open", "error"]) {
      expect(ids(`debug/${route}`)).toContain("debug-page-exposed");
      for (const id of ["debug-page-exposed", "stack-trace-exposed", "error-detail-exposed"])
        expect(ids(`production/${route}`)).not.toContain(id);
    }
  });

  it("holds behind the filter", () => {
    expect(llmIds(result("production/safe"))).toEqual(["unauthenticated-llm-endpoint"]);
    expect(ids("production/safe")).toEqual([
      "no-tls",
      "server-banner",
      "unauthenticated-endpoint",
      "unauthenticated-llm-endpoint",
    ]);
  });

  it.each([
    ["safe", ["debug-page-exposed"]],
    ["chat", ["debug-page-exposed", "personal-data-exposed", "stack-trace-exposed"]],
  ])("is better at /%s/ in production mode, and the comparison says why", (route, fixed) => {
    const changes = compareScans(result(`debug/${route}`), result(`production/${route}`));
    expect(changes.sameTarget).toBe(true);
    expect(changes.fixed.map(({ id }) => id).sort()).toEqual(fixed);
    expect(changes.unverified).toEqual([]);
    expect(changes.score.before ?? 100).toBeLessThan(changes.score.after ?? 0);
    expect(changes.categories).toContainEqual(expect.objectContaining({ category: "data_exposure" }));
  });

  it("asks as nobody with a CSRF token of nobody's own, so that only the missing cookie decides", () => {
    const answered = (route: string) =>
      ids(`production/signed-in/${route}`).filter((id) => id.startsWith("unauthenticated"));
    expect(answered("members")).toEqual([]);
    const stood = result("production/signed-in/members").withstood.map(({ id }) => id);
    expect(stood).toEqual(expect.arrayContaining(["unauthenticated-endpoint", "unauthenticated-llm-endpoint"]));
    // Any cookie of that name will do: the made-up one shows it.
    expect(answered("lax")).toEqual(["unauthenticated-endpoint"]);
    expect(answered("safe")).toEqual(["unauthenticated-endpoint", "unauthenticated-llm-endpoint"]);
  });

  it("has no grade where nothing but errors comes", () => {
    expect(result("production/error").grade).toBeNull();
    expect(result("production/error").category_breakdown.llm_ai_security.reason).toContain("500");
  });
});
