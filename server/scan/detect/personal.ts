import isIBAN, { locales } from "validator/lib/isIBAN";
import isLuhnNumber from "validator/lib/isLuhnNumber";
import { findAddresses } from "./addresses.js";
import type { Hit } from "./hit.js";
import { findPhones } from "./phones.js";

const ROLE =
  /^(support|help|helpdesk|info|contact|sales|admin|administrator|no-?reply|do-?not-?reply|hello|hi|team|office|service|services|customer\.?-?(service|care|support)s?|kunden(service|dienst|betreuung)|kontakt|atencion\.?-?(al\.?-?cliente)?|soporte|suporte|assistance|servicio|helpline|care|privacy|security|abuse|billing|accounts?|press|media|jobs|careers|hr|feedback|postmaster|webmaster|legal|dpo|returns?|orders?|enquir(y|ies)|inquir(y|ies)|reception|booking|bookings|marketing|news|newsletter|it|ops|devops|compliance|partners?|mail|email|user|username|name|you|your\.?-?(name|email)|someone|somebody|john\.?doe|jane\.?doe|foo|test|git|root|deploy)([+._-].*)?$/i;
const DOCUMENTATION_DOMAIN =
  /(^|\.)(example\.(com|net|org|edu)|example|test|invalid|localhost|domain\.com|yourdomain\.com|yourcompany\.com|company\.com|email\.com|acme\.example)$/i;

/** Card numbers that payment providers publish for tests. */
const TEST_CARDS = new Set([
  "4111111111111111",
  "4242424242424242",
  "4012888888881881",
  "4000056655665556",
  "4222222222222",
  "5555555555554444",
  "5105105105105100",
  "5200828282828210",
  "2223003122003222",
  "378282246310005",
  "371449635398431",
  "378734493671000",
  "6011111111111117",
  "6011000990139424",
  "30569309025904",
  "38520000023237",
  "3056930009020004",
  "3566002020360505",
  "3530111333300000",
  "6200000000000005",
  "4000002500003155",
  "4000000000000002",
]);

/** What stands behind the @. */
const DOMAIN = /(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})\.){1,6}[A-Za-z]{2,24}(?![A-Za-z0-9-])/y;
const LOCAL_SIGN = /[A-Za-z0-9._%+-]/;
const LONGEST_LOCAL = 64;
/** More of one kind are no news. */
const MAX_HITS = 500;
const CARD = /(?<![\d.])(?:\d[ -]?){11,18}\d(?![\d])/g;
const IBAN = /(?<![A-Z0-9])[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]){11,32}/gi;
const SSN = /(?<![\d-])(\d{3})([- ])(\d{2})\2(\d{4})(?![\d-])/g;
const BARE_SSN = /\b(?:ssn|social security(?: number| no\.?)?)\D{0,20}(\d{9})(?!\d)/gi;
function email(text: string, ats: readonly number[], hits: Hit[]): void {
  let count = 0;
  for (const at of ats) {
    DOMAIN.lastIndex = at + 1;
    const domain = DOMAIN.exec(text);
    if (!domain) continue;
    let start = at;
    while (start > 0 && at - start < LONGEST_LOCAL && LOCAL_SIGN.test(text[start - 1] ?? "")) start--;
    while (start < at && !/[A-Za-z0-9]/.test(text[start] ?? "")) start++;
    if (start === at) continue;
    const value = text.slice(start, at + 1 + domain[0].length);
    const before = text.slice(Math.max(0, start - 60), start);
    // The password of a URL, not a person's address.
    if (before.endsWith("://") || /:\/\/[^\s]*:$/.test(before)) continue;
    if (DOCUMENTATION_DOMAIN.test(domain[0]) || /\.(png|jpe?g|gif|svg|webp|js|css|py)$/i.test(value)) continue;
    const role = ROLE.test(text.slice(start, at));
    if (++count > MAX_HITS) return;
    hits.push({
      group: "personal-data",
      kind: "email",
      title: "E-mail address",
      value,
      start,
      end: start + value.length,
      ...(role ? { role } : {}),
    });
  }
}

/** Words before a number that make a card of any issuer's range likely. */
const CARD_CONTEXT = /\b(card|visa|master ?card|amex|maestro|discover|jcb|diners|debit|credit|pan)\b/i;

/** Words that announce a number of another kind; one in ten of those has a card's check digit by chance. */
const NO_CARD =
  /\b(order|invoice|tracking|shipment|parcel|ticket|case|reference|ref|transaction|article|item|part|serial|isbn|ean|id)\b[^\d\n]{0,16}$/i;

/** Issuer ranges of the large networks with the lengths they use. */
function isCardRange(digits: string): boolean {
  const n = digits.length;
  if (/^4/.test(digits)) return n === 13 || n === 16 || n === 19;
  if (/^(5[1-5]|2(22[1-9]|2[3-9]|[3-6]|7[01]|720))/.test(digits)) return n === 16;
  if (/^3[47]/.test(digits)) return n === 15;
  if (/^3(0[0-5]|09|[689])/.test(digits)) return n >= 14 && n <= 19;
  if (/^(6011|64[4-9]|65|62|81)/.test(digits)) return n >= 16 && n <= 19;
  if (/^(1800|2131)/.test(digits)) return n === 15;
  if (/^35(2[89]|[3-8])/.test(digits)) return n >= 16 && n <= 19;
  if (/^(50|5[6-9]|6[0-9])/.test(digits)) return n >= 16 && n <= 19;
  return false;
}

