/** Certificates for one test, made by openssl: an authority, a server on loopback, a client, and a client of a stranger. */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

export interface Pem {
  cert: string;
  key: string;
}

export interface Certificates {
  /** Absolute paths of the files, for a server's configuration. */
  files: { ca: string; cert: string; key: string };
  /** The authority's certificate (PEM). */
  ca: string;
  client: Pem;
  /** Signed by an authority that nobody trusts. */
  stranger: Pem;
}

/**
 * Makes the certificates, valid for a day.
 * @param openssl the program
 * @param folder where the files go; absolute
 */
export function makeCertificates(openssl: string, folder: string): Certificates {
  const file = (name: string) => path.join(folder, name);
  const run = (...args: string[]) => execFileSync(openssl, args, { cwd: folder, stdio: "pipe" });
  const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const authority = (name: string) =>
    run(
      "req",
      "-x509",
      ...newKey,
      "-days",
      "1",
      "-subj",
      `/CN=${name}`,
      "-keyout",
      `${name}.key`,
      "-out",
      `${name}.pem`,
    );
  const signed = (name: string, by: string, extensions: string) => {
    writeFileSync(file(`${name}.ext`), extensions);
    run("req", ...newKey, "-subj", `/CN=${name}`, "-keyout", `${name}.key`, "-out", `${name}.csr`);
    const signing = ["-CA", `${by}.pem`, "-CAkey", `${by}.key`, "-CAcreateserial", "-days", "1"];
    run("x509", "-req", "-in", `${name}.csr`, ...signing, "-extfile", `${name}.ext`, "-out", `${name}.pem`);
  };
  authority("ca");
  authority("other-ca");
  signed("server", "ca", "subjectAltName=IP:127.0.0.1,DNS:localhost\nextendedKeyUsage=serverAuth\n");
  signed("client", "ca", "extendedKeyUsage=clientAuth\n");
  signed("stranger", "other-ca", "extendedKeyUsage=clientAuth\n");
  const pem = (name: string): Pem => ({
    cert: readFileSync(file(`${name}.pem`), "utf8"),
    key: readFileSync(file(`${name}.key`), "utf8"),
  });
  return {
    files: { ca: file("ca.pem"), cert: file("server.pem"), key: file("server.key") },
    ca: readFileSync(file("ca.pem"), "utf8"),
    client: pem("client"),
    stranger: pem("stranger"),
  };
}
