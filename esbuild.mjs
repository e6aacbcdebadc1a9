/**
 * Builds `dist/`: the extension, the language server, the command line, its worker and the report's page, each one file,
 * with the two WebAssembly files beside them.
 *
 *   node esbuild.mjs            build once; names (cli, server, ...) build only these
 *   node esbuild.mjs --watch    build again on each change
 *   node esbuild.mjs --meta     also write out/meta.json (what takes how much room)
 */

import { existsSync, readFileSync } from "node:fs";
import { copyFile, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import esbuild from "esbuild";
import { textLoaders, yamlAsJson } from "./scripts/yaml-text.mjs";

const root = path.dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);
const version = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")).version;

/** Entry point to bundle name. `page` is for the browser side of a webview; the others run in Node. */
const entries = {
  "client/extension.ts": { out: "extension", kind: "extension" },
  "server/main/lsp.ts": { out: "server", kind: "node" },
  "server/main/cli.ts": { out: "cli", kind: "command" },
  "client/report/page/main.ts": { out: "report-page", kind: "page" },
};

/** Files that the bundles read at run time, from where to which name in `dist/`. */
const copies = {
  "web-tree-sitter/web-tree-sitter.wasm": "web-tree-sitter.wasm",
  "tree-sitter-python/tree-sitter-python.wasm": "tree-sitter-python.wasm",
};

function options(file, { out, kind }, watch) {
  const node = kind !== "page";
  return {
    absWorkingDir: root,
    entryPoints: [file],
    outfile: `dist/${out}.js`,
    bundle: true,
    platform: node ? "node" : "browser",
    format: node ? "cjs" : "iife",
    target: node ? "node20.18" : "chrome120",
    // A CommonJS bundle cannot use the ESM build of web-tree-sitter, which looks for itself through import.meta.
    alias: node ? { "web-tree-sitter": require.resolve("web-tree-sitter") } : {},
    mainFields: node ? ["module", "main"] : ["browser", "module", "main"],
    external: kind === "extension" ? ["vscode"] : [],
    banner: kind === "command" ? { js: "#!/usr/bin/env node" } : {},
    define: { SPILLCHECK_VERSION: JSON.stringify(version) },
    minify: !watch,
    keepNames: node,
    sourcemap: watch ? "linked" : false,
    legalComments: "none",
    logLevel: "warning",
    metafile: true,
    loader: textLoaders,
    plugins: [yamlAsJson(/rules[\\/]models[\\/].*\.yaml$/)],
  };
}

async function copyAssets() {
  await mkdir(path.join(root, "dist"), { recursive: true });
  for (const [from, to] of Object.entries(copies)) {
    const temporary = path.join(root, "dist", `${to}.${process.pid}`);
    await copyFile(path.join(root, "node_modules", from), temporary);
    await rename(temporary, path.join(root, "dist", to));
  }
}

/** Writes in one step, so that a program that starts meanwhile never meets half a bundle. */
async function place(file) {
  const temporary = `${file.path}.${process.pid}`;
  await writeFile(temporary, file.contents, { mode: file.path.endsWith("cli.js") ? 0o755 : 0o644 });
  await rename(temporary, file.path);
}

/**
 * Builds entry points once. One that fails does not keep the others from being built; its old bundle is taken away.
 * @param {{ quiet?: boolean, meta?: boolean, clean?: boolean, only?: string[] }} [how] `only`: names of bundles
 * @throws Error that names the entry points which failed (esbuild has printed why)
 */
export async function build(how = {}) {
  if (how.clean) await rm(path.join(root, "dist"), { recursive: true, force: true });
  await copyAssets();
  const wanted = Object.entries(entries).filter(
    ([file, { out }]) => existsSync(path.join(root, file)) && (!how.only?.length || how.only.includes(out)),
  );
  const failed = [];
  const metas = {};
  await Promise.all(
    wanted.map(async ([file, entry]) => {
      try {
        const result = await esbuild.build({ ...options(file, entry, false), write: false });
        await Promise.all(result.outputFiles.map(place));
        metas[entry.out] = result.metafile;
      } catch {
        failed.push(file);
        await rm(path.join(root, "dist", `${entry.out}.js`), { force: true });
      }
    }),
  );
  if (how.meta) {
    await mkdir(path.join(root, "out"), { recursive: true });
    await writeFile(path.join(root, "out", "meta.json"), JSON.stringify(metas));
  }
  if (!how.quiet) {
    for (const meta of Object.values(metas)) {
      for (const [name, o] of Object.entries(meta.outputs)) console.log(`${name}  ${(o.bytes / 1024).toFixed(0)} kB`);
    }
  }
  if (failed.length > 0) throw new Error(`the build failed for ${failed.sort().join(", ")}`);
}

async function watch() {
  await copyAssets();
  for (const [file, entry] of Object.entries(entries)) {
    if (!existsSync(path.join(root, file))) continue;
    const context = await esbuild.context(options(file, entry, true));
    await context.watch();
  }
  console.log("watching");
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const args = process.argv.slice(2);
  const has = (flag) => args.includes(flag);
  try {
    if (has("--watch")) await watch();
    else await build({ meta: has("--meta"), clean: has("--clean"), only: args.filter((arg) => !arg.startsWith("--")) });
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
