import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ensureDjango } from "../../scripts/ensure-django.mjs";
import { ensureNginx } from "../../scripts/ensure-nginx.mjs";
import { runScan, ScanError, type ScanResult } from "../../server/scan/index.js";
import { findingIds, llmIds } from "../scan/endpoints.js";
import { folderWith } from "../support/folder.js";
import { run } from "../support/run.js";
import { type Certificates, makeCertificates } from "./certificates.js";
import { type NginxTarget, startNginx } from "./nginx.js";
import { type PythonTarget, startPython } from "./python-target.js";

const csrf = { cookie: "csrftoken", header: "X-CSRFToken" };
const folder = mkdtempSync(path.join(tmpdir(), "spillcheck-tls-"));
const closing: (PythonTarget | NginxTarget)[] = [];
let certificates: Certificates;
/** Addresses by Django's mode and by what nginx does about client certificates. */
const origins = { debug: "", production: "", optional: "" };

beforeAll(async () => {
  const django = ensureDjango();
  if ("missing" in django) throw new Error(`The Django target could not be started: ${django.missing}.`);
  const found = ensureNginx();
  if ("missing" in found) throw new Error(`nginx could not be started in front of it: ${found.missing}.`);
  certificates = makeCertificates(found.openssl, folder);
  for (const mode of ["debug", "production"] as const) {
    const target = await startPython(django.python, "django", { TARGET_MODE: mode, TARGET_TLS: "1" });
    closing.push(target);
    const common = { nginx: found.nginx, upstream: target.origin, certificates };
    const front = await startNginx({ ...common, folder: path.join(folder, mode), verify: "on" });
    closing.push(front);
    origins[mode] = front.origin;
    if (mode === "debug") continue;
    const lax = await startNginx({ ...common, folder: path.join(folder, "optional"), verify: "optional" });
    closing.push(lax);
    origins.optional = lax.origin;
  }
});
afterAll(async () => {
  for (const server of closing.reverse()) await server.close();
  rmSync(folder, { recursive: true, force: true });
});

const trusted = () => ({ ...certificates.client, ca: certificates.ca });
const scan = (origin: string, tls: Parameters<typeof runScan>[0]["tls"], route = "chat") =>
  runScan({ url: `${origin}/${route}/`, csrf, tls });
const withstood = (result: ScanResult) => result.withstood.map(({ id }) => id);

describe("Django behind nginx with mutual TLS", () => {
  it("is scanned with the client certificate, CSRF flow and all", async () => {
    const result = await scan(origins.production, trusted());
    expect(findingIds(result)).toEqual(
      expect.arrayContaining(["system-prompt-leak", "instruction-override", "jailbreak", "malformed-input-crash"]),
    );
    // The certificate is what tells callers apart, and nginx insists on it.
    expect(withstood(result)).toEqual(
      expect.arrayContaining(["client-certificate-not-enforced", "missing-hsts", "insecure-cookie"]),
    );
    for (const id of ["client-certificate-not-enforced", "no-tls", "missing-hsts", "weak-tls"])
      expect(findingIds(result)).not.toContain(id);
    expect(result.category_breakdown.encryption.score).toBe(100);
  });

  it("is not open to anyone", async () => {
    const result = await scan(origins.production, trusted(), "safe");
    expect(llmIds(result)).toEqual([]);
    expect(findingIds(result)).not.toContain("unauthenticated-endpoint");
    expect(result.grade).toBe("A");
  });

  it("shows the debug page through nginx in debug mode", async () => {
    const result = await scan(origins.debug, trusted());
    expect(findingIds(result)).toEqual(
      expect.arrayContaining(["debug-page-exposed", "stack-trace-exposed", "missing-hsts", "system-prompt-leak"]),
    );
  });

  it("has no grade without the client certificate, and the scan says what is asked for", async () => {
    const result = await scan(origins.production, { ca: certificates.ca });
    expect([result.score, result.grade]).toEqual([null, null]);
    expect(result.category_breakdown.llm_ai_security.reason).toBe(
      "it asks for a client certificate (400), see --cert and --key",
    );
    expect(findingIds(result)).not.toContain("unauthenticated-llm-endpoint");
  });

  it("takes no certificate of a stranger for one", async () => {
    const result = await scan(origins.production, { ...certificates.stranger, ca: certificates.ca });
    expect(result.grade).toBeNull();
    expect(result.category_breakdown.llm_ai_security.reason).toBe("it does not accept the client certificate (400)");
  });

  it("sees that a certificate is asked for and not required", async () => {
    const result = await scan(origins.optional, trusted());
    expect(findingIds(result)).toEqual(
      expect.arrayContaining(["client-certificate-not-enforced", "unauthenticated-endpoint"]),
    );
  });

  it("sends nothing to a server whose certificate does not verify", async () => {
    const refused = scan(origins.production, certificates.client);
    await expect(refused).rejects.toThrow(ScanError);
    await expect(refused).rejects.toMatchObject({ kind: "certificate", message: expect.stringContaining("--ca") });
  });

  it("is reached from the command line with files", async () => {
    const { client, ca } = certificates;
    const cwd = folderWith({ "client.pem": client.cert, "client.key": client.key, "ca.pem": ca });
    const flags = ["--cert", "client.pem", "--key", "client.key", "--ca", "ca.pem"];
    const flow = ["--csrf", "cookie:csrftoken=header:X-CSRFToken", "--no-history", "--format", "json"];
    const url = `${origins.production}/chat/`;
    const full = await run(["scan", url, ...flags, ...flow], cwd);
    expect(full.code).toBe(0);
    expect(full.out).toContain('"system-prompt-leak"');
    expect(full.out).not.toContain("PRIVATE KEY");
    const without = await run(["scan", url, "--ca", "ca.pem", ...flow], cwd);
    expect([without.code, without.err]).toEqual([3, expect.stringContaining("inconclusive")]);
    expect((await run(["scan", url, ...flags.slice(0, 4), ...flow], cwd)).code).toBe(2);
  });
});
