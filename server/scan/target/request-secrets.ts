/** Secrets that stand in a request's address or body, by the names of their fields. */
import { isCredentialField } from "../credential-header.js";
import { PROMPT } from "./shape.js";

export interface SecretField {
  name: string;
  value: string;
}

/** Those of some fields that hold a secret. */
export function secretsAmong(fields: Iterable<SecretField>): SecretField[] {
  return [...fields].filter(({ name, value }) => value !== "" && !value.includes(PROMPT) && isCredentialField(name));
}

const pairs = (text: string): SecretField[] => [...new URLSearchParams(text)].map(([name, value]) => ({ name, value }));

/** The secrets in the query of an address. */
export function secretsInUrl(url: string): SecretField[] {
  const at = url.indexOf("?");
  return at < 0 ? [] : secretsAmong(pairs(url.slice(at + 1).replace(/#.*$/s, "")));
}

/** The secrets in a body: of JSON at any depth, else of a form. */
export function secretsInBody(body: string): SecretField[] {
  const fields: SecretField[] = [];
  try {
    JSON.parse(body, (name: string, value: unknown) => {
      if (typeof value === "string") fields.push({ name, value });
      return value;
    });
  } catch {
    return /^[\w.[\]%+-]+=/.test(body) ? secretsAmong(pairs(body)) : [];
  }
  return secretsAmong(fields);
}

/** The values of all secrets in a request's address and body. */
export function secretsInRequest({ url, bodyTemplate }: { url: string; bodyTemplate?: string }): string[] {
  return [...secretsInUrl(url), ...secretsInBody(bodyTemplate ?? "")].map(({ value }) => value);
}
