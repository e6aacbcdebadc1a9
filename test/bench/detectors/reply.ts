/**
 * How long reading one reply of a megabyte takes: ordinary ones, and ones made to be slow. Started by run.mjs; result: a
 * JSON object on standard output, times in milliseconds. `cpu_median_ms` is processor time of all threads, which a busy
 * machine lengthens less.
 */
import { randomBytes } from "node:crypto";
import { Detectors } from "../../../server/scan/detect/index.js";
import { median, ms, percentile } from "../statistics.js";

const MEGABYTE = 1_000_000;
const ROUNDS = 15;

const PROSE =
  "Our shop opens at nine and closes at six. To return an order, sign in, choose it and follow the steps; the refund takes up to five days. Your password is never asked for by telephone. ";
const RECORD = `${JSON.stringify({ id: 4711, name: "Maria Kowalska", email: "maria.kowalska@northwind-foods.net", phone: "+44 20 7946 0018", card: "4539 1488 0343 6467", token: "ghp_16C7e42F292c6912E7710c838347Ae178B4a", created: "2024-05-17T10:00:00Z" })}\n`;

/** Repeats a text to a megabyte. */
function full(text: string): string {
  return text.repeat(Math.ceil(MEGABYTE / text.length)).slice(0, MEGABYTE);
}

const INPUTS: Readonly<Record<string, string>> = {
  prose: full(PROSE),
  records: full(RECORD),
  html: full('<div class="row"><a href="https://shop.example.com/p/17?ref=a&amp;x=1">Kettle</a><p>1.7 l</p></div>\n'),
  code: full("def chat(user):\n    token = get_token(user)\n    return client.send(token, user.name)[0]\n"),
  base64: randomBytes(750_000).toString("base64").slice(0, MEGABYTE),
  base64_lines: randomBytes(750_000).toString("base64").replace(/.{76}/g, "$&\n").slice(0, MEGABYTE),
  hex: randomBytes(500_000).toString("hex"),
  digits: full("1234567890"),
  digits_spaced: full("4 1 1 1 "),
  digit_groups: full("4539 1488 0343 6467 "),
  phone_like: full("030 1234567/89-10.11 (12) "),
  dots: full("."),
  dotted_words: full("a.b.c."),
  dotted_numbers: full("10.2.3.4.5."),
  hyphens: full("a-"),
  underscores: full("a_b-"),
  at_signs: full("a@b.c@"),
  addresses: full("x.y@z.example-host.co "),
  colons: full("a:b:"),
  urls: full("http://a:b"),
  hosts: full("x.local/"),
  capitals: full("AB12 CD34 "),
  spaces: full(" "),
  line_breaks: full("\n"),
  quotes: full(`"'`),
  angle_brackets: full("<a "),
  braces: full('{"name":"x",'),
  keywords: full("password token secret api_key "),
  assignments: full("key=a1B2c3 "),
  vendors: full("github stripe openai_ "),
  headers: full("authorization: bearer "),
  commands: full("curl -u "),
  frames: full("    at x ("),
  exceptions: full("a.b.Error: "),
  statements: full("select a, "),
  paths: full("/usr/a/"),
  tokens: full("sk-proj-abcdefghij "),
  jwt_heads: full("eyJhbGci."),
  key_heads: full("-----BEGIN PRIVATE KEY-----\n"),
  key_beginnings: full("sk-"),
  jwt_beginnings: full("eyJ"),
  password_names: full('password="'),
  key_values: full(`"key":"sk-${randomBytes(135_000).toString("base64")}",`),
  jwt_values: full(`"token":"eyJ${randomBytes(135_000).toString("base64url")}",`),
  bot_tokens: full("MTAyOTQ4MTN5OTU5MTDwMEcxNg."),
  unicode: full("Grüße aus Zürich – schön. "),
};

const detectors = Detectors.builtIn;
for (let i = 0; i < 3; i++) for (const text of Object.values(INPUTS)) detectors.read(text.slice(0, 50_000));

const inputs = Object.fromEntries(
  Object.entries(INPUTS).map(([name, text]) => {
    const times: number[] = [];
    const processor: number[] = [];
    let hits = 0;
    for (let i = 0; i < ROUNDS; i++) {
      const before = process.cpuUsage();
      const start = performance.now();
      hits = detectors.read(text).length;
      times.push(performance.now() - start);
      const { user, system } = process.cpuUsage(before);
      processor.push((user + system) / 1000);
    }
    return [
      name,
      { median_ms: ms(median(times)), p95_ms: ms(percentile(times, 0.95)), cpu_median_ms: ms(median(processor)), hits },
    ];
  }),
);
const slowest = Object.entries(inputs).reduce((a, b) => (b[1].median_ms > a[1].median_ms ? b : a));
process.stdout.write(JSON.stringify({ characters: MEGABYTE, slowest: { input: slowest[0], ...slowest[1] }, inputs }));
