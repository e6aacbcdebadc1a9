import { expect, it } from "vitest";
import { crossing, crossings } from "../../scripts/check-boundaries.mjs";

it("holds in the repository", () => {
  expect(crossings()).toEqual([]);
});

it.each([
  ["server/lsp/x.ts", "vscode"],
  ["server/main/x.ts", "vscode-languageserver/node"],
  ["server/analysis/flow/x.ts", "web-tree-sitter"],
  ["server/analysis/x.ts", "node:path"],
  ["server/scan/x.ts", "node:fs"],
  ["server/report/x.ts", "node:fs/promises"],
  ["client/x.ts", "undici"],
  ["server/analysis/x.ts", "../project/read.js"],
  ["server/report/x.ts", "../project/read.js"],
  ["server/project/x.ts", "../report/check-json.js"],
  ["server/lsp/x.ts", "../main/cli.js"],
  ["rules/a/rule.ts", "../../server/project/read.js"],
  ["client/x.ts", "../server/project/read.js"],
])("is crossed by %s importing %s", (file, name) => {
  expect(crossing(file, name)).toBeDefined();
});

it.each([
  ["client/x.ts", "vscode"],
  ["client/x.ts", "node:fs"],
  ["server/lsp/x.ts", "vscode-languageserver/node.js"],
  ["server/analysis/syntax/x.ts", "web-tree-sitter"],
  ["server/project/x.ts", "node:fs"],
  ["server/main/x.ts", "../../rules/index.js"],
  ["rules/a/rule.ts", "../../server/analysis/finding.js"],
])("is kept by %s importing %s", (file, name) => {
  expect(crossing(file, name)).toBeUndefined();
});
