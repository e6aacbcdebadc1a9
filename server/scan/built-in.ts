/** The built-in data files of the scan, for the build, which checks them once so that no start of a program has to. */
import type { z } from "zod";
import { type BuiltIn, checkData } from "./data.js";
import { secretsFile } from "./detect/secrets.js";
import { catalogueFile } from "./findings.js";
import { markersFile } from "./leak/markers.js";
import { stockFile } from "./leak/stock.js";
import { canaryFile } from "./leak/translate.js";
import { probeFiles } from "./probes/schema.js";
import { weightsFile } from "./score.js";

const files: readonly BuiltIn<z.ZodType>[] = [
  secretsFile,
  catalogueFile,
  markersFile,
  stockFile,
  canaryFile,
  ...probeFiles,
  weightsFile,
];

/**
 * The data of a built-in file as a bundle carries it; the data itself for files that the scan does not read.
 * @param file its path, with "/" between folders
 * @throws ScanError "bad-data" naming the file, the place and what is wrong there
 */
export function checkBuiltIn(data: unknown, file: string): unknown {
  const known = files.find(({ name }) => file.endsWith(`/${name}`));
  return known ? { checked: checkData(data, known.schema(), known.name) } : data;
}
