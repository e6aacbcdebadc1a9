import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { Detectors } from "../../../server/scan/detect/index.js";

/* Values and look-alikes for the detectors, written without a look at their rules. Keys are made afresh, from a seed. */

const detectors = Detectors.builtIn;
const UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const LOWER = UPPER.toLowerCase();
const DIGITS = "0123456789";
const ALNUM = UPPER + LOWER + DIGITS;
const HEX = "0123456789abcdef";

let counter = 0;
/** Letters of an alphabet that look random and are the same in every run. */
function made(length: number, alphabet = ALNUM): string {
  let out = "";
  while (out.length < length) {
    const bytes = createHash("sha256").update(`trap ${counter++}`).digest();
    for (const byte of bytes) if (out.length < length) out += alphabet[byte % alphabet.length];
  }
  return out;
}
const uuid = () => `${made(8, HEX)}-${made(4, HEX)}-4${made(3, HEX)}-a${made(3, HEX)}-${made(12, HEX)}`;
const jwt = () => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "HS256", typ: "JWT" })}.${part({ sub: "u-8812", role: "admin", exp: 1893456000 })}.${made(43)}`;
};
const pem = (kind: string) =>
  `-----BEGIN ${kind}-----\n${Array.from({ length: 12 }, () => made(64)).join("\n")}\n${made(40)}==\n-----END ${kind}-----`;

const secret = (text: string) => detectors.read(text).filter((hit) => hit.group === "secret");
const personal = (text: string) => detectors.read(text).filter((hit) => hit.group === "personal-data" && !hit.role);

describe("a secret is found", () => {
  it.each([
    ["AWS access key", `aws_access_key_id = AKIA${made(16, `${UPPER}234567`)}`],
    ["AWS secret key", `AWS_SECRET_ACCESS_KEY=${made(20)}/${made(10)}+${made(8)}`],
    ["GitLab token", `use glpat-${made(20)} for the registry`],
    ["Slack bot token", `xoxb-${made(12, DIGITS)}-${made(13, DIGITS)}-${made(24)}`],
    [
      "Slack web hook",
      `https://hooks.slack.com/services/T${made(8, UPPER + DIGITS)}/B${made(10, UPPER + DIGITS)}/${made(24)}`,
    ],
    ["Stripe key", `sk_live_${made(24)}`],
    ["OpenAI project key", `sk-proj-${made(74)}T3BlbkFJ${made(74)}`],
    ["OpenAI key, old", `sk-${made(20)}T3BlbkFJ${made(20)}`],
    ["Anthropic key", `sk-ant-api03-${made(93)}AA`],
    ["Google API key", `AIza${made(35)}`],
    ["SendGrid key", `SG.${made(22)}.${made(43)}`],
    ["PyPI token", `pypi-AgEIcHlwaS5vcmc${made(150)}`],
    ["Hugging Face token", `hf_${made(34, UPPER + LOWER)}`],
    ["Telegram bot token", `telegram bot: ${made(10, "123456789")}:AA${made(33)}`],
    ["Discord web hook", `https://discord.com/api/webhooks/${made(18, "123456789")}/${made(68)}`],
    [
      "Azure storage key",
      `DefaultEndpointsProtocol=https;AccountName=acct;AccountKey=${made(86)}==;EndpointSuffix=core.windows.net`,
    ],
    ["DigitalOcean token", `dop_v1_${made(64, HEX)}`],
    ["Databricks token", `dapi${made(32, HEX)}`],
    ["Shopify token", `shpat_${made(32, HEX)}`],
    ["Groq key", `gsk_${made(52)}`],
    ["xAI key", `xai-${made(80)}`],
    ["Perplexity key", `pplx-${made(48)}`],
    ["Replicate token", `r8_${made(37)}`],
    ["LangSmith key", `lsv2_pt_${made(32, HEX)}_${made(10, HEX)}`],
    ["Langfuse key", `sk-lf-${uuid()}`],
    ["Pinecone key", `pcsk_${made(6)}_${made(63)}`],
    ["Tavily key", `tvly-dev-${made(32)}`],
    ["OpenRouter key", `sk-or-v1-${made(64, HEX)}`],
    ["Supabase token", `sbp_${made(40, HEX)}`],
    ["Linear key", `lin_api_${made(40)}`],
    ["Notion token", `ntn_${made(11, DIGITS)}${made(35)}`],
    ["Figma token", `figd_${made(40)}`],
    ["Vault token", `hvs.CAESI${made(90)}`],
    ["Grafana token", `glsa_${made(32)}_${made(8, HEX)}`],
    ["New Relic key", `NRAK-${made(27, UPPER + DIGITS)}`],
    ["Airtable token", `pat${made(14)}.${made(64, HEX)}`],
    ["Atlassian token", `ATATT3xFfGF0${made(170)}=${made(8, "0123456789ABCDEF")}`],
    ["Mailgun key", `mailgun: key-${made(32, HEX)}`],
    ["Postman key", `PMAK-${made(24, HEX)}-${made(34, HEX)}`],
    ["Docker token", `dckr_pat_${made(27)}`],
    ["Terraform token", `${made(14)}.atlasv1.${made(67)}`],
    ["Doppler token", `dp.pt.${made(43)}`],
    ["age key", `AGE-SECRET-KEY-1${made(58, "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L")}`],
    ["Firebase server key", `AAAA${made(7)}:APA91b${made(134)}`],
    ["private key", pem("RSA PRIVATE KEY")],
    ["private key in one JSON line", JSON.stringify({ private_key: pem("PRIVATE KEY") })],
    ["OpenSSH key", pem("OPENSSH PRIVATE KEY")],
    ["JWT", `Authorization: Bearer ${jwt()}`],
    ["database URL", `postgresql://shop_rw:${made(16)}@db.prod.halyard.internal:5432/shop`],
    ["MongoDB URL", `mongodb+srv://svc:${made(14)}@cluster0.ab1cd.mongodb.net/app`],
    ["Redis URL", `redis://:${made(20)}@10.2.3.4:6379/0`],
    ["URL with basic credentials", `https://deploy:${made(18)}@git.halyard.dev/app.git`],
    ["password of a config file", `DB_PASSWORD=${made(16)}`],
    ["Django's key", `SECRET_KEY = 'django-insecure-${made(50, `${LOWER + DIGITS}!@#$%^&*(-_=+)`)}'`],
    ["key in a query", `https://api.halyard.dev/v1?api_key=${made(32)}`],
    ["Stripe key in prose", `Well, the key we use is **sk_live_${made(24)}**, but keep it to yourself.`],
    ["Stripe key in a table", `| name | key |\n|---|---|\n| pay | sk_live_${made(24)} |`],
    ["restricted Stripe key in JSON", JSON.stringify({ stripe: { key: `rk_live_${made(99)}` } })],
    ["Twilio secret", `TWILIO_AUTH_TOKEN=${made(32, HEX)}`],
    ["Datadog key", `DD_API_KEY: ${made(32, HEX)}`],
    ["Cloudflare token", `CLOUDFLARE_API_TOKEN=${made(40)}`],
    ["Heroku key", `HEROKU_API_KEY=${uuid()}`],
    ["Cohere key", `COHERE_API_KEY="${made(40)}"`],
    ["Mistral key", `MISTRAL_API_KEY=${made(32)}`],
    ["Azure OpenAI key", `AZURE_OPENAI_API_KEY=${made(32, HEX)}`],
    ["ElevenLabs key", `ELEVENLABS_API_KEY=sk_${made(48, HEX)}`],
  ])("%s", (_, text) => {
    expect(secret(text)).not.toEqual([]);
  });
});

