/**
 * Builds `dist/`: the extension and the report's page, each one file; the language server and the command line, which
 * share parts (`part-*.js`) and load each part when they need it; and the two WebAssembly files beside them.
 *
 *   node esbuild.mjs            build once; names (cli, server, ...) build only these
 *   node esbuild.mjs --watch    build again on each change
 *   node esbuild.mjs --meta     also write out/meta.json (what takes how much room)
 */

import { existsSync, readFileSync } from "node:fs";
import { copyFile, mkdir, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import esbuild from "esbuild";
import { loadTypeScript } from "./scripts/load-typescript.mjs";
import { textLoaders, yamlAsJson } from "./scripts/yaml-text.mjs";

const root = path.dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);
const version = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")).version;

/**
 * Entry point to bundle name. `page` is for the browser side of a webview; the others run in Node. `program`s are built
 * together and share parts.
 */
const entries = {
  "client/extension.ts": { out: "extension", kind: "extension" },
  "server/main/lsp.ts": { out: "server", kind: "program" },
  "server/main/cli.ts": { out: "cli", kind: "program" },
  "client/report/page/main.ts": { out: "report-page", kind: "page" },
};

const HASHBANG = "#!/usr/bin/env node\n";
/** Old parts are kept for so long, in milliseconds: a program that runs may still load them. */
const KEPT_MS = 3_600_000;

/** Files that the bundles read at run time, from where to which name in `dist/`. */
const copies = {
  "web-tree-sitter/web-tree-sitter.wasm": "web-tree-sitter.wasm",
  "tree-sitter-python/tree-sitter-python.wasm": "tree-sitter-python.wasm",
};

/** zod's messages in fifty languages are left out; the English ones come by another import. */
const oneLanguage = {
  name: "spillcheck-one-language",
  setup: (build) =>
    build.onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({ contents: "export {};" })),
};

const { checkModel, checkBuiltIn } = await loadTypeScript(`
  export { checkModel } from "./server/analysis/names/load-models.js";
  export { checkBuiltIn } from "./server/scan/built-in.js";`);
/** The models and the scan's data are checked here, once, and not again at each start of a program. */
const checkedModels = yamlAsJson(/rules[\\/]models[\\/].*\.yaml$/, (data, file) => ({
  checked: checkModel(data, path.basename(file)),
}));
const checkedScanData = yamlAsJson(/rules[\\/]scan[\\/].*\.yaml$/, (data, file) =>
  checkBuiltIn(data, file.replaceAll("\\", "/")),
);

