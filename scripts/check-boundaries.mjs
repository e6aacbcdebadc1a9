/**
 * Who may import what: the house's walls, as docs/architecture.md draws them. Run by `npm run lint`.
 * Prints each import that crosses a wall and fails when there is one.
 */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Packages and the only folders that may import them. */
const keepers = [
  { packages: /^vscode$|^vscode-languageclient(\/|$)/, folders: ["client/"] },
  { packages: /^vscode-(languageserver|jsonrpc)/, folders: ["server/lsp/"] },
  { packages: /^web-tree-sitter(\/|$)/, folders: ["server/analysis/syntax/"] },
  { packages: /^undici(\/|$)/, folders: ["server/scan/"] },
  { packages: /^(node:)?(http|https|http2|net|tls|dgram|dns)(\/|$)/, folders: ["server/scan/"] },
  { packages: /^(node:)?fs(\/|$)/, folders: ["server/project/"], within: "server/" },
  { packages: /^(node:)?child_process$/, folders: ["server/project/"], within: "server/" },
  { packages: /^commander$/, folders: ["server/main/"] },
];

/** Rooms and the rooms that they may look into. The longest matching room is the file's own. */
const rooms = {
  "client/report/page/": ["client/report/", "server/report/", "server/scan/", "server/analysis/", "media/"],
  "client/": ["client/", "server/lsp/", "server/report/", "server/scan/", "server/analysis/"],
  "server/analysis/": ["server/analysis/", "rules/lexicon.yaml", "rules/models/"],
  "server/project/": ["server/project/", "server/analysis/", "server/scan/"],
  "server/scan/": ["server/scan/", "server/analysis/", "rules/scan/"],
  "server/report/": ["server/report/", "server/analysis/", "server/scan/", "rules/scan/", "client/report/protocol.js"],
  "server/lsp/": ["server/lsp/", "server/analysis/", "server/project/", "server/report/", "server/scan/"],
  "server/main/": ["server/", "rules/"],
  "rules/": ["rules/", "server/analysis/"],
};

const importPattern =
  /(?:^|[;\n])\s*(?:import|export)\s+(?:type\s+)?(?:[\w*{}\s,$]+\s+from\s+)?["']([^"'\n]+)["']|\b(?:import|require)\(\s*["']([^"'\n]+)["']\s*\)/g;

/** Imports of a file's text, with the line each begins on. */
function importsOf(text) {
  return [...text.matchAll(importPattern)].map((match) => ({
    name: match[1] ?? match[2],
    line: text.slice(0, match.index + match[0].search(/\S/)).split("\n").length,
  }));
}

/** What is wrong with one import, or undefined. @param file path from the repository's root */
export function crossing(file, name) {
  if (!name.startsWith(".")) {
    for (const { packages, folders, within } of keepers) {
      if (!packages.test(name) || (within !== undefined && !file.startsWith(within))) continue;
      if (!folders.some((folder) => file.startsWith(folder))) return `only ${folders.join(", ")} may import ${name}`;
    }
    if (file.startsWith("server/analysis/") && /^node:/.test(name))
      return "the analysis is pure: nothing of Node in it";
    return undefined;
  }
  const room = Object.keys(rooms)
    .filter((folder) => file.startsWith(folder))
    .sort((a, b) => b.length - a.length)[0];
  if (room === undefined) return undefined;
  const target = path.posix.normalize(path.posix.join(path.posix.dirname(file), name));
  if (rooms[room].some((folder) => target.startsWith(folder))) return undefined;
  return `${room} may not import ${target}`;
}

/** Every crossing in the repository, as `file:line: what`. */
export function crossings() {
  const found = [];
  for (const top of ["client", "server", "rules"]) {
    for (const entry of readdirSync(path.join(root, top), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !/\.m?ts$/.test(entry.name)) continue;
      const full = path.join(entry.parentPath ?? entry.path, entry.name);
      const file = path.relative(root, full).split(path.sep).join("/");
      for (const { name, line } of importsOf(readFileSync(full, "utf8"))) {
        const wrong = crossing(file, name);
        if (wrong !== undefined) found.push(`${file}:${line}: ${wrong}`);
      }
    }
  }
  return found.sort();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const found = crossings();
  for (const one of found) console.error(one);
  if (found.length > 0) process.exitCode = 1;
  else console.log("Import boundaries hold.");
}
