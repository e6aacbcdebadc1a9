/**
 * Finds a Python with Django for the tests' target: the distribution's python3, with Debian's python3-django installed where
 * that is possible. Prints one line; exits 0 when there is one, 1 when not.
 */
import { pathToFileURL } from "node:url";
import { ensurePython } from "./ensure-flask.mjs";

/** @returns {{ python: string } | { missing: string }} */
export function ensureDjango() {
  return ensurePython("django", "python3-django");
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const result = ensureDjango();
  console.log("python" in result ? `Django: ${result.python}` : `Django: ${result.missing}`);
  process.exitCode = "python" in result ? 0 : 1;
}
