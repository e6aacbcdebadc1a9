/**
 * Credentials and internal addresses in literals: keys by their makers' prefixes, connection strings with a password, values
 * given where a credential belongs; hosts that only a private network knows. Placeholders are none of these.
 */

export interface Credential {
  /** `openai`, `aws`, `jwt`, `connection-string`, `password`, ... */
  kind: string;
  /** Where it stands in the text, in UTF-16 code units. */
  start: number;
  end: number;
}

/** How a header says what kind of key comes behind it: `Bearer sk-...`. */
export const AUTH_SCHEME = /^(?:Bearer|Token|Basic|Key)\s+/i;

/** An address that only a private network knows. */
export interface InternalAddress {
  /** The address as the text has it. */
  url: string;
  start: number;
  end: number;
}

/** Texts longer than this are looked at up to here. */
const LONGEST = 50_000;

/** Prefixes that makers give their keys, and what follows them. Every repetition is bounded and begins behind a fixed text. */
const VENDORS: readonly { kind: string; pattern: RegExp }[] = [
  { kind: "anthropic", pattern: /\bsk-ant-[A-Za-z0-9_-]{16,200}/ },
  { kind: "openrouter", pattern: /\bsk-or-(?:v1-)?[A-Za-z0-9]{24,128}/ },
  { kind: "openai", pattern: /\bsk-(?:proj-|svcacct-|admin-|None-)?[A-Za-z0-9_-]{20,220}/ },
  { kind: "langfuse", pattern: /\bsk-lf-[0-9a-f-]{36}/ },
  { kind: "stripe", pattern: /\b[sr]k_live_[A-Za-z0-9]{16,128}/ },
  { kind: "aws", pattern: /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/ },
  { kind: "github", pattern: /\bgh[pousr]_[A-Za-z0-9]{36,255}|\bgithub_pat_[A-Za-z0-9_]{40,255}/ },
  { kind: "gitlab", pattern: /\bglpat-[A-Za-z0-9_-]{20,64}/ },
  { kind: "google", pattern: /\bAIza[0-9A-Za-z_-]{35}|\bya29\.[0-9A-Za-z_-]{20,300}/ },
  { kind: "huggingface", pattern: /\bhf_[A-Za-z0-9]{30,64}/ },
  { kind: "slack", pattern: /\bxox[abeoprs]-[A-Za-z0-9-]{20,200}|\bxapp-\d-[A-Za-z0-9-]{20,200}/ },
  {
    kind: "slack-webhook",
    pattern: /hooks\.slack\.com\/services\/T[A-Z0-9]{6,16}\/B[A-Z0-9]{6,16}\/[A-Za-z0-9]{16,64}/,
  },
  { kind: "sendgrid", pattern: /\bSG\.[A-Za-z0-9_-]{16,64}\.[A-Za-z0-9_-]{16,64}/ },
  { kind: "twilio", pattern: /\bSK[0-9a-f]{32}\b/ },
  { kind: "groq", pattern: /\bgsk_[A-Za-z0-9]{40,64}/ },
  { kind: "replicate", pattern: /\br8_[A-Za-z0-9]{30,48}/ },
  { kind: "perplexity", pattern: /\bpplx-[A-Za-z0-9]{32,64}/ },
  { kind: "xai", pattern: /\bxai-[A-Za-z0-9]{40,128}/ },
  { kind: "fireworks", pattern: /\bfw_[A-Za-z0-9]{20,40}\b/ },
  { kind: "tavily", pattern: /\btvly-(?:dev-|prod-)?[A-Za-z0-9]{24,64}/ },
  { kind: "pinecone", pattern: /\bpcsk_[A-Za-z0-9_]{40,100}/ },
  { kind: "langsmith", pattern: /\blsv2_(?:pt|sk)_[0-9a-f]{32}_[0-9a-f]{10}/ },
  { kind: "npm", pattern: /\bnpm_[A-Za-z0-9]{36}\b/ },
  { kind: "pypi", pattern: /\bpypi-[A-Za-z0-9_-]{50,250}/ },
  { kind: "digitalocean", pattern: /\bdo[opr]_v1_[0-9a-f]{64}/ },
  { kind: "databricks", pattern: /\bdapi[0-9a-f]{32}\b/ },
  { kind: "supabase", pattern: /\bsbp_[0-9a-f]{40}|\bsb_secret_[A-Za-z0-9_-]{20,64}/ },
  { kind: "shopify", pattern: /\bshp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}/ },
  { kind: "notion", pattern: /\b(?:secret_|ntn_)[A-Za-z0-9]{40,60}/ },
  { kind: "mailgun", pattern: /\bkey-[0-9a-f]{32}\b/ },
  { kind: "telegram", pattern: /\b\d{8,10}:AA[A-Za-z0-9_-]{33}\b/ },
  { kind: "azure-storage", pattern: /\bAccountKey=[A-Za-z0-9+/]{60,100}={0,2}/ },
  { kind: "jwt", pattern: /\beyJ[A-Za-z0-9_-]{10,2000}\.eyJ[A-Za-z0-9_-]{10,4000}\.[A-Za-z0-9_-]{10,1000}/ },
  { kind: "private-key", pattern: /-----BEGIN (?:[A-Z]{2,12} ){0,2}PRIVATE KEY-----/ },
];

