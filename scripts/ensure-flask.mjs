/**
 * Finds a Python with Flask for the tests' target: the distribution's python3, with Debian's python3-flask installed where
 * that is possible. Prints one line; exits 0 when there is one, 1 when not.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { pathToFileURL } from "node:url";

const PYTHONS = ["/usr/bin/python3", "python3", "python"];

function hasModule(python, module) {
  return spawnSync(python, ["-c", `import ${module}`], { stdio: "ignore" }).status === 0;
}

/**
 * Installs a package of the distribution where this process may: as root, with apt-get.
 * @param {string} name
 * @returns {boolean} whether it was installed
 */
export function installPackage(name) {
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) return false;
  // In runlevel 1 no service of the package is started.
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" };
  const run = (...args) => spawnSync("/usr/bin/apt-get", args, { env, stdio: "ignore", timeout: 120_000 }).status === 0;
  return (
    run("install", "-y", "--no-install-recommends", name) ||
    (run("update") && run("install", "-y", "--no-install-recommends", name))
  );
}

/**
 * @param {string} module importable name: "flask", "django"
 * @param {string} name the Debian package
 * @returns {{ python: string } | { missing: string }}
 */
export function ensurePython(module, name) {
  const found = () => PYTHONS.find((python) => hasModule(python, module));
  const python = found() ?? (installPackage(name) ? found() : undefined);
  if (python) return { python };
  return {
    missing: `no Python with ${module} was found, and ${name} could not be installed (apt-get install ${name})`,
  };
}

/** The same for Flask. */
export function ensureFlask() {
  return ensurePython("flask", "python3-flask");
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const result = ensureFlask();
  console.log("python" in result ? `Flask: ${result.python}` : `Flask: ${result.missing}`);
  process.exitCode = "python" in result ? 0 : 1;
}
