import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";

/** The folder that holds the public repositories, each under its own name; see docs/detectors.md. */
export class DataFolder {
  constructor(private readonly top: string) {}

  has(repository: string): boolean {
    return existsSync(path.join(this.top, repository));
  }

  text(...parts: string[]): string {
    return readFileSync(path.join(this.top, ...parts), "utf8");
  }

  /** Files below a folder whose names end so, as paths relative to the data folder, sorted. */
  files(folder: string, ending: string): string[] {
    const found: string[] = [];
    const walk = (at: string): void => {
      for (const name of readdirSync(path.join(this.top, at)).sort()) {
        const below = path.join(at, name);
        if (statSync(path.join(this.top, below)).isDirectory()) walk(below);
        else if (name.endsWith(ending)) found.push(below);
      }
    };
    walk(folder);
    return found;
  }
}

/** Rows of a CSV text (RFC 4180: quotes, doubled quotes, line breaks inside quotes) as objects by the first row. */
export function readCsv(text: string): Record<string, string>[] {
  const rows: string[][] = [];
  let row: string[] = [];
  let field = "";
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const char = text[i] ?? "";
    if (quoted) {
      if (char !== '"') field += char;
      else if (text[i + 1] === '"') {
        field += '"';
        i++;
      } else quoted = false;
    } else if (char === '"' && field === "") quoted = true;
    else if (char === "," || char === "\n") {
      row.push(field.replace(/\r$/, ""));
      field = "";
      if (char === "\n") {
        rows.push(row);
        row = [];
      }
    } else field += char;
  }
  if (field !== "" || row.length > 0) rows.push([...row, field]);
  const [header = [], ...rest] = rows;
  return rest
    .filter((cells) => cells.length === header.length)
    .map((cells) => Object.fromEntries(header.map((name, i) => [name, cells[i] ?? ""])));
}

export function readJsonLines(text: string): unknown[] {
  return text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line): unknown => JSON.parse(line));
}
