/** Model files from their YAML text, checked against the schema. */
import { parse } from "yaml";
import { type ModelFile, modelFile } from "./model-schema.js";

/** What the bundle carries in place of YAML: data that was checked when it was built. */
const CHECKED = '{"checked":';

/**
 * Parses model files.
 * @throws Error naming the file and the first thing that is wrong with it
 */
export function parseModels(texts: readonly { file: string; text: string }[]): ModelFile[] {
  return texts.map(({ file, text }) => {
    if (!text.startsWith(CHECKED)) return checkModel(parse(text), file);
    const { checked }: { checked: ModelFile } = JSON.parse(text);
    return checked;
  });
}

/**
 * A model file's data against the schema.
 * @throws Error naming the file and the first thing that is wrong with it
 */
export function checkModel(data: unknown, file: string): ModelFile {
  const result = modelFile.safeParse(data);
  if (result.success) return result.data;
  const first = result.error.issues[0];
  throw new Error(`${file}: ${first?.path.join(".") ?? ""}: ${first?.message ?? "is no model file"}`);
}
