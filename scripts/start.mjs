/**
 * `npm start`: builds, checks the sample app, scans the built-in practice endpoint, prints both results and leaves
 * `out/findings.sarif` and `out/report.html`. Ends with 0 when all of that worked, whatever was found.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "../esbuild.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const outputs = ["out/findings.sarif", "out/report.html"];

/** Runs the command line; ends the process where it could not do its work. */
function spillcheck(...args) {
  console.log(`\n$ spillcheck ${args.join(" ")}\n`);
  const { status } = spawnSync(process.execPath, [path.join(root, "dist", "cli.js"), ...args], {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (status !== 0) {
    console.error(`spillcheck ${args[0]} ended with ${status}.`);
    process.exit(1);
  }
}

console.log("Building dist/ ...");
try {
  await build({ clean: true, quiet: true });
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
mkdirSync(path.join(root, "out"), { recursive: true });
for (const file of outputs) rmSync(path.join(root, file), { force: true });

spillcheck("check", "media/sample", "--fail-on", "never", "--save", "out/findings.sarif");
spillcheck("scan", "--lab", "--save", "out/report.html");

for (const file of outputs) {
  if (existsSync(path.join(root, file))) console.log(`wrote ${file}`);
  else {
    console.error(`${file} was not written.`);
    process.exitCode = 1;
  }
}
