import { type ChildProcess, spawn } from "node:child_process";
import path from "node:path";
import { createInterface } from "node:readline";

export interface PythonTarget {
  origin: string;
  close(): Promise<void>;
}

/** Starts a Python server that prints "listening PORT" when it accepts connections. */
export function startPython(
  python: string,
  folder: string,
  environment: Record<string, string>,
): Promise<PythonTarget> {
  const child: ChildProcess = spawn(python, [path.join(__dirname, folder, "app.py")], {
    env: { ...process.env, PORT: "0", PYTHONDONTWRITEBYTECODE: "1", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  return new Promise((resolve, reject) => {
    let errors = "";
    child.stderr?.on("data", (chunk: Buffer) => {
      errors = (errors + chunk.toString()).slice(-2_000);
    });
    child.once("exit", (code) => reject(new Error(`the ${folder} target ended with ${code}: ${errors}`)));
    if (!child.stdout) return reject(new Error("no output to read"));
    createInterface({ input: child.stdout }).on("line", (line) => {
      const port = /^listening (\d+)$/.exec(line)?.[1];
      if (!port) return;
      resolve({
        origin: `http://127.0.0.1:${port}`,
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
