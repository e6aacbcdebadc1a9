// Packages the extension as `spillcheck-VERSION.vsix` from the allow-list in .vscodeignore, and fails when it is too big
// or holds what it should not.
//
//   node scripts/package.mjs [--no-build]
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createVSIX, listFiles } from "@vscode/vsce";

const root = fileURLToPath(new URL("..", import.meta.url));
/** Upper bound of the package, in bytes. */
const LIMIT = 2.5 * 1000 * 1000;
/** What the package has to hold to work at all. */
const NEEDED = [
  "dist/extension.js",
  "dist/server.js",
  "dist/report-page.js",
  "dist/tree-sitter-python.wasm",
  "media/icon.png",
];

const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const packagePath = join(root, `${manifest.name}-${manifest.version}.vsix`);
if (!process.argv.includes("--no-build"))
  execFileSync(process.execPath, ["esbuild.mjs", "--clean"], { cwd: root, stdio: "inherit" });

const files = await listFiles({ cwd: root, dependencies: false });
const missing = NEEDED.filter((file) => !existsSync(join(root, file)) || !files.includes(file));
if (missing.length > 0) {
  console.error(`The package would lack ${missing.join(", ")}: build first.`);
  process.exit(1);
}
await createVSIX({ cwd: root, packagePath, dependencies: false, skipLicense: false, allowMissingRepository: false });
const { size } = statSync(packagePath);
console.log(`${packagePath}: ${(size / 1e6).toFixed(2)} MB, ${files.length} files`);
for (const file of files) console.log(`  ${file}  ${(statSync(join(root, file)).size / 1e3).toFixed(0)} kB`);
if (size > LIMIT) {
  console.error(`The package is bigger than ${LIMIT / 1e6} MB.`);
  process.exit(1);
}
