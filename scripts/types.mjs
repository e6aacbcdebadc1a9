/** Checks the types of every part that has a tsconfig of its own: the program, and the report's page (which has a DOM). */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const tsc = path.join(root, "node_modules", "typescript", "bin", "tsc");
const projects = [".", "client/report/page", "test/editor"].filter((folder) =>
  existsSync(path.join(root, folder, "tsconfig.json")),
);

for (const folder of projects) {
  const { status } = spawnSync(process.execPath, [tsc, "-p", folder], { cwd: root, stdio: "inherit" });
  if (status !== 0) process.exitCode = 1;
}
if (!process.exitCode) console.log(`Types hold in ${projects.join(", ")}.`);
