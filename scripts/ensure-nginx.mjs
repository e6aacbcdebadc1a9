/**
 * Finds nginx (Debian's nginx-light, installed where that is possible) and openssl, for the tests of mutual TLS.
 * Prints one line; exits 0 when both are there, 1 when not.
 */
import { spawnSync } from "node:child_process";
import { pathToFileURL } from "node:url";
import { installPackage } from "./ensure-flask.mjs";

const PROGRAMS = {
  nginx: { paths: ["/usr/sbin/nginx", "nginx"], probe: "-v", name: "nginx-light" },
  openssl: { paths: ["/usr/bin/openssl", "openssl"], probe: "version", name: "openssl" },
};

/** @param {"nginx" | "openssl"} program */
function ensure(program) {
  const { paths, probe, name } = PROGRAMS[program];
  const found = () => paths.find((path) => spawnSync(path, [probe], { stdio: "ignore" }).status === 0);
  return found() ?? (installPackage(name) ? found() : undefined);
}

/** @returns {{ nginx: string, openssl: string } | { missing: string }} */
export function ensureNginx() {
  const nginx = ensure("nginx");
  const openssl = ensure("openssl");
  if (nginx !== undefined && openssl !== undefined) return { nginx, openssl };
  const [program, name] = nginx === undefined ? ["nginx", PROGRAMS.nginx.name] : ["openssl", PROGRAMS.openssl.name];
  return { missing: `${program} was not found and could not be installed (apt-get install ${name})` };
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const result = ensureNginx();
  console.log("nginx" in result ? `nginx: ${result.nginx}, ${result.openssl}` : `nginx: ${result.missing}`);
  process.exitCode = "nginx" in result ? 0 : 1;
}
