/** Variables of the environment that by their name hold a credential. */
import type { Label, Loc } from "./labels.js";
import { ext, type Value } from "./value.js";

/** Whether the variable holds a credential, as far as its name says. */
export const isSecretName = (name: string): boolean =>
  /(^|_)(API_?KEY|SECRET(_KEY)?|(ACCESS|PRIVATE|SERVICE|SERVICE_ROLE|SIGNING|ENCRYPTION|MASTER)_KEY|TOKEN|PASSWORD|PASSWD|CREDENTIALS?|CONNECTION_STRING|CONNSTRING|DSN|DATABASE_URL)$/i.test(
    name,
  );

/** Whether a library's mapping holds what the environment or a settings file says. */
export const holdsVariables = (q: string): boolean => /^(?:os\.environ|flask\.(?:Flask|current_app)\.config)$/.test(q);

/** The value of such a variable, read at `loc`; with a default it may be that. */
export function secretVariable(name: string, def: Value | undefined, loc: Loc): Value {
  const label: Label = {
    kind: "secret",
    key: `secret@${loc.id}`,
    step: { loc, msg: `the secret \`${name}\` is read from the environment`, prev: undefined },
    path: [],
    cleared: 0,
    weak: 0,
    doubt: 0,
    what: `\`${name}\``,
  };
  return { ...ext("os.environ[]"), labels: [label], ...(typeof def?.c === "string" ? { c: def.c } : {}) };
}
