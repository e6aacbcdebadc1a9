// Packages the extension as `spillcheck-VERSION.vsix` from the allow-list in .vscodeignore, and fails when it is too big
// or holds what it should not.
//
//   node scripts/package.mjs
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
  "docs/schema/spillcheck-config.schema.json",
  "media/icon.png",
];

const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const packagePath = join(root, `${manifest.name}-${manifest.version}.vsix`);

// Builds first, as the manifest's vscode:prepublish says.
await createVSIX({ cwd: root, packagePath, dependencies: false });
const files = await listFiles({ cwd: root, dependencies: false });
const missing = NEEDED.filter((file) => !existsSync(join(root, file)) || !files.includes(file));
if (missing.length > 0) {
  console.error(`The package lacks ${missing.join(", ")}.`);
  process.exit(1);
}
const { size } = statSync(packagePath);
console.log(`${packagePath}: ${(size / 1e6).toFixed(2)} MB, ${files.length} files`);
for (const file of files) console.log(`  ${file}  ${(statSync(join(root, file)).size / 1e3).toFixed(0)} kB`);
if (size > LIMIT) {
  console.error(`The package is bigger than ${LIMIT / 1e6} MB.`);
  process.exit(1);
}
