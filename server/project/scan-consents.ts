/** The hosts that the user agreed to have scanned, in the per-user folder. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { removeIfThere } from "./output.js";

const consentsSchema = z.object({ hosts: z.array(z.string()) });

/** More hosts than this are a list that nobody remembers to have agreed to; the oldest are asked about again. */
const MOST_HOSTS = 200;

/** The file with the hosts. @param folder what `dataFolder` gives */
export function consentsFile(folder: string): string {
  return path.join(folder, "consents.json");
}

/** The hosts agreed to, as `host:port`; none when the file cannot be read or is none. */
export function agreedHosts(folder: string): readonly string[] {
  try {
    const data: unknown = JSON.parse(readFileSync(consentsFile(folder), "utf8"));
    return consentsSchema.parse(data).hosts;
  } catch {
    return [];
  }
}

/**
 * Remembers a host.
 * @returns false when the file cannot be written; the user is then asked again the next time
 */
export function rememberHost(folder: string, host: string): boolean {
  const hosts = [...agreedHosts(folder).filter((one) => one !== host), host].slice(-MOST_HOSTS);
  const file = consentsFile(folder);
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(temporary, `${JSON.stringify({ hosts }, null, 2)}\n`, { mode: 0o600 });
    renameSync(temporary, file);
    return true;
  } catch {
    removeIfThere(temporary);
    return false;
  }
}
