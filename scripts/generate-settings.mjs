// Writes the settings that package.json contributes from their one source, the schemas of server/lsp/settings.ts.
//
//   node scripts/generate-settings.mjs           writes package.json
//   node scripts/generate-settings.mjs --check   fails when package.json is stale
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { textLoaders } from "./yaml-text.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));

/** The text of package.json as it should be. */
export async function packageWithSettings() {
  const bundled = await build({
    absWorkingDir: root,
    entryPoints: ["server/lsp/settings.ts"],
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
    loader: textLoaders,
    logLevel: "warning",
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire("file:///");' },
  });
  const source = Buffer.from(bundled.outputFiles[0].contents).toString("base64");
  const { contributedSettings } = await import(`data:text/javascript;base64,${source}`);
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
