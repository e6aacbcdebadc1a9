// Writes the settings that package.json contributes from their one source, the schemas of server/lsp/settings.ts.
//
//   node scripts/generate-settings.mjs           writes package.json
//   node scripts/generate-settings.mjs --check   fails when package.json is stale
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { loadTypeScript } from "./load-typescript.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));

/** The text of package.json as it should be. */
export async function packageWithSettings() {
  const { contributedSettings } = await loadTypeScript(
    'export { contributedSettings } from "./server/lsp/settings.js";',
  );
  const manifest = JSON.parse(readFileSync(`${root}package.json`, "utf8"));
  manifest.contributes.configuration.properties = contributedSettings();
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const wanted = await packageWithSettings();
  const same =
    JSON.stringify(JSON.parse(readFileSync(`${root}package.json`, "utf8"))) === JSON.stringify(JSON.parse(wanted));
  if (!same && process.argv.includes("--check")) {
    console.error("package.json: the contributed settings are stale; run node scripts/generate-settings.mjs.");
    process.exitCode = 1;
  } else if (!same) writeFileSync(`${root}package.json`, wanted);
}
