/** Model files from their YAML text, checked against the schema. */
import { parse } from "yaml";
import { type ModelFile, modelFile } from "./model-schema.js";

/**
 * Parses model files.
 * @throws Error naming the file and the first thing that is wrong with it
 */
export function parseModels(texts: readonly { file: string; text: string }[]): ModelFile[] {
  return texts.map(({ file, text }) => {
    // The bundle carries them as JSON, which is quicker to read.
    const data: unknown = text.startsWith("{") ? JSON.parse(text) : parse(text);
    const result = modelFile.safeParse(data);
    if (!result.success) {
      const first = result.error.issues[0];
      throw new Error(`${file}: ${first?.path.join(".") ?? ""}: ${first?.message ?? "is no model file"}`);
    }
    return result.data;
  });
}