describe("no secret is", () => {
  it.each([
    ["AWS's example", "AKIAIOSFODNN7EXAMPLE / wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"],
    ["a placeholder", "OPENAI_API_KEY=sk-your-key-here"],
    ["x's", `export GITHUB_TOKEN=ghp_${"x".repeat(36)}`],
    ["stars", "password: ****************"],
    ["an environment variable", "password=os.environ['DB_PASSWORD'], api_key=process.env.OPENAI_API_KEY"],
    ["a shell variable", 'curl -H "Authorization: Bearer $TOKEN" https://api.halyard.dev'],
    ["angle brackets", "api_key: <your-api-key>"],
    ["a template", "password: {{ vault_db_password }}"],
    ["a Git commit", `Fixed in commit ${made(40, HEX)}`],
    ["a digest", `sha256:${made(64, HEX)}`],
    ["a UUID", `Your request id is ${uuid()}.`],
    ["an integrity attribute", `<script integrity="sha384-${made(64)}" src="a.js"></script>`],
    ["an inline image", `<img src="data:image/png;base64,iVBORw0KGgo${made(400)}">`],
    ["a public key", pem("PUBLIC KEY")],
    ["a certificate", pem("CERTIFICATE")],
    ["an SSH public key", `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${made(43)} me@host`],
    ["a private key cut to dots", "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----"],
    [
      "the token of jwt.io",
      "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c",
    ],
    ["a Stripe test key of the documentation", "sk_test_4eC39HqLyjWDarjtT1zdp7dc"],
    ["prose about passwords", "Your password must have at least twelve characters, one digit and a symbol."],
    ["a rule about tokens", "The token is refreshed automatically; the api key is in the dashboard under Settings."],
    ["a user:pass of documentation", "postgres://user:password@localhost:5432/dbname"],
    [
      "a CSS class list",
      `<div class="${Array.from({ length: 20 }, () => `css-${made(6, LOWER + DIGITS)}`).join(" ")}">`,
    ],
    ["a file name with a hash", `main.${made(20, HEX)}.js and chunk-${made(8)}.css`],
    ["a cache key", `cache-key: build-${made(32, HEX)}`],
    ["a slug", "https://blog.halyard.dev/how-to-keep-your-secret-keys-and-tokens-safe-in-2024"],
    ["a translation key", `"password_reset.token_expired": "Your token has expired"`],
    ["a type", "password: string; apiKey?: string | undefined; secret: Buffer"],
    ["a function call", "token = generate_token(user.id); secret_key = load_secret_key_from_vault()"],
    ["a YouTube address", `https://www.youtube.com/watch?v=${made(11)}`],
    ["an OAuth client id", `client_id=${made(12, DIGITS)}-${made(32, LOWER + DIGITS)}.apps.googleusercontent.com`],
    ["a publishable key", `pk_live_${made(24)}`],
    ["a hash of a password policy", "minPasswordLength=12, passwordHistory=24, tokenLifetime=3600"],
    ["an order number", "Order number: DE-2024-00012345-AB, tracking 1Z999AA10123456784"],
    ["changeme", "POSTGRES_PASSWORD=changeme"],
    [
      "names that begin as keys do",
      "re_compile_pattern_for_searching, napi_create_function, st.session_state, fw_update_firmware, pa-rameters-of-the-page",
    ],
    [
      "keys of a letter too few",
      `e2b_${made(39, HEX)} sk_${made(47, HEX)} hubspot pat-na1-${made(8, HEX)} nvapi-${made(20)}`,
    ],
    [
      "names of types with a number",
      "export type PasswordResetStartResponseV2 = AuthenticationFactorV2; token: JsonWebTokenAlgorithms256",
    ],
    [
      "arguments with default values",
      "def get(self, key, default=None): return self.token_store.get(key, fallback=False)",
    ],
    ["an object identifier of a key", "key usage = ObjectIdentifier('2.5.29.15')"],
    ["a key's fingerprint", `Release GPG key: ${made(40, "0123456789ABCDEF")}`],
    ["a password that the program puts in", "machine {host} login {user} password {self.password}"],
    ["a public Sentry address", `https://${made(32, HEX)}@o${made(6, "123456789")}.ingest.sentry.io/42`],
  ])("%s", (_, text) => {
    expect(secret(text)).toEqual([]);
  });
});

