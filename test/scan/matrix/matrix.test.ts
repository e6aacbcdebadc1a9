/** The lab matrix: every finding id planted in at least two shapes and found; nothing found on the hardened twins. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ensureNginx } from "../../../scripts/ensure-nginx.mjs";
import { findingKinds, planScan, runScan, type ScanOptionsInput, type ScanResult } from "../../../server/scan/index.js";
import { type Certificates, makeCertificates } from "../../targets/certificates.js";
import { findingIds } from "../endpoints.js";
import { App, SHAPES, type Shape, start, TOKENS } from "./app.js";
import type { Weakness } from "./weakness.js";
import { MODEL_WEAKNESSES, PROMPT } from "./weaknesses-model.js";
import { SERVICE_WEAKNESSES } from "./weaknesses-service.js";

const WEAKNESSES = [...MODEL_WEAKNESSES, ...SERVICE_WEAKNESSES];
const folder = mkdtempSync(path.join(tmpdir(), "spillcheck-matrix-"));
let certificates: Certificates;

beforeAll(() => {
  const found = ensureNginx();
  if ("missing" in found) throw new Error(`The certificates could not be made: ${found.missing}.`);
  certificates = makeCertificates(found.openssl, folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function scan(app: App, shape: Shape, more: Weakness["options"] = () => ({})): Promise<ScanResult> {
  const running = await start(app, shape, certificates);
  try {
    const common: ScanOptionsInput = {
      url: running.url,
      auth: { kind: "bearer" },
      secret: TOKENS.own,
      tls: { ca: certificates.ca },
      limits: { requestsPerSecond: 1_000 },
      ...shape.options,
    };
    const options = { ...common, ...more(certificates, new URL(running.url), shape) };
    const plan = await planScan(options);
    const result = await runScan(options);
    expect(result.requests.sent).toBeLessThanOrEqual(result.requests.budget);
    const { by_check } = result.requests;
    const over = plan.checks.filter(({ category, requests }) => (by_check[category] ?? 0) > requests);
    expect(over.map(({ category, requests }) => [category, by_check[category], requests])).toEqual([]);
    return result;
  } finally {
    await running.close();
  }
}

const CASES = WEAKNESSES.flatMap((weakness) =>
  SHAPES.filter((shape) => weakness.shapes.includes(shape.name)).map((shape) => ({
    name: `${weakness.id}${weakness.how ? `, ${weakness.how},` : ""} in ${shape.name}`,
    weakness,
    shape,
  })),
);

describe("the matrix", () => {
  it("plants every id of the catalogue in at least two shapes", () => {
    const planted = new Map<string, Set<string>>();
    for (const { weakness, shape } of CASES)
      planted.set(weakness.id, (planted.get(weakness.id) ?? new Set()).add(shape.name));
    const thin = Object.keys(findingKinds()).filter((id) => (planted.get(id)?.size ?? 0) < 2);
    expect(thin).toEqual([]);
    expect([...planted.keys()].filter((id) => !(id in findingKinds()))).toEqual([]);
  });

  it.each(CASES.map(({ name, ...each }) => [name, each] as const))(
    "finds %s, and nothing else",
    async (_name, each) => {
      const { weakness, shape } = each;
      const app = new App();
      weakness.plant(app, certificates);
      const result = await scan(app, shape, weakness.options);
      expect(findingIds(result)).toEqual([weakness.id, ...(weakness.also ?? [])].sort());
    },
  );
});

describe("the hardened twins", () => {
  it.each(SHAPES.map((shape) => [shape.name, shape] as const))(
    "has no finding at any depth in %s",
    async (_name, shape) => {
      const result = await scan(new App(), shape, () => ({ depth: "deep", knowledge: { systemPrompts: [PROMPT] } }));
      expect(findingIds(result)).toEqual([]);
      expect(result.grade).toBe("A");
    },
  );
});
