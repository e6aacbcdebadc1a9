import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { allFindings, type Lab, runScan, type ScanResult, startLab } from "../../server/scan/index.js";

const ids = (result: ScanResult) => [...new Set(allFindings(result).map((finding) => finding.id))].sort();

describe("the lab", () => {
  let leaky: Lab;
  let hardened: Lab;
  beforeAll(async () => {
    leaky = await startLab({ kind: "leaky" });
    hardened = await startLab({ kind: "hardened" });
  });
  afterAll(async () => {
    await Promise.all([leaky.close(), hardened.close()]);
  });

  it("grades the leaky endpoint low and names what leaks", async () => {
    const result = await runScan({ url: leaky.url, knowledge: { systemPrompts: [leaky.systemPrompt] } });
    expect(ids(result)).toEqual(
      expect.arrayContaining([
        "system-prompt-leak",
        "instruction-override",
        "jailbreak",
        "data-exfiltration",
        "cost-exploitation",
        "unauthenticated-llm-endpoint",
      ]),
    );
    expect(["D", "F"]).toContain(result.grade);
  });

  it("finds nothing but the missing TLS on the hardened endpoint", async () => {
    const result = await runScan({ url: hardened.url, auth: { kind: "bearer" }, secret: hardened.secret ?? "" });
    expect(ids(result)).toEqual(["no-tls"]);
    expect(result.grade).toBe("A");
  });
});
