/**
 * Splits a command line that was quoted for Windows' command prompt, as browsers copy it there ("Copy as cURL (cmd)").
 *
 * Two programs read it, one after the other: the command prompt takes the carets away, then curl's runtime reads quotes and
 * backslashes (Microsoft, "Parsing C command-line arguments"). Browsers put a caret before whatever either may stumble over
 * and double every backslash, so every pair of them stands for one here.
 */

/** Whether a command is quoted that way: a caret before a quote, or at the end of a line. */
export const isForCommandPrompt = (command: string): boolean => /\^"|\^[ \t]*\r?\n/.test(command);

/**
 * @returns its words; undefined where a quote is not closed
 */
export function windowsWords(command: string): string[] | undefined {
  const text = withoutCarets(command);
  const words: string[] = [];
  let word: string | undefined;
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (c === '"') {
      word ??= "";
      // Older ones wrote a quote twice.
      if (quoted && text[i + 1] === '"') {
        word += c;
        i++;
      } else quoted = !quoted;
    } else if (c === "\\" && (text[i + 1] === '"' || text[i + 1] === "\\")) {
      word = (word ?? "") + text[++i];
    } else if (!quoted && /\s/.test(c)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? "") + c;
  }
  if (quoted) return undefined;
  if (word !== undefined) words.push(word);
  return words;
}

/** What the command prompt hands on: a caret and a line break are nothing, and a caret lets the next character be. */
const withoutCarets = (command: string): string => command.replace(/\^[ \t]*(?:\r?\n)([\s\S]?)|\^([\s\S]?)/g, "$1$2");
