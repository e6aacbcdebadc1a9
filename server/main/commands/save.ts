/** `--save FILE`: the result once more, in the form that the file's ending names. */
import { UsageError } from "../../project/errors.js";
import { anyOf } from "../../project/similar.js";

const endings: Readonly<Record<string, string>> = {
  ".json": "json",
  ".sarif": "sarif",
  ".xml": "junit",
  ".md": "markdown",
  ".html": "html",
  ".txt": "text",
};

/**
 * The format for a file's name.
 * @param formats what the command can write
 * @throws UsageError when the ending names none of them
 */
export function formatForFile<T extends string>(file: string, formats: readonly T[]): T {
  const ending = /\.\w+$/.exec(file)?.[0].toLowerCase() ?? "";
  const format = formats.find((one) => one === endings[ending]);
  if (format !== undefined) return format;
  const known = Object.entries(endings).flatMap(([end, name]) => (formats.some((one) => one === name) ? [end] : []));
  throw new UsageError(`--save ${file}: the name must end in ${anyOf(known)}, which says in which form to write.`);
}