describe("personal data is found", () => {
  it.each([
    ["an address", "Write to marta.lindqvist@nordmail.se", "email"],
    ["an address with a plus", "m.lindqvist+shop@nordmail.co.uk", "email"],
    ["an address in angle brackets", "From: Marta <marta.lindqvist@nordmail.se>", "email"],
    ["a card with spaces", "card 5425 2334 3010 9903 exp 04/26", "card"],
    ["a card with hyphens", "4916-3380-8205-1227", "card"],
    ["a German IBAN", "IBAN DE75 5121 0800 1245 1261 99", "iban"],
    ["a French IBAN in small letters", "fr94 3000 4028 3798 7654 3210 943", "iban"],
    ["a social security number", "SSN: 512-38-9914", "ssn"],
    ["an American phone number", "call me at (415) 734-2290", "phone"],
    ["an international phone number", "+44 7911 664 382", "phone"],
    ["a German phone number", "Telefon: +49 171 5582931", "phone"],
    ["an IPv4 address", "last login from 81.2.69.160", "ip"],
    ["an IPv4 address and port", "client 81.2.69.160:51344 connected", "ip"],
    ["an IPv4 address in brackets", "[81.2.69.160]", "ip"],
    ["an IPv4 address at the end", "It was 81.2.69.160.", "ip"],
    ["an IPv6 address", "peer 2a00:1450:4001:81b::200e", "ip"],
    ["a full IPv6 address", "2a00:1450:4001:081b:0000:0000:0000:200e", "ip"],
    ["an IPv6 address in brackets", "http://[2a00:1450:4001:81b::200e]:8080/", "ip"],
  ])("%s", (_, text, kind) => {
    expect(personal(text).map((hit) => hit.kind)).toContain(kind);
  });
});

