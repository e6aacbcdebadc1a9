const SCOPE =
  /\b(only|solely|exclusively)\b[^.\n]{0,80}\b(about|answer|discuss|help|questions|topics|talk|respond|assist)\b|\b(answer|discuss|help|talk|respond|assist)\b[^.\n]{0,40}\b(only|solely|exclusively)\b/i;
const REFUSE =
  /\b(never|do not|don['’]t|must not|refuse|decline)\b[^.\n]{0,100}\b(other|off-?topic|unrelated|anything else|instructions|persona|role|character|override|ignore|games?|encod|decod|translat|arbitrary)/i;

/** Whether a known prompt forbids what a nonce probe asks for: tasks off its purpose, changed roles, overridden rules. */
export function forbidsOffTask(prompts: readonly string[]): boolean {
  return prompts.some((prompt) => SCOPE.test(prompt) || REFUSE.test(prompt));
}
