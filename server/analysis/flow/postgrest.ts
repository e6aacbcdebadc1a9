/** How PostgREST's `select` names columns: `id, mail:email, author:users!inner(name, email), data->>city`. */

const COLUMN =
  /^(?:(?<alias>[\p{L}\p{N}_ ]+):(?!:))?(?<name>[\p{L}\p{N}_]+)(?<json>(?:->>?[\p{L}\p{N}_]+)*)(?:::[\w ]+)?(?:\.(?<aggregate>\w+)\(\))?(?:::[\w ]+)?$/u;
const EMBEDDED =
  /^(?<spread>\.\.\.)?(?:(?<alias>[\p{L}\p{N}_ ]+):)?(?<name>[\p{L}\p{N}_]+)(?:![\p{L}\p{N}_]+)*\((?<inner>.*)\)$/su;

/**
 * The names that rows have in the answer, those of embedded rows below the name of what embeds them.
 * @returns `*` where every column is asked for; undefined where the text is none that PostgREST reads
 */
export function postgrestColumns(text: string): string[] | "*" | undefined {
  const columns: string[] = [];
  for (const part of topLevelParts(text)) {
    if (part === "*") return "*";
    const embedded = EMBEDDED.exec(part)?.groups;
    if (embedded) {
      const name = embedded.alias?.trim() ?? embedded.name!;
      const inner = embedded.inner!.trim() ? postgrestColumns(embedded.inner!) : [];
      if (inner === undefined) return undefined;
      if (embedded.spread) {
        if (inner === "*") return "*";
        columns.push(...inner);
      } else if (inner === "*") columns.push(name);
      else columns.push(...inner.map((c) => `${name}.${c}`));
      continue;
    }
    const column = COLUMN.exec(part)?.groups;
    if (!column) return undefined;
    const last = column.json?.split(/->>?/).at(-1);
    columns.push(column.alias?.trim() ?? column.aggregate ?? (last || column.name!));
  }
  return columns;
}

/** Parts between commas that stand in no brackets, trimmed. */
function topLevelParts(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  const take = (to: number): void => {
    const part = text.slice(from, to).trim();
    if (part) parts.push(part);
    from = to + 1;
  };
  for (let i = 0; i < text.length; i++) {
    if (text[i] === "(") depth++;
    else if (text[i] === ")") depth--;
    else if (text[i] === "," && depth === 0) take(i);
  }
  take(text.length);
  return parts;
}
