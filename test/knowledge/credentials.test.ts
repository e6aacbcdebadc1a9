/** Credentials, placeholders and internal addresses. Keys are put together here, so that no scanner takes them for real. */
import { describe, expect, it } from "vitest";
import {
  credentialKind,
  findCredential,
  internalHost,
  isPlaceholder,
  toldCredential,
} from "../../server/analysis/names/credentials.js";

const letters = "aB3dE5fG7hJ9kL2mN4pQ6rS8tU1vW0xYzC";
const long = letters + letters.split("").reverse().join("");
const hex = "3f9a1c7e5b2d8046af13c97e52bd8064";

const keys: [string, string][] = [
  ["openai", `sk-${long.slice(0, 48)}`],
  ["openai", `sk-proj-${long.slice(0, 40)}`],
  ["anthropic", `sk-ant-api03-${long.slice(0, 60)}`],
  ["openrouter", `sk-or-v1-${hex}${hex}`],
  ["aws", `AKIA${"Q3EGRIHT7XZ2WLMN"}`],
  ["github", `ghp_${long.slice(0, 36)}`],
  ["google", `AIza${long.slice(0, 35)}`],
  ["huggingface", `hf_${letters}`],
  ["slack", `xoxb-${"294857361029"}-${letters.slice(0, 24)}`],
  ["stripe", `sk_live_${letters.slice(0, 24)}`],
  ["groq", `gsk_${long.slice(0, 52)}`],
  ["gitlab", `glpat-${letters.slice(0, 20)}`],
  ["databricks", `dapi${hex}`],
  ["sendgrid", `SG.${letters.slice(0, 22)}.${long.slice(0, 43)}`],
  ["jwt", `eyJ${letters}.eyJ${letters}.${letters}`],
  ["private-key", `-----BEGIN ${"RSA PRIVATE"} KEY-----\nMIIE`],
  ["private-key", `-----BEGIN ${"PRIVATE"} KEY-----`],
  ["connection-string", `postgresql://app:${"h7Gd92kQ"}@db.acme.io:26257/app`],
  ["connection-string", `mongodb+srv://svc:${"p4Zx81mm"}@cluster0.abcde.mongodb.net/app`],
  ["connection-string", `redis://:${"t0Pk33yy"}@cache.acme.io:6379/0`],
  ["connection-string", `https://bot:${"Qw8r7Tz1"}@api.acme.io/v1`],
];

const placeholders = [
  "sk-...",
  "sk-your-key-here",
  "sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
  "sk-your-openai-api-key-goes-here",
  "sk-1234567890abcdef1234567890",
  "sk-this-is-not-a-real-key-at-all",
  "AKIAIOSFODNN7EXAMPLE",
  "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
  "hf_your_token_goes_here_please_replace",
  "postgresql://postgres:postgres@localhost/db",
  "postgresql://user:password@localhost:5432/db",
  "postgres://user:<password>@host/db",
  "mysql://root:$\u007bDB_PASSWORD}@host/db",
  "mongodb://localhost:27017/app",
  "https://api.openai.com/v1",
  "redis://cache:6379/0",
  "You are a helpful assistant.",
  "",
];

describe("credentials by themselves", () => {
  it.each(keys)("%s", (kind, value) => {
    expect(credentialKind(value)).toBe(kind);
  });
  it.each(keys)("%s inside a text", (kind, value) => {
    const text = `You are a bot. Use ${value} for it.`;
    const found = findCredential(text);
    expect(found?.kind).toBe(kind);
    expect(found && value.startsWith(text.slice(found.start, found.end))).toBe(true);
  });
  it.each(placeholders)("%j is none", (value) => {
    expect(credentialKind(value)).toBeUndefined();
    expect(findCredential(`key: ${value}`)).toBeUndefined();
  });
});

describe("credentials that a text gives by name", () => {
  const own = `dock_prod_${letters.slice(0, 18)}`;
  it.each([
    [`Report to the harbour office with the key ${own} and wait.`, own],
    [`API key: ${hex}`, hex],
    [`Log in first (the token is "${letters.slice(4, 24)}").`, letters.slice(4, 24)],
    [`The operator's password is ${"Qm4tVz81"}.`, "Qm4tVz81"],
  ])("%j", (text, value) => {
    const found = toldCredential(text);
    expect(found && text.slice(found.start, found.end)).toBe(value);
  });
  it.each([
    "Answer with the key total_amount_in_euros and nothing else.",
    "Use the key CustomerReference2 for the number.",
    "The key 550e8400-e29b-41d4-a716-446655440000 names the order.",
    "Never tell anybody a password.",
    "The password must be changed.",
    `Mask what looks like one, such as the key ${own}.`,
    "Send the token YOUR_TOKEN_1234567890abcdef along.",
  ])("none in %j", (text) => {
    expect(toldCredential(text)).toBeUndefined();
  });
});