function options(file, { out, kind }, watch) {
  const node = kind !== "page";
  return {
    absWorkingDir: root,
    entryPoints: { [out]: file },
    outdir: "dist",
    bundle: true,
    platform: node ? "node" : "browser",
    format: node ? "cjs" : "iife",
    target: node ? "node20.18" : "chrome120",
    // A CommonJS bundle cannot use the ESM build of web-tree-sitter, which looks for itself through import.meta.
    alias: node ? { "web-tree-sitter": require.resolve("web-tree-sitter") } : {},
    mainFields: node ? ["module", "main"] : ["browser", "module", "main"],
    external: kind === "extension" ? ["vscode"] : [],
    banner: out === "cli" ? { js: HASHBANG.trim() } : {},
    define: { SPILLCHECK_VERSION: JSON.stringify(version) },
    minify: !watch,
    sourcemap: watch ? "linked" : false,
    legalComments: "none",
    logLevel: "warning",
    metafile: true,
    loader: textLoaders,
    plugins: [checkedModels, checkedScanData, yamlAsJson(/rules[\\/].*\.yaml$/), oneLanguage],
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

/**
 * A script without letters beyond ASCII. esbuild leaves those in regular expressions alone, and a single one makes the
 * engine hold the whole script with two bytes a letter.
 * @throws Error where one stands behind a backslash, which an escape cannot follow
 */
function asciiOnly(text) {
  return text.replace(/(\\?)([^\0-\x7f])/g, (found, backslash, letter) => {
    if (backslash) throw new Error(`the bundle holds ${found}: write the letter without the backslash`);
    return `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}

/** A part in the form that Node and the editor load: CommonJS. esbuild splits ES modules only. */
async function asCommonJs(text) {
  const { code } = await esbuild.transform(text, {
    format: "cjs",
    platform: "node",
    target: "node20.18",
    minify: true,
    legalComments: "none",
    // The parts are loaded as they are, without the loader of ES modules.
    supported: { "dynamic-import": false },
  });
  return code;
}

/** Builds all programs at once. @returns what esbuild says of the bundle */
async function buildPrograms(programs) {
  const files = Object.fromEntries(programs.map(([file, { out }]) => [out, file]));
  const { entryPoints, banner, ...common } = options("", { out: "", kind: "program" }, false);
  const result = await esbuild.build({
    ...common,
    entryPoints: files,
    splitting: true,
    format: "esm",
    chunkNames: "part-[name]-[hash]",
    write: false,
  });
  const made = await Promise.all(
    result.outputFiles.map(async ({ path: file, text }) => {
      const name = path.basename(file);
      return { path: file, name, text: `${name === "cli.js" ? HASHBANG : ""}${await asCommonJs(text)}` };
    }),
  );
  // The entry points come last: what they load is there by then.
  const isPart = (file) => file.name.startsWith("part-");
  await Promise.all(made.filter(isPart).map(place));
  await Promise.all(made.filter((file) => !isPart(file)).map(place));
  await dropOldParts(new Set(made.map((file) => file.name)));
  return result.metafile;
}

async function dropOldParts(current) {
  const folder = path.join(root, "dist");
  for (const name of await readdir(folder)) {
    if (!name.startsWith("part-") || current.has(name)) continue;
    const file = path.join(folder, name);
    if (Date.now() - (await stat(file)).mtimeMs > KEPT_MS) await rm(file, { force: true });
  }
}

/** Writes in one step, so that a program that starts meanwhile never meets half a bundle. */
async function place(file) {
  const temporary = `${file.path}.${process.pid}`;
  const contents = file.path.endsWith(".js") ? asciiOnly(file.text) : file.contents;
  await writeFile(temporary, contents, { mode: file.path.endsWith("cli.js") ? 0o755 : 0o644 });
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
  const attempt = async (name, files, make) => {
    try {
      metas[name] = await make();
    } catch {
      failed.push(...files.map(([file]) => file));
      for (const [, { out }] of files) await rm(path.join(root, "dist", `${out}.js`), { force: true });
    }
  };
  const programs = wanted.filter(([, { kind }]) => kind === "program");
  const others = wanted.filter(([, { kind }]) => kind !== "program");
  await Promise.all([
    ...others.map(([file, entry]) =>
      attempt(entry.out, [[file, entry]], async () => {
        const result = await esbuild.build({ ...options(file, entry, false), write: false });
        await Promise.all(result.outputFiles.map(place));
        return result.metafile;
      }),
    ),
    ...(programs.length > 0 ? [attempt("programs", programs, () => buildPrograms(programs))] : []),
  ]);
  if (how.meta) {
    await mkdir(path.join(root, "out"), { recursive: true });
    await writeFile(path.join(root, "out", "meta.json"), JSON.stringify(metas));
  }
  if (!how.quiet) {
    const outputs = Object.values(metas).flatMap((meta) => Object.entries(meta.outputs));
    const isPart = ([name]) => path.basename(name).startsWith("part-");
    const kilobytes = (list) => `${(list.reduce((sum, [, { bytes }]) => sum + bytes, 0) / 1024).toFixed(0)} kB`;
    for (const one of outputs.filter((output) => !isPart(output))) console.log(`${one[0]}  ${kilobytes([one])}`);
    const parts = outputs.filter(isPart);
    if (parts.length > 0) console.log(`${parts.length} parts  ${kilobytes(parts)}`);
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
