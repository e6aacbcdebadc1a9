/** Parts of a header's name that stand for a credential; and names that have such a part and carry none. */
const CREDENTIAL =
  /authorization|cookie|(?:^|[-_])(?:auth|key|token|secret|password|passwd)(?:$|[-_])|(?:api|access|subscription|team|app)[-_]?key|(?:auth|access)token/i;
const OTHERS = /idempotency|csrf|xsrf|^sec-|^access-control-|usage|count|limit|remaining/i;

/** True for a header that proves who sends a request, by its usual names: its value is a secret. */
export function isCredentialHeader(name: string): boolean {
  return CREDENTIAL.test(name.trim()) && !OTHERS.test(name);
}

/** A field of a body or a query whose value is a secret, by its usual names: `api_key`, `accessToken`, `password`. */
export function isCredentialField(name: string): boolean {
  const words = name.replace(/([a-z])([A-Z])/g, "$1_$2").toLowerCase();
  if (/csrf|public|(?:^|[-_.])(?:sort|primary|foreign|row)[-_]/.test(words)) return false;
  return /(?:^|[-_.])(?:api_?key|key|token|secret|password|passwd|pwd|auth|authorization|sig|signature|credentials?)$/.test(
    words,
  );
}

/** The first header of a file or setting whose value would be a secret; null when there is none. */
export function credentialHeaderOf(headers: Readonly<Record<string, string>>): string | null {
  return Object.keys(headers).find(isCredentialHeader) ?? null;
}
