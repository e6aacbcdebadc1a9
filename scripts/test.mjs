/**
 * Runs every test, the real editor included, and ends with a line `N passed, N failed` counted from the results. What
 * failed, and what passed only when it was tried again, is named before it, and in `out/test-results/summary.txt`.
 *
 *   node scripts/test.mjs [--unit]     --unit leaves the editor out
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, tally } from "./test-tally.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const results = path.join(root, "out", "test-results");

/** A suite: what starts it, and the file that vitest's JSON reporter leaves. */
const suites = [
  {
    name: "unit",
    command: [
      path.join(root, "node_modules", "vitest", "vitest.mjs"),
      "run",
      "--reporter=default",
      "--reporter=json",
      "--outputFile.json=out/test-results/unit.json",
    ],
  },
  { name: "editor", command: [path.join(root, "scripts", "editor-host.mjs"), "test"] },
];

/** What vitest's JSON reporter left of a suite, if anything. */
function reportOf(name) {
  try {
    return JSON.parse(readFileSync(path.join(results, `${name}.json`), "utf8"));
  } catch {
    return undefined;
  }
}

const total = { passed: 0, failed: 0, failures: [], retried: [] };
const summary = path.join(results, "summary.txt");
mkdirSync(results, { recursive: true });
rmSync(summary, { force: true });
for (const { name, command } of suites) {
  if (name === "editor" && process.argv.includes("--unit")) continue;
  rmSync(path.join(results, `${name}.json`), { force: true });
  const { status } = spawnSync(process.execPath, command, { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
  const counted = tally(name, reportOf(name), status, root);
  console.log(`${name} tests: ${counted.passed} passed, ${counted.failed} failed`);
  total.passed += counted.passed;
  total.failed += counted.failed;
  total.failures.push(...counted.failures);
  total.retried.push(...counted.retried);
}
const told = describe(total);
if (told !== "") {
  writeFileSync(summary, told);
  console.log(`\n${told}`);
}
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