/** Groups of a UUID may be digits alone. */
const UUID = /(?<![0-9a-f])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![0-9a-f])/gi;
const UUID_LENGTH = 36;

/** Whether a stretch of digits and hyphens is part of a UUID. */
function isInUuid(text: string, start: number, end: number): boolean {
  const from = Math.max(0, start - UUID_LENGTH);
  return [...text.slice(from, end + UUID_LENGTH).matchAll(UUID)].some(
    ({ index }) => from + index < end && start < from + index + UUID_LENGTH,
  );
}

function cards(text: string, hits: Hit[]): void {
  let count = 0;
  for (const match of text.matchAll(CARD)) {
    const digits = match[0].replace(/[ -]/g, "");
    const named = CARD_CONTEXT.test(text.slice(Math.max(0, match.index - 40), match.index));
    // Cards are written in groups.
    const other =
      !named && !/[ -]/.test(match[0]) && NO_CARD.test(text.slice(Math.max(0, match.index - 40), match.index));
    if (
      other ||
      !(isCardRange(digits) || (named && digits.length <= 19)) ||
      !isLuhnNumber(digits) ||
      TEST_CARDS.has(digits) ||
      /^(\d)\1+$/.test(digits) ||
      (match[0].includes("-") && isInUuid(text, match.index, match.index + match[0].length))
    )
      continue;
    if (++count > MAX_HITS) return;
    hits.push({
      group: "personal-data",
      kind: "card",
      title: "Payment card number",
      value: match[0],
      start: match.index,
      end: match.index + match[0].length,
    });
  }
}

/** IBANs that documentation publishes. */
const EXAMPLE_IBAN =
  /^(GB29NWBK60161331926819|DE89370400440532013000|FR1420041010050500013M02606|GB82WEST12345698765432)$/;

const COUNTRIES: ReadonlySet<string> = new Set(locales);

/** Remainder of dividing by 97 a number that is written on; letters count as 10 to 35. */
function extend(remainder: number, char: string): number {
  const digit = Number.parseInt(char, 36);
  return (remainder * (digit > 9 ? 100 : 10) + digit) % 97;
}

/**
 * The longest beginning of a run of letters and digits that is an IBAN; the run may have swallowed a following word in
 * capitals.
 */
function ibanIn(run: string): string | null {
  if (!COUNTRIES.has(run.slice(0, 2))) return null;
  let found: string | null = null;
  let remainder = 0;
  for (let i = 4; i < run.length; i++) {
    const char = run[i] ?? "";
    if (char === " " || char === "-") continue;
    remainder = extend(remainder, char);
    if (i < 14 || [...run.slice(0, 4)].reduce(extend, remainder) !== 1) continue;
    const value = run.slice(0, i + 1);
    if (isIBAN(value.replace(/[ -]/g, ""))) found = value;
  }
  return found !== null && EXAMPLE_IBAN.test(found.replace(/[ -]/g, "")) ? null : found;
}

function ibans(text: string, hits: Hit[]): void {
  let count = 0;
  for (const match of text.matchAll(IBAN)) {
    const value = ibanIn(match[0].toUpperCase());
    if (value === null) continue;
    if (++count > MAX_HITS) return;
    hits.push({
      group: "personal-data",
      kind: "iban",
      title: "IBAN",
      value,
      start: match.index,
      end: match.index + value.length,
    });
  }
}

function validSsn(area: string, group: string, serial: string): boolean {
  if (area === "000" || area === "666" || area >= "900" || group === "00" || serial === "0000") return false;
  return !["078051120", "219099999", "123456789"].includes(area + group + serial);
}

function ssns(text: string, hits: Hit[]): void {
  for (const match of text.matchAll(SSN)) {
    const [value, area = "", separator, group = "", serial = ""] = match;
    if (!validSsn(area, group, serial)) continue;
    if (separator === " " && !/ssn|social/i.test(text.slice(Math.max(0, match.index - 40), match.index))) continue;
    hits.push({
      group: "personal-data",
      kind: "ssn",
      title: "US social security number",
      value,
      start: match.index,
      end: match.index + value.length,
    });
  }
  for (const match of text.matchAll(BARE_SSN)) {
    const digits = match[1] ?? "";
    if (!validSsn(digits.slice(0, 3), digits.slice(3, 5), digits.slice(5))) continue;
    const start = match.index + match[0].length - digits.length;
    hits.push({
      group: "personal-data",
      kind: "ssn",
      title: "US social security number",
      value: digits,
      start,
      end: start + 9,
    });
  }
}

/**
 * Finds personal data; everything that has a checksum or an allotted range is checked against it.
 * @param ats where an @ stands
 */
export function findPersonalData(text: string, ats: readonly number[]): Hit[] {
  const hits: Hit[] = [];
  email(text, ats, hits);
  // All that follows needs digits side by side.
  if (!/\d\d/.test(text)) return hits;
  ibans(text, hits);
  cards(text, hits);
  ssns(text, hits);
  findAddresses(text, hits);
  findPhones(text, hits);
  return hits;
}