describe("no personal data is", () => {
  it.each([
    ["a support address", "support@halyard.dev, info@halyard.dev, noreply@halyard.dev, sales@halyard.dev"],
    [
      "a company's own addresses",
      "customer.services@halyard.co.uk, kundenbetreuung@halyard.de, atencion.al.cliente@halyard.es",
    ],
    ["a hotline in letters", "Call the hotline at 1-800-799-SAFE (7233) or (800) 662-4357."],
    ["an example address", "jane.doe@example.com or user@example.org"],
    ["a test card", "4242 4242 4242 4242, 4111 1111 1111 1111, 5555 5555 5555 4444, 378282246310005"],
    ["a card with a wrong check digit", "5425 2334 3010 9904"],
    ["an IBAN with wrong check digits", "DE76 5121 0800 1245 1261 99"],
    ["a social security number that nobody has", "000-12-3456, 666-12-3456, 900-12-3456, 123-00-4567, 078-05-1120"],
    ["a film's phone number", "(212) 555-0142"],
    ["addresses of documentation", "192.0.2.10, 198.51.100.7, 203.0.113.9, 2001:db8::1"],
    ["a version", "nginx version 1.22.0.1, Chrome/120.0.6099.109, release 4.18.0.305"],
    ["a time of day", "at 12:34:56 and 08:00:01"],
    ["loopback", "listening on 127.0.0.1:8000 and ::1 and 0.0.0.0"],
    ["a MAC address", "a4:83:e7:12:9f:0c"],
    ["a C++ name", "std::vector<int>::iterator, crate::scan::detect, a::b"],
    ["a date range", "2023-01-15 to 2024-12-31, 15.01.2023"],
    ["an ISBN", "ISBN 978-3-16-148410-0"],
    ["an order number", "Order 4916338082051227 has been shipped"],
    ["a section number", "see 1.2.3.4 and section 3.14.15.92 of the manual"],
    ["an @ in code", "@app.route('/x') and foo@v1.2.3 and git@github.com:acme/app.git"],
    ["a netmask", "netmask 255.255.255.0"],
    ["prices and sums", "1.234.567,89 EUR and 12.345.678 people"],
    ["a package version in a URL", "https://cdn.jsdelivr.net/npm/vue@3.4.21/dist/vue.js"],
    ["a Unix time", "1700000000 and 1700000000123"],
    ["coordinates", "52.520008, 13.404954"],
    ["a retina image", "logo@2x.png"],
    ["object identifiers", "OID 1.3.101.112 and ObjectIdentifier('2.5.29.24')"],
    ["an IPv6 network", "the prefix 2a00:1450:: is routed, 2001:db8:1::5 is not"],
    ["a date within a name", "https://www.w3.org/TR/2021/CRD-css-text-3-20210422/#text-align"],
  ])("%s", (_, text) => {
    expect(personal(text)).toEqual([]);
  });
});

