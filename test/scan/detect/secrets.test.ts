import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import secretsYaml from "../../../rules/scan/secrets.yaml";
import { Detectors } from "../../../server/scan/detect/index.js";

const detectors = Detectors.builtIn;
const secretsIn = (text: string) => detectors.read(text).filter((hit) => hit.group === "secret");

/** Letters and digits that look random and are always the same. */
function filler(alphabet: string, length: number, seed = 7): string {
  let state = seed;
  let out = "";
  for (let i = 0; i < length; i++) {
    state = (state * 1103515245 + 12345) % 2147483648;
    out += alphabet[Math.floor((state / 2147483648) * alphabet.length)];
  }
  return out;
}
const HEX = "0123456789abcdef";
const LOWER = "abcdefghijklmnopqrstuvwxyz0123456789";
const ALL = `${LOWER}ABCDEFGHIJKLMNOPQRSTUVWXYZ`;
const upper = (length: number) => filler("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", length);
const lower = (length: number) => filler(LOWER, length);
const hex = (length: number) => filler(HEX, length);
const any = (length: number) => filler(ALL, length);
const uuid = `${hex(8)}-${hex(4)}-${hex(4)}-${hex(4)}-${hex(12)}`;

describe("vendors' keys", () => {
  it.each([
    ["aws-access-key", `AKIA${filler("ABCDEFGHJKLMNPQRSTUVWXYZ234567", 16)}`],
    ["aws-secret-key", `aws_secret_access_key = "${any(40)}"`],
    ["openai-project-key", `sk-proj-${any(74)}T3BlbkFJ${any(74)}`],
    ["anthropic-key", `sk-ant-api03-${any(93)}AA`],
    ["google-api-key", `AIza${any(35)}`],
    ["github-fine-grained", `github_pat_${any(22)}_${any(59)}`],
    ["gitlab-token", `glpat-${any(20)}`],
    ["slack-token", `xoxb-781236542736-2364535789652-${any(24)}`],
    ["slack-webhook", `https://hooks.slack.com/services/T${any(8)}/B${any(8)}/${any(24)}`],
    ["discord-token", `MTAyOTQ4MTN5OTU5MTDwMEcxNg.GSwJyi.${any(38)}`],
    ["telegram-token", `the bot is 110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1`],
    ["azure-client-secret", `client "${any(3)}8Q~${any(31)}"`],
    ["azure-storage-key", `AccountName=shop;AccountKey=${any(86)}==`],
    ["jwt", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI4MTE4MTEifQ.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV"],
    ["private-key", `-----BEGIN OPENSSH PRIVATE KEY-----\n${any(200)}\n-----END OPENSSH PRIVATE KEY-----`],
    ["password-hash", `$2b$12$${any(53)}`],
    ["newrelic-license", `license ${hex(36)}NRAL`],
    ["terraform-token", `${any(14)}.atlasv1.${any(64)}`],
    ["mailchimp-key", `${hex(32)}-us12`],
    ["truenas-key", `"params": ["8-${any(64)}"]`],
    ["vendor-named", `CLOUDFLARE_API_TOKEN=${any(40)}`],
    ["vendor-named", `My Datadog key is ${hex(32)}, use it.`],
    ["key-named", `"signing_key": "${any(32)}"`],
    ["curl-credentials", `curl -s https://api.shop.io -u "deploy:${any(16)}"`],
    ["netrc-password", `machine api.shop.io login bot password ${any(20)}`],
    ["quoted-password", `the password is "cacophony"`],
    ["quoted-password", `"client_secret": "${any(9)}{[(;${any(9)}>^"`],
    ["quoted-password", `password = 'k9$V(w}2${any(8)}'`],
    ["django-secret-key", `{"SECRET_KEY": "${lower(24)}(%$${lower(24)}"}`],
    ["django-secret-key", `DEBUG=1\nSECRET_KEY=${lower(24)}^_@${lower(24)}\nPORT=80`],
    ["dynatrace-token", `dt0s16.${upper(24)}.${upper(64)}`],
    // Two digits among letters that no language has.
    ["key-named", 'api_key = "rxdhhytl9toavw2x"'],
    ["name-and-value", `[{"name": "DB_PASSWORD", "value": "${any(20)}"}]`],
    ["name-and-value", `env:\n  - name: OPENAI_API_KEY\n    value: "${any(32)}"`],
    ["name-and-value", `<add key="Mail.Password" value="${any(16)}" />`],
    ["key-beside", `Use the API key ${any(32)} for that.`],
    ["key-beside", `| API key | \`${any(32)}\` |`],
    ["named-secret", `**Admin password:** ${any(9)}!`],
    ["key-named", `{"text": "{\\"auth\\": \\"${any(32)}\\"}"}`],
    ["helicone-key", `sk-helicone-${lower(7)}-${lower(7)}-${lower(7)}-${lower(7)}`],
    ["azure-ai-key", `${any(52)}JQQJ99${any(26)}`],
    ["google-auth-key", `AQ.Ab${any(50)}`],
    ["circleci-personal-token", `CCIPAT_${any(22)}_${hex(40)}`],
    ["bitbucket-server-token", `BBDC-${any(44)}`],
    ["gitlab-token", `glpat-${any(27)}.01.${lower(9)}`],
    ["anyscale-key", `esecret_${lower(26)}`],
    ["wandb-key", `wandb_v1_${any(77)}`],
    ["bitbucket-token", `shop:ATBB${any(32)}`],
    ["element-secret", `<secret>{shop AQAAABAAA ${any(32)}}</secret>`],
    ["element-secret", `<db-password>\n  plain: ${any(20)}\n</db-password>`],
    ["kolide-key", `k2sk_v1_${any(24)}`],
    ["npmrc-credentials", `//npm.shop.io/:_authToken=${any(36)}`],
    ["npmrc-credentials", `//npm.shop.io/:_auth = "${any(26)}=="`],
    ["environment-password", `PGPASSWORD=${any(11)} psql -h db.shop.io`],
    ["command-password", `mysql -h db.shop.io -u root -p${any(10)} orders`],
    ["command-password", `redis-cli -h cache -a ${any(12)}`],
    ["notion-token", `ntn_${filler("0123456789", 11)}${any(35)}`],
    // A name behind a name, with the value behind both.
    ["key-named", `const key =\n  process.env.ACCOUNT_KEY ||\n  "${any(40)}";`],
    ["key-named", `const token = process.env.SHOP_TOKEN ?? "${any(40)}";`],
    ["key-named", `token = os.environ["SHOP_TOKEN"] or "${any(40)}"`],
    // Words ahead of what a machine made.
    ["key-named", `api_key = 'shop_cloud_org_${any(40)}'`],
    ["key-named", `brandAPIKey := "m4We7le1Xo2dRe0ma9Se48oes5Ta3lin7ra2No"`],
    ["key-named", `shopToken := "${lower(8)}-${lower(4)}-ie7m-jo2x-${lower(12)}"`],
    ["key-named", `signing_key = "qzXvLbNwRkTgPdMfHsJcQyWm"`],
    [
      "private-key",
      `-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\n${any(64)}\n${any(64)}\n-----END RSA PRIVATE KEY-----`,
    ],
    ["connection-string", `mongodb://shop:${any(12)}@db.shop.io/orders`],
  ])("%s", (kind, text) => {
    expect(secretsIn(`Here you are: ${text}\nThanks.`).map((hit) => hit.kind)).toContain(kind);
  });

  it("is told once, with the place of the value alone", () => {
    const value = any(40);
    const text = `CLOUDFLARE_API_TOKEN=${value}`;
    expect(secretsIn(text)).toMatchObject([{ value, start: text.indexOf(value), end: text.length }]);
  });
});

describe("what is no secret", () => {
  it.each([
    ["a placeholder", "API_KEY=your-api-key-here"],
    ["a variable", `password = "$${"{DB_PASSWORD}"}"`],
    ["rows of one sign", `token = ${"x".repeat(32)}`],
    ["a published example", "AKIAIOSFODNN7EXAMPLE"],
    [
      "the token of jwt.io",
      "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c",
    ],
    ["three parts in base64 that are no token", `eyJ${any(20)}.eyJ${any(20)}.${any(43)}`],
    ["a word after the word token", "The token is invalid. Your password is required."],
    ["a name of a setting", "Set the secret DATABASE_PASSWORD_V2_PRODUCTION in the vault."],
    ["a file", "IceSSL.KeyFile=s_rsa1024_priv.pem"],
    ["a dotted name", "secret_length = X25519.secret_length"],
    ["an id", `"kms_key_id": "${uuid}"`],
    ["a public key", `publicToken = "${any(43)}"`],
    ["a token against forged requests", `csrf-token=${any(43)}`],
    ["another word that ends in a vendor's name", "rookTable = 0023452Lllk2KqjLBvaxANWEgTd7bqjsxjo8aZj0wd"],
    ["a commit", `The fix is in ${hex(40)}.`],
    ["an order number", "Your order 2024-0517-3391-AB is on its way."],
    ["a picture", `media_box.ico-${any(32)}.png`],
    ["the working directory", `PWD: '/srv/shop/main', OLDPWD = "/home/shop", "pwd": "C:\\\\shop\\\\main"`],
    ["an expression for passwords", `password: "^(?=.*[A-Z])(?=.*[0-9])[A-Za-z0-9!@#]{8,}$"`],
    ["what a template fills in", `password = "{{vault:Db2(prod)-${any(6)}}}"`],
    ["what a format fills in", 'password: "Usr1-%(Name)s-2024!A"'],
    ["what code puts together", `password = "Prefix_" + makePassword(16, "!Aa1")`],
    ["a key from elsewhere", "SECRET_KEY=$" + "{SECRET_KEY:-set(this)1st-in-the-environment}"],
    ["the hidden token of a form", `<input type="hidden" name="csrfmiddlewaretoken" value="${any(64)}">`],
    ["another hidden token of a form", `<input type="hidden" name="_token" value="${any(40)}">`],
    ["a token of forms among settings", `{"name": "csrf_token", "value": "${any(43)}"}`],
    ["a name and what is to be put there", `{"name": "DB_PASSWORD", "value": "$(vault-db-password)"}`],
    ["a name and another setting", `- name: SECRET_NAME\n  value: billing-database-credentials`],
    ["words behind a key", "Send the API key together with the customer's number."],
    ["a numbered name", `token = "customerportal2backend"`],
    [
      "a sentence about keys",
      "Text before the '-----BEGIN RSA PRIVATE KEY-----' and after the '-----END RSA PRIVATE KEY-----' markers is ignored, see the chapter on files.",
    ],
    ["a route", `put '/forgot-password' => "shop/accounts/passwords#update"`],
    ["a part of an object", "backend_key = self.keystore2_backend.region1"],
    ["a name behind a name, and another", "const key = process.env.ACCOUNT_KEY || settings.accountKey2 || fallback"],
    ["a name or a word in quotes", `token = os.environ["SHOP_TOKEN"] or "anonymous-visitor"`],
    ["words in an element", "<secret>the path is kv/shop/orders-database-credentials</secret>"],
    ["an element of another name", `<revision>shop build ${any(32)}</revision>`],
    ["words with numbers", `token_name = "Utf8ToBase64Converter"`],
    ["words in the form of a UUID", `token = "customer-name-from-shop-catalogueone"`],
    ["a call in an address", `f"https://{user_name}:{_token_of(secret_name)}@shop.io/"`],
    ["a Notion key that is too short", `ntn_${filler("0123456789", 11)}${any(30)}`],
    ["a database of the client", "mysql -h db.shop.io -u root -p orders; mysql -u root --protocol=tcp -port 3307"],
    ["a file of npm without a value", "//npm.shop.io/:_authToken=$" + "{NPM_TOKEN}"],
    ["a form field", '<input name="password" type="password" placeholder="Password">'],
    ["advice", "Choose a password that has at least 12 characters, for example with a password manager."],
  ])("%s", (_, text) => {
    expect(secretsIn(text)).toEqual([]);
  });
});

describe("a key among many beginnings of keys", () => {
  it.each(["sk-", "sk-sk- ", "SK", "eyJ", "ghp_", 'password="'])(
    "is found where the text is full of %j",
    (beginning) => {
      const key = `sk-proj-${any(74)}T3BlbkFJ${any(74)}`;
      const crowd = beginning.repeat(2_000);
      const found = secretsIn(`${crowd} ${key} ${crowd}`).filter((hit) => hit.kind === "openai-project-key");
      expect(found.map(({ value, start }) => [value, start])).toEqual([[key, crowd.length + 1]]);
    },
  );
});

const schema = z.object({
  secrets: z.array(
    z.object({ id: z.string(), pattern: z.string(), keywords: z.array(z.string()), span: z.number().optional() }),
  ),
});

describe("rules/scan/secrets.yaml", () => {
  const { secrets } = schema.parse(parse(secretsYaml));

  it("has ids of their own and keywords in ASCII", () => {
    expect(new Set(secrets.map((rule) => rule.id)).size).toBe(secrets.length);
    for (const { id, keywords } of secrets) expect(keywords.join(""), id).toMatch(/^[\x20-\x7e]*$/);
  });

  it("has only bounded repeats, so that reading stays linear", () => {
    for (const { id, pattern } of secrets) {
      const outsideOfClasses = pattern.replace(/\\./g, "_").replace(/\[[^\]]*\]/g, "_");
      expect(outsideOfClasses, id).not.toMatch(/[*+]|\{\d+,\}/);
    }
  });
});
