import { parsePhoneNumberFromString } from "libphonenumber-js/min";
import type { Hit } from "./hit.js";

/** Signs that phone numbers are written with; a run of them may hold several numbers. */
const RUN = /(?<![\w.]|\w-)[+(\d][\d().+\-/ x]{5,}/g;
/** One number, at the beginning of a run. Groups are whole stretches of digits, so there is one way to match. */
const PHONE =
  /^(?:\+|00)?\(?\d{1,15}\)?(?:[ .\-/]{1,2}\(?\d{1,9}\)?|\(\d{1,5}\)[ .\-/]{0,2}\d{1,9}|(?<=\))\d{1,9}){0,6}(?:x\d{1,6})?(?![\w])/;
/** Longest piece of a run that can be one number. */
const LONGEST = 48;
/** Longer runs are tables of figures; only their beginning is looked at. */
const LONGEST_RUN = 400;
const MAX_CANDIDATES = 2_000;
/** Words that announce a phone number. */
const BEFORE =
  /\b(phone|tel|telephone|call|mobile|cell|fax|whatsapp|sms|text|dial|hotline|contact|reach|desk|office|ring|answering|registered|message on|messages? to|voicemail)\b[^\n\d]{0,24}\n?[^\n\d]{0,6}$/i;
const AFTER = /^\s{0,2}[-–(,:]?\s{0,2}(fax|mobile|cell|office|phone|tel|work|home|desk)\b/i;
/** Words that announce a number of another kind. */
const OTHER =
  /\b(licen[cs]e|passport|card|order|account|iban|ssn|social security|invoice|tracking|ticket|reference|ref|case|zip|postcode|isbn|version|id|no\.? of|customer number|part|serial|vat|tax)\b[^\n]{0,24}$/i;
/** Numbers of films and examples: the last four digits 01xx behind 555, and the area code 555, which nobody has. */
const AREA_555 = /555[ .-]?01\d\d$|^(?:\+?1[ .-]?)?\(?555\)?[ .-]?\d{3}[ .-]?\d{4}$/;
const DATE_LIKE = /^(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4})$/;
/** Ways of writing that hardly anything but phone numbers has. */
const WRITTEN =
  /^(\(\d{3}\) ?|\d{3}[.-])\d{3}[.-]\d{4}(x\d+)?$|^\d{3} \d{3}[ -]\d{4}$|^0\d{2,4}[ \-/]\d{3}|^\(0\d{1,4}\)/;
const COUNTRIES = ["US", "GB", "DE", "FR", "IN", "AU"] as const;
const MAX_PHONES = 500;

/** The same as they are written at home, with words in place of digits at times ("1-800-799-SAFE"). */
const FREE_CALL = /^\+?1?[ .-]?\(?8(?:00|33|44|55|66|77|88)\)?[ .-]/;
/** Free-call and premium numbers belong to companies. */
const COMPANY = /^\+1(8(00|33|44|55|66|77|88)|900)|^\+44(800|808|845|870)|^\+49800/;

/**
 * Finds phone numbers and adds them to `hits`. Numbers that stand alone must be valid by the numbering plans; after a word
 * such as "phone", those that are only possible count as well. What another detector has taken is left to it.
 */
export function findPhones(text: string, hits: Hit[]): void {
  let tried = 0;
  let seen = 0;
  const taken = [...hits].sort((a, b) => a.start - b.start);
  let next = 0;
  for (const { value, start } of candidates(text)) {
    if (++seen > MAX_CANDIDATES) return;
    const end = start + value.length;
    while (next < taken.length && (taken[next]?.end ?? 0) <= start) next++;
    if ((taken[next]?.start ?? Number.POSITIVE_INFINITY) < end) continue;
    const plain = value.replace(/x\d+$/, "");
    const digits = plain.replace(/\D/g, "");
    if (digits.length < 7 || digits.length > 15 || DATE_LIKE.test(value) || AREA_555.test(plain)) continue;
    const before = text.slice(Math.max(0, start - 40), start);
    const announced = BEFORE.test(before) || AFTER.test(text.slice(end, end + 16));
    const international = /^(\+|00)/.test(plain);
    if (!announced && (OTHER.test(before) || (digits.length < 10 && !international))) continue;
    const written = WRITTEN.test(value);
    if (!international && !written && !announced) continue;
    if (++tried > MAX_PHONES) return;
    const number = isPhone(plain, digits, { announced, international, written });
    if (number === null) continue;
    hits.push({
      group: "personal-data",
      kind: "phone",
      title: "Phone number",
      value,
      start,
      end,
      ...(COMPANY.test(number) || FREE_CALL.test(value) ? { role: true } : {}),
    });
  }
}

/** What is written as a phone number is, with its place. */
function* candidates(text: string): Generator<{ value: string; start: number }> {
  for (const run of text.matchAll(RUN)) {
    let at = 0;
    while (at < Math.min(run[0].length, LONGEST_RUN)) {
      const piece = run[0].slice(at, at + LONGEST);
      // What follows the run decides whether a number ends there: "12ab" is none.
      const rest = piece.length < LONGEST ? text.slice(run.index + run[0].length, run.index + run[0].length + 1) : "";
      const match = /^[\d+(]/.test(piece) ? PHONE.exec(piece + rest) : null;
      if (match && match[0].length >= 7) {
        yield { value: match[0].trimEnd(), start: run.index + at };
        at += match[0].length;
      } else {
        // On to the next group.
        const gap = /^[^ .\-/]*[ .\-/]+/.exec(piece);
        if (!gap) break;
        at += gap[0].length;
      }
    }
  }
}

/** The number in international form where it can be told, "" where only the words around speak for it, null when it is none. */
function isPhone(
  plain: string,
  digits: string,
  how: { announced: boolean; international: boolean; written: boolean },
): string | null {
  if (how.international) {
    const number = parsePhoneNumberFromString(`+${digits.replace(/^00/, "")}`);
    if (!number) return how.announced ? "" : null;
    return number.isValid() || number.isPossible() || how.announced ? number.number : null;
  }
  for (const country of COUNTRIES) {
    const number = parsePhoneNumberFromString(plain, country);
    if (number?.isValid()) return number.number;
    if (!how.announced && country === "GB") break;
  }
  const grouped = /\d[ .\-/)]+\(?\d/.test(plain);
  if (how.announced && grouped) return "";
  // North American form with area and exchange codes that are not in use yet.
  return how.written && /^\(?[2-9]\d{2}\)?[ .-]\d{3}[.-]\d{4}$/.test(plain) ? "" : null;
}
