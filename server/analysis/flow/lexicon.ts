/** What names say, handed to the flow analysis from outside so that users can add to it. */
export interface Lexicon {
  /** Whether a field of that name holds personal data, a credential or an operational secret. */
  sensitive(name: string): { category: string } | undefined;
  /** Text of instructions for a model, as opposed to a fixed label around data. */
  instruction(text: string): boolean;
  /** A variable that by its name holds a system prompt or instructions. */
  promptName(name: string): boolean;
  /** A function that by its name calls a model. */
  llmName(name: string): boolean;
  sanitiserName(name: string): { kind: "redact" } | { kind: "guard"; unsafeWhen: boolean } | undefined;
}