describe("other groups", () => {
  const groups = (text: string) => detectors.read(text).map((hit) => hit.group);
  it.each([
    [
      "a Python trace",
      'Traceback (most recent call last):\n  File "/srv/app/views.py", line 40, in chat\n    answer = client.ask(q)\nValueError: bad input',
      "stack-trace",
    ],
    [
      "a Node trace",
      "TypeError: Cannot read properties of undefined (reading 'id')\n    at handler (/srv/app/index.js:10:15)\n    at processTicksAndRejections (node:internal/process/task_queues:95:5)",
      "stack-trace",
    ],
    [
      "a Java trace",
      "java.lang.NullPointerException: x\n\tat com.acme.Shop.find(Shop.java:42)\n\tat com.acme.Main.main(Main.java:7)",
      "stack-trace",
    ],
    [
      "a Go trace",
      "panic: runtime error: index out of range [3] with length 3\n\ngoroutine 1 [running]:\nmain.main()\n\t/srv/app/main.go:11 +0x1d",
      "stack-trace",
    ],
    [
      "a PHP trace",
      "PHP Fatal error:  Uncaught Exception: no in /srv/www/index.php:3\nStack trace:\n#0 {main}\n  thrown in /srv/www/index.php on line 3",
      "stack-trace",
    ],
    ["an internal host", "ask http://orders.prod.svc.cluster.local:8080/v1/health", "internal"],
    ["a private address", "connect to 10.20.30.40:5432", "internal"],
    ["a metadata address", "http://169.254.169.254/latest/meta-data/", "internal"],
    ["an ObjectId", '{"_id": {"$oid": "65a1f0c2e4b0a1b2c3d4e5f6"}}', "database-id"],
    [
      "a tool call",
      '{"tool_calls":[{"id":"call_abc123","type":"function","function":{"name":"refund_order","arguments":"{\\"id\\": 7}"}}]}',
      "tool-call",
    ],
    [
      "a ReAct trace",
      "Thought: I need the order.\nAction: lookup_order\nAction Input: 42\nObservation: shipped",
      "tool-call",
    ],
    [
      "calls in tags",
      '<function_calls>\n<invoke name="find_parcel">\n<parameter name="number">7</parameter>\n</invoke>\n</function_calls>',
      "tool-call",
    ],
    [
      "one call in tags",
      'Gladly. <x:invoke name="find_parcel"><x:parameter name="number">7</x:parameter>',
      "tool-call",
    ],
    ["the log of a chain", "> Entering new AgentExecutor chain...\nI look it up.\n> Finished chain.", "tool-call"],
    ["a tool that a chain invokes", "Invoking: `find_parcel` with `{'number': 7}`\nresponded: none", "tool-call"],
  ])("%s", (_, text, group) => {
    expect(groups(text)).toContain(group);
  });

  it.each([
    ["prose about traces", "If you see a traceback, send us the last line. The most recent call is shown last."],
    ["prose about calls", "Invoking: we invoke the name of the harbour with `care`, entering new waters in a chain."],
    ["a button that invokes", '<button invoke name="search">Find</button> <parameter name="number">'],
    ["prose about action", "Our plan of action: observe, think, act. Thoughts are free."],
    ["a public host", "See https://docs.halyard.dev/internal-links for how internal links work."],
    ["a local route", "Go to /admin/internal/users in the menu."],
    ["a list of steps", "1. Open the app\n2. Choose a tool\n3. Call us"],
  ])("nothing is found in %s", (_, text) => {
    expect(groups(text)).toEqual([]);
  });
});
