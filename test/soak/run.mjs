/**
 * The soak: broken files, broken projects and sequences of edits, 100,000 inputs of them; a summary as JSON on standard
 * output. Goes on where the last run stopped (out/soak/state.json); exits with 1 when something was found.
 *
 *   npm run soak                             until 100,000 inputs have been looked at
 *   npm run soak -- --inputs 2000 --fresh    so many, from the beginning
 *   npm run soak -- --from 1234 --inputs 1   one case, by its number
 *   npm run soak -- --seeds DIR              real code besides the fixtures (repeatable; each subfolder is a project);
 *                                            SPILLCHECK_SOAK_SEEDS names such a folder, too
 *   npm run soak -- --kinds file,edits       some of: file, project, edits
 */
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import esbuild from "esbuild";
import { textLoaders } from "../../scripts/yaml-text.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const { values } = parseArgs({
  options: {
    inputs: { type: "string", default: "100000" },
    seeds: { type: "string", multiple: true },
    from: { type: "string" },
    fresh: { type: "boolean", default: false },
    kinds: { type: "string", default: "file,file,file,project,edits" },
    limit: { type: "string", default: "1000" },
    out: { type: "string", default: path.join("out", "soak") },
  },
});
const folder = path.resolve(root, values.out);
mkdirSync(folder, { recursive: true });
for (const [name, from] of [
  ["web-tree-sitter.wasm", "web-tree-sitter"],
  ["tree-sitter-python.wasm", "tree-sitter-python"],
])
  copyFileSync(path.join(root, "node_modules", from, name), path.join(folder, name));
await esbuild.build({
  absWorkingDir: root,
  entryPoints: ["test/soak/soak.ts"],
  outfile: path.join(folder, "soak.cjs"),
  bundle: true,
  platform: "node",
  format: "cjs",
  target: "node20.18",
  alias: { "web-tree-sitter": path.join(root, "node_modules/web-tree-sitter/web-tree-sitter.cjs") },
  mainFields: ["module", "main"],
  loader: textLoaders,
  sourcemap: "inline",
  logLevel: "warning",
});
const state = path.join(folder, "state.json");
if (values.fresh) rmSync(state, { force: true });

/** Folders of real code: their subfolders are projects of their own. */
const real = [...(values.seeds ?? []), process.env.SPILLCHECK_SOAK_SEEDS ?? ""].filter(Boolean).flatMap((dir) =>
  readdirSync(dir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
    .map((entry) => path.resolve(dir, entry.name)),
);
const { status } = spawnSync(
  process.execPath,
  [
    "--enable-source-maps",
    "--expose-gc",
    path.join(folder, "soak.cjs"),
    JSON.stringify({
      seeds: [path.join(root, "test/fixtures/robust"), ...real],
      inputs: Number(values.inputs),
      ...(values.from === undefined ? {} : { from: Number(values.from) }),
      state: values.from === undefined ? state : path.join(folder, "one.json"),
      wasm: folder,
      limitMs: Number(values.limit),
      kinds: values.kinds.split(","),
    }),
  ],
  { stdio: ["ignore", "inherit", "inherit"] },
);
process.exitCode = status ?? 1;
