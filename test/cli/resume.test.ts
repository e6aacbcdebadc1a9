/** A scan whose process is killed, and the one that goes on from its journal. */
import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { leakyReply } from "../../server/scan/lab/model.js";
import { allFindings, type ScanResult, scanResultSchema } from "../../server/scan/result.js";
import { jsonChat, serve, type TestEndpoint } from "../scan/endpoints.js";
import { folderWith } from "../support/folder.js";

const cli = path.resolve(__dirname, "../../dist/cli.js");
const SECRET = "resume-secret-81f3";
let endpoint: TestEndpoint | undefined;
afterEach(() => endpoint?.close());

interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  out: string;
  err: string;
}

function start(args: string[], folder: string): { child: ChildProcess; ended: Promise<Ended> } {
  const child = spawn(process.execPath, [cli, "scan", ...args, "--format", "json"], {
    cwd: folder,
    env: { ...process.env, SPILLCHECK_DATA_DIR: folder, SPILLCHECK_SECRET: SECRET },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let out = "";
  let err = "";
  child.stdout?.on("data", (chunk: Buffer) => {
    out += chunk;
  });
  child.stderr?.on("data", (chunk: Buffer) => {
    err += chunk;
  });
  const ended = new Promise<Ended>((resolve) =>
    child.once("close", (code, signal) => resolve({ code, signal, out, err })),
  );
  return { child, ended };
}

const read = (ended: Ended): ScanResult => scanResultSchema.parse(JSON.parse(ended.out));
const told = (result: ScanResult) =>
  allFindings(result)
    .map(({ id, severity, hits, evidence }) => {
      const same = evidence.replace(/\b[A-Z]{12}\b/g, "NONCE").replace(/within [\d.]+ s/, "within a moment");
      return [id, severity, hits, same].join();
    })
    .sort();

describe("spillcheck scan --resume", () => {
  it("goes on after the process was killed, and finds what an uninterrupted scan finds", async () => {
    let killAt = Number.POSITIVE_INFINITY;
    let answered = 0;
    let running: ChildProcess | undefined;
    const chat = jsonChat(leakyReply);
    endpoint = await serve((body, request, response) => {
      if (++answered >= killAt) {
        running?.kill("SIGKILL");
        return;
      }
      return chat(body, request, response);
    });
    const args = [endpoint.url, "--auth", "bearer"];
    const folder = folderWith({});
    const whole = read(await start([...args, "--no-history"], folder).ended);
    expect(readdirSync(folder)).toEqual([]);

    answered = 0;
    killAt = 31;
    const first = start(args, folder);
    running = first.child;
    expect((await first.ended).signal).toBe("SIGKILL");
    const journals = path.join(folder, "journals");
    const [name = ""] = readdirSync(journals);
    expect(statSync(path.join(journals, name)).mode & 0o077).toBe(0);
    expect(readFileSync(path.join(journals, name), "utf8")).not.toContain(SECRET);

    killAt = Number.POSITIVE_INFINITY;
    const resumed = read(await start([...args, "--resume"], folder).ended);
    const note = resumed.notes.find((text) => text.startsWith("Resumed: ")) ?? "";
    // Those whose answers were on their way when the process ended are asked again; the others are not.
    expect(Number(/\d+/.exec(note)?.[0])).toBeGreaterThan(20);
    expect(resumed.requests.sent).toBeLessThan(whole.requests.sent - 20);
    expect(told(resumed)).toEqual(told(whole));
    expect(resumed.score).toBe(whole.score);
    expect(readdirSync(journals)).toEqual([]);
  });

  it("says so when there is nothing to resume, and scans", async () => {
    endpoint = await serve(jsonChat(leakyReply));
    const folder = folderWith({});
    const ended = await start([endpoint.url, "--resume", "--checks", "encryption"], folder).ended;
    expect(ended.err).toContain("there is no interrupted scan of this endpoint with these settings");
    expect(read(ended).notes.join(" ")).not.toContain("Resumed");
  });
});
