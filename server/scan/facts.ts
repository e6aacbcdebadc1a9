import { readData } from "./data.js";
import { type Knowledge, knowledgeSchema } from "./options.js";

/**
 * Reads a file with what is known of an endpoint: its prompts, secrets, tools, route and source lines, YAML or JSON.
 * @param file its name, for messages
 * @throws ScanError "bad-data" naming the place and what is wrong there
 */
export function readFacts(text: string, file: string): Knowledge {
  return readData(text, knowledgeSchema, file);
}
