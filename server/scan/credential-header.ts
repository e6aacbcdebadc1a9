/** Parts of a header's name that stand for a credential; and names that have such a part and carry none. */
const CREDENTIAL =
  /authorization|cookie|(?:^|[-_])(?:auth|key|token|secret|password|passwd)(?:$|[-_])|(?:api|access|subscription|team|app)[-_]?key|(?:auth|access)token/i;
const OTHERS = /idempotency|csrf|xsrf|^sec-|^access-control-|usage|count|limit|remaining/i;

/** True for a header that proves who sends a request, by its usual names: its value is a secret. */
export function isCredentialHeader(name: string): boolean {
  return CREDENTIAL.test(name.trim()) && !OTHERS.test(name);
}

/** The first header of a file or setting whose value would be a secret; null when there is none. */
export function credentialHeaderOf(headers: Readonly<Record<string, string>>): string | null {
  return Object.keys(headers).find(isCredentialHeader) ?? null;
}
