// Puts three pictures of the last run of the editor's suite where the README shows them. Run by hand, after a look at them.
import { copyFileSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
/** Picture of the suite to name in media/screenshots. */
const chosen = {
  "findings-light.png": "findings.png",
  "editor-dark.png": "quick-fix.png",
  "report-beside-code.png": "report.png",
};

const from = join(root, "out", "screenshots");
const to = join(root, "media", "screenshots");
mkdirSync(to, { recursive: true });
for (const [name, target] of Object.entries(chosen)) {
  if (!existsSync(join(from, name)))
    throw new Error(`${name} is not in out/screenshots: run npm run test:editor first.`);
  copyFileSync(join(from, name), join(to, target));
  console.log(`media/screenshots/${target}`);
}
