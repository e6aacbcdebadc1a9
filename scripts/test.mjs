/**
 * Runs every test, the real editor included, and ends with a line `N passed, N failed` counted from the results.
 *
 *   node scripts/test.mjs [--unit]     --unit leaves the editor out
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

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

/** Counts one suite. What did not run, or could not even be loaded, did not pass. */
function count(name, status) {
  let report;
  try {
    report = JSON.parse(readFileSync(path.join(results, `${name}.json`), "utf8"));
  } catch {
    console.error(`The ${name} tests left no result.`);
    return { passed: 0, failed: 1 };
  }
  const tests = report.testResults.flatMap((file) => file.assertionResults);
  const passed = tests.filter((test) => test.status === "passed").length;
  const unloaded = report.testResults.filter((file) => file.status === "failed" && file.assertionResults.length === 0);
  for (const test of tests.filter((one) => one.status !== "passed" && one.status !== "failed")) {
    console.error(`${test.status}: ${test.fullName}`);
  }
  let failed = tests.length - passed + unloaded.length;
  // An error outside of any test, such as an unhandled rejection.
  if (status !== 0 && failed === 0) failed = 1;
  return { passed, failed };
}

const total = { passed: 0, failed: 0 };
mkdirSync(results, { recursive: true });
for (const { name, command } of suites) {
  if (name === "editor" && process.argv.includes("--unit")) continue;
  rmSync(path.join(results, `${name}.json`), { force: true });
  const { status } = spawnSync(process.execPath, command, { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
  const { passed, failed } = count(name, status);
  console.log(`${name} tests: ${passed} passed, ${failed} failed`);
  total.passed += passed;
  total.failed += failed;
}
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