describe("values given where a credential belongs", () => {
  it.each([
    ["secret", hex],
    ["secret", letters],
    ["secret", "9f2k_38fjw-2kd93ksl"],
    ["secret", `django-insecure-${"__9p!i2^udts*l==hl)+6=!fi872f3ec(n%"}`],
    ["password", "h7Gd92kQ"],
    ["password", "Winter2024!"],
    ["password", "s3cr3t!"],
  ])("%s: %s", (kind, value) => {
    expect(credentialKind(value, true)).toBe(kind);
    expect(credentialKind(value)).toBeUndefined();
  });

  it.each([
    ..."** *** changeme change-me test testing test-key dummy fake-key your-api-key YOUR_API_KEY <token> $\u007bAPI_KEY} %(key)s {{ key }} xxxx xxxxxxxxxxxxxxxx".split(
      " ",
    ),
    ..."OPENAI_API_KEY AWS_SECRET_ACCESS_KEY example placeholder not-needed EMPTY none null password secret admin root lm-studio ollama sk-no-key-required".split(
      " ",
    ),
    ..."django-insecure-change-me-in-production django-insecure-tests settings.SECRET_KEY config.api_key ./keys/secret.pem /run/secrets/key https://vault.acme.io x abc".split(
      " ",
    ),
    ..."apiKey api_key my-secret-key insert-key-here token bearer password123456 replace_me".split(" "),
    "a sentence with spaces",
    "",
  ])("%j is a placeholder", (value) => {
    expect(credentialKind(value, true)).toBeUndefined();
  });

  it("knows placeholders by themselves", () => {
    expect(isPlaceholder("aaaaaaaaaaaa")).toBe(true);
    expect(isPlaceholder("$OPENAI_KEY")).toBe(true);
    expect(isPlaceholder(letters)).toBe(false);
  });
});

describe("internal addresses", () => {
  it.each([
    ["You are a support bot. Internal KB: https://internal.company.com/kb", "https://internal.company.com/kb"],
    ["See http://wiki.corp/page.", "http://wiki.corp/page"],
    ["ask wiki.corp for it", "wiki.corp"],
    ["db.prod.internal holds it", "db.prod.internal"],
    ["http://api.internal:8080/v1", "http://api.internal:8080/v1"],
    ["http://printer.local", "http://printer.local"],
    ["orders.default.svc.cluster.local", "orders.default.svc.cluster.local"],
    ["The server is 10.1.2.3.", "10.1.2.3"],
    ["http://192.168.1.10:5000/x", "http://192.168.1.10:5000/x"],
    ["172.20.0.5", "172.20.0.5"],
    ["http://169.254.169.254/latest/meta-data", "http://169.254.169.254/latest/meta-data"],
    ["https://api-internal.acme.io/v2", "https://api-internal.acme.io/v2"],
    ["postgres.intranet.acme.io", "postgres.intranet.acme.io"],
    ["nas.lan", "nas.lan"],
    ["jira.corp.acme.com", "jira.corp.acme.com"],
  ])("%s", (text, url) => {
    const found = internalHost(text);
    expect(found?.url).toBe(url);
    expect(found && text.slice(found.start, found.end)).toBe(url);
  });

  it.each([
    "https://api.openai.com/v1",
    "https://www.company.com/internal/kb",
    "http://localhost:5000",
    "http://127.0.0.1:8000/x",
    "http://0.0.0.0:80",
    "http://host.docker.internal:11434",
    "https://internal.example.com/kb",
    "8.8.8.8",
    "172.15.0.1",
    "172.32.0.1",
    "version 1.10.2.3 of it",
    "config.local",
    "settings.local.py",
    ".env.local",
    "do not reveal internal details. Local time counts.",
    "the internal.py file",
    "corporate.com",
    "internals.rust-lang.org",
    "localhost.run",
    "http://ollama:11434",
    "",
  ])("%j is none", (text) => {
    expect(internalHost(text)).toBeUndefined();
  });

  it("answers long texts", () => {
    expect(internalHost("a".repeat(200_000))).toBeUndefined();
    expect(internalHost("internal.".repeat(30_000))).toBeUndefined();
    expect(internalHost("local a-a-a-".repeat(20_000))).toBeUndefined();
    expect(findCredential("sk-".repeat(60_000))).toBeUndefined();
    expect(findCredential("a://".repeat(40_000))).toBeUndefined();
    expect(findCredential(`eyJ${"a".repeat(100_000)}`)).toBeUndefined();
  });
});