/** Any of the prefixes; most texts end here. */
const HINT =
  /sk[-_]|rk_|A[KS]IA|gh[pousr]_|github_pat|glpat|AIza|ya29|hf_|xox|xapp|hooks\.slack|SG\.|SK[0-9a-f]|gsk_|r8_|pplx|xai-|fw_|tvly|pcsk|lsv2|npm_|pypi-|_v1_|dapi|sbp_|sb_secret|shp[acps]|secret_|ntn_|key-|:AA|AccountKey|eyJ|-----BEGIN|:\/\//;

/** Texts inside a value that say that it stands for another. */
const PLACEHOLDER =
  /your|example|change.?me|placeholder|dummy|fake|sample|insert|replace|redacted|not.?needed|no.?key|none|todo|fixme|xxx|\*\*|\.\.\.|…|[<>{}]|\$\(|%\(|^\$|^%|test|demo|mock|foo|bar|lorem|secret-?key-?here|key.?here|goes.?here|abc123|123456|qwerty|enter.?(?:your|the|key)|my[-_ ]?(?:secret|api|key|token|password)|empty|local|ollama|lm.?studio|^(?:sk|key|token|secret|password|passwd|pass|api.?key|apikey|null|undefined|string|na|n\/a|default|admin|root|user|postgres|guest|anonymous|bearer|basic)$/i;

/** Passwords in connection strings that every local database has. */
const DEFAULT_PASSWORDS = new Set(
  "postgres password pass root admin secret guest mysql redis mongo mongodb user test example changeme minioadmin rabbitmq sa db app dev".split(
    " ",
  ),
);

/**
 * Whether a value stands for another: `changeme`, `your-api-key`, `<token>`, `${KEY}`, `**`, `xxxx`, the name of a variable.
 */
export function isPlaceholder(value: string): boolean {
  const text = value.trim();
  if (text.length < 6) return true;
  if (new Set(text.replace(/^[a-z]{2,4}[-_]/i, "")).size <= 3) return true;
  if (/^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$/.test(text)) return true;
  return PLACEHOLDER.test(text);
}

/** A vendor's key may hold `test` or `abc` by chance; only what nobody generates counts. */
function isVendorPlaceholder(key: string): boolean {
  const body = key.replace(/^[A-Za-z0-9]{2,6}[-_](?:proj-|ant-|or-|v1-|svcacct-|live_)?/, "");
  if (new Set(body).size <= 4) return true;
  if (
    /your|example|change.?me|placeholder|dummy|fake[-_]|xxxx|\*\*|\.\.\.|redacted|insert|replace|1234567890|abcdefgh|[-_](?:test|key|here|token)(?:[-_]|$)/i.test(
      body,
    )
  )
    return true;
  // Words in lower case with hyphens between them: `sk-this-is-not-a-real-key`.
  return /^[a-z]+(?:[-_][a-z]+){2,}$/.test(body) || !/\d/.test(body);
}

/**
 * The first credential in a text: a key with a maker's prefix, a private key, or a connection string with a password.
 */
export function findCredential(text: string): Credential | undefined {
  const head = text.length > LONGEST ? text.slice(0, LONGEST) : text;
  if (!HINT.test(head)) return undefined;
  for (const { kind, pattern } of VENDORS) {
    const match = pattern.exec(head);
    if (!match) continue;
    const key = match[0];
    if (kind !== "private-key" && isVendorPlaceholder(key)) continue;
    return { kind, start: match.index, end: match.index + key.length };
  }
  return connectionString(head);
}

/** What a text calls a credential before it says it: "use the key ...", "the password is ...". */
const TOLD =
  /\b(?:(key|token|secret)|password|passphrase|passcode)\b(?:\s+(?:is|will be|to use is))?\s{0,3}[:=]?\s{0,3}["'`]?([^\s"'`,;]{8,200})/gi;

/** Texts that show how credentials are found or hidden. */
const SHOWS = /redact|mask|anonymi[sz]|\bexample|\be\.g\.|\bsuch as\b/i;

/**
 * The first credential that a text for people or models gives by its name, whoever made it: a key that looks generated, or a
 * password. Less certain than {@link findCredential}, and only for prose.
 */
export function toldCredential(text: string): Credential | undefined {
  const head = text.length > LONGEST ? text.slice(0, LONGEST) : text;
  if (SHOWS.test(head)) return undefined;
  for (const match of head.matchAll(TOLD)) {
    const [whole, key, given = ""] = match;
    const value = given.replace(/[.)\]!?]+$/, "");
    if (isPlaceholder(value) || !(key ? looksGenerated(value) : looksLikeAPassword(value))) continue;
    const start = match.index + whole.length - given.length;
    return { kind: key ? "secret" : "password", start, end: start + value.length };
  }
  return undefined;
}

/** A run of letters of both cases with digits among them, or of hexadecimal digits: no word, no name of a variable, no UUID. */
const looksGenerated = (value: string): boolean =>
  (value.match(/[A-Za-z0-9]{12,}/g) ?? []).some(
    (run) =>
      (run.match(/\d/g)?.length ?? 0) >= 2 &&
      ((/[a-z]/.test(run) && /[A-Z]/.test(run) && entropy(run) >= 3) ||
        (run.length >= 24 && /^[0-9a-f]+$/i.test(run) && /[a-f]/i.test(run))),
  ) && !/^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(value);

/** Letters of both cases, or one with a sign, and a digit. */
const looksLikeAPassword = (value: string): boolean =>
  value.length <= 64 &&
  /\d/.test(value) &&
  /[A-Za-z]/.test(value) &&
  ((/[a-z]/.test(value) && /[A-Z]/.test(value)) || /[!@#$%^&*+]/.test(value)) &&
  !/^[\w.-]+@[\w-]+(?:\.[\w-]+)+$|:\/\/|[()[\]{}<>|\\]/.test(value);

function connectionString(text: string): Credential | undefined {
  for (const match of text.matchAll(
    /\b[a-z][a-z0-9+]{1,30}:\/\/([^\s:/@'"<>]{0,100}):([^\s/@'"<>]{1,200})@([^\s/'"<>]{1,250})/gi,
  )) {
    const [whole, user = "", password = ""] = match;
    if (password.toLowerCase() === user.toLowerCase() || DEFAULT_PASSWORDS.has(password.toLowerCase())) continue;
    if (
      /^[%$]|[{}<>*]|\[|^x+$|\.\.\./i.test(password) ||
      /^(?:your|my|db|the)?[-_]?(?:password|passwd|pass|pwd|secret|token)\d?$/i.test(password)
    )
      continue;
    if (/your|change.?me|placeholder|example|password$/i.test(password)) continue;
    return { kind: "connection-string", start: match.index, end: match.index + whole.length };
  }
  return undefined;
}

/** Bits per character of a text, by the frequency of its characters. */
function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const c of text) counts.set(c, (counts.get(c) ?? 0) + 1);
  let bits = 0;
  for (const n of counts.values()) bits -= (n / text.length) * Math.log2(n / text.length);
  return bits;
}

/**
 * Whether a literal is a credential.
 *
 * @param value the literal's text
 * @param given the literal stands where a credential belongs (an argument `api_key=`, a variable `SECRET_KEY`), so that also
 *   values without a maker's prefix count: `password` for short ones, `secret` for those that look generated
 * @returns the kind, or undefined for placeholders, names of variables, plain words and addresses without a password
 */
export function credentialKind(value: string, given = false): string | undefined {
  const found = findCredential(value);
  if (found) return found.kind;
  if (!given) return undefined;
  const text = value.trim().replace(/^django-insecure-/, "");
  if (text.length > 4096 || /\s/.test(text) || isPlaceholder(text) || /^[a-z][a-z0-9+.-]{1,20}:\/\//i.test(text))
    return undefined;
  // A dotted name, a path, a sentence of words with hyphens between them.
  if (/^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+$/.test(text) || /^[./~]/.test(text) || /^[a-z]+(?:[-_][a-z]+)+$/.test(text))
    return undefined;
  if (text.length >= 16 && entropy(text) >= 3 && /\d/.test(text)) return "secret";
  if (text.length >= 24 && entropy(text) >= 3.5) return "secret";
  return text.length >= 6 && /[A-Za-z]/.test(text) && /[^A-Za-z]/.test(text) ? "password" : undefined;
}

/** Ends of host names that no public name server answers. */
const PRIVATE_ENDS = new Set("internal local lan corp intranet intra localdomain private home consul".split(" "));
const PRIVATE_LABELS = new Set("internal intranet intra corp corpnet".split(" "));
/** `.local` and the like end names of files and settings as well; without a scheme, port or path they need more. */
const CLEAR_ENDS = new Set("corp lan intranet".split(" "));

const ADDRESS =
  /(?:\b([a-z][a-z0-9+]{1,20}):\/\/)?(?:[^\s/@'"<>:]{1,60}(?::[^\s/@'"<>]{0,60})?@)?(?<![\w.-])((?:[a-z0-9_](?:[a-z0-9_-]{0,62})\.){1,10}[a-z]{2,24}|\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3})(?![\w-]|\.\w)(:\d{2,5})?(\/[^\s'"<>)\]}`]{0,300})?/gi;

/**
 * The first address in a text that only a private network knows: `https://internal.company.com/kb`, `wiki.corp`,
 * `10.1.2.3`, `db.svc.cluster.local`. Public hosts, this machine and documentation's names are none.
 */
export function internalHost(text: string): InternalAddress | undefined {
  const head = text.length > LONGEST ? text.slice(0, LONGEST) : text;
  if (!/internal|local|\.lan|corp|intra|private|\.home|consul|\d\.\d{1,3}\.\d/i.test(head)) return undefined;
  for (const match of head.matchAll(ADDRESS)) {
    const [whole, scheme, host = "", port, tail] = match;
    if (!isInternal(host.toLowerCase(), scheme !== undefined || port !== undefined || tail !== undefined)) continue;
    const url = whole.replace(/[.,;:!?]+$/, "");
    return { url, start: match.index, end: match.index + url.length };
  }
  return undefined;
}

function isInternal(host: string, certain: boolean): boolean {
  if (/^\d/.test(host) && /^[\d.]+$/.test(host)) return isPrivateAddress(host);
  const labels = host.split(".");
  const last = labels.at(-1) ?? "";
  if (
    labels.some((label) => ["example", "test", "invalid", "localhost"].includes(label)) ||
    host === "host.docker.internal"
  )
    return false;
  if (host.endsWith(".cluster.local") || host.endsWith(".svc")) return true;
  if (PRIVATE_ENDS.has(last)) return certain || CLEAR_ENDS.has(last) || labels.length >= 3;
  if (labels.length < 3) return false;
  return labels
    .slice(0, -1)
    .some((label) => PRIVATE_LABELS.has(label) || label.startsWith("internal-") || label.endsWith("-internal"));
}

function isPrivateAddress(host: string): boolean {
  const parts = host.split(".").map(Number);
  const [a = 0, b = 0] = parts;
  if (parts.some((part) => part > 255)) return false;
  return a === 10 || (a === 172 && b >= 16 && b <= 31) || (a === 192 && b === 168) || (a === 169 && b === 254);
}
