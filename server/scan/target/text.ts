/**
 * The beginning of a text, as a string of its own: a slice would hold on to the whole of it.
 * @param length in UTF-16 units
 */
export function copyOf(text: string, length: number): string {
  return text.length <= length ? text : Buffer.from(text.slice(0, length), "utf16le").toString("utf16le");
}
