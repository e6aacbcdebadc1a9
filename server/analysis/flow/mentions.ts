/** Whether any of the names occurs in an expression or in statements. */
export function mentions(node: unknown, names: ReadonlySet<string>): boolean {
  if (Array.isArray(node)) return node.some((n) => mentions(n, names));
  if (typeof node !== "object" || node === null) return false;
  if ("k" in node && node.k === "name" && "id" in node && typeof node.id === "string") return names.has(node.id);
  return Object.entries(node).some(([key, v]) => key !== "chunk" && mentions(v, names));
}
