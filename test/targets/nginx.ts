/** nginx on loopback in front of another server, with TLS and client certificates. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { createInterface } from "node:readline";
import type { Certificates } from "./certificates.js";

export interface NginxTarget {
  origin: string;
  close(): Promise<void>;
}

export interface NginxOptions {
  /** The program. */
  nginx: string;
  /** For its files; absolute and its own. */
  folder: string;
  /** "http://127.0.0.1:5000" */
  upstream: string;
  certificates: Certificates;
  /** Whether a client certificate is required, or asked for and not required. */
  verify: "on" | "optional";
}

function configuration(port: number, { folder, upstream, certificates, verify }: NginxOptions): string {
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
  return `daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
error_log stderr notice;
events {}
http {
  access_log off;
  server_tokens off;
${temporary.map((name) => `  ${name}_temp_path ${folder}/${name};`).join("\n")}
  client_body_buffer_size 1m;
  proxy_max_temp_file_size 0;
  server {
    listen 127.0.0.1:${port} ssl;
    ssl_certificate ${certificates.files.cert};
    ssl_certificate_key ${certificates.files.key};
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_client_certificate ${certificates.files.ca};
    ssl_verify_client ${verify};
    location / {
      proxy_pass ${upstream};
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-Proto https;
    }
  }
}
`;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() =>
        address && typeof address === "object" ? resolve(address.port) : reject(new Error("There is no free port.")),
      );
    });
  });
}

/** Starts nginx and waits for its worker. The port was free a moment before; where it is no longer, another is tried. */
export async function startNginx(options: NginxOptions): Promise<NginxTarget> {
  for (let tries = 1; ; tries++) {
    const port = await freePort();
    try {
      return await startOn(port, options);
    } catch (error) {
      if (tries === 3 || !String(error).includes("bind()")) throw error;
    }
  }
}

function startOn(port: number, options: NginxOptions): Promise<NginxTarget> {
  mkdirSync(options.folder, { recursive: true });
  const file = path.join(options.folder, "nginx.conf");
  writeFileSync(file, configuration(port, options));
  const child: ChildProcess = spawn(options.nginx, ["-p", options.folder, "-c", file], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  return new Promise((resolve, reject) => {
    let said = "";
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`nginx ended with ${code}: ${said}`)));
    if (!child.stderr) return reject(new Error("no output to read"));
    createInterface({ input: child.stderr }).on("line", (line) => {
      said = `${said}${line}\n`.slice(-2_000);
      if (!/start worker process \d/.test(line)) return;
      resolve({
        origin: `https://127.0.0.1:${port}`,
        close: () =>
          new Promise((done) => {
            child.removeAllListeners("exit");
            child.once("exit", () => done());
            child.kill();
          }),
      });
    });
  });
}
