/*
 * SASLprep (RFC 4013) for user names and passwords: what two systems type differently for one text becomes the same bytes.
 * Code points that Unicode 3.2 had not assigned are let through, as a client may (2.5 there: a query). Left to right and
 * right to left are told apart by script and letter, not by the tables of RFC 3454, which agree in all that is typed.
 */

/** Spaces that are not ASCII's, which become one (RFC 3454, C.1.2). */
const otherSpaces = /[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/gu;

/** Commonly mapped to nothing (RFC 3454, B.1). */
const invisible = /\u00ad|\u034f|\u1806|[\u180b-\u180d]|[\u200b-\u200d]|\u2060|[\ufe00-\ufe0f]|\ufeff/gu;

/** What may not be in there (RFC 3454, C.2.1, C.2.2 and C.3 to C.9). */
const prohibited =
  /[\p{Cc}\u06dd\u070f\u180e\u2028\u2029\u2061-\u2063\u206a-\u206f\u{1d173}-\u{1d17a}\p{Co}\p{Cs}\p{Noncharacter_Code_Point}\ufff9-\ufffd\u2ff0-\u2ffb\u0340\u0341\u200e\u200f\u202a-\u202e\u{e0001}\u{e0020}-\u{e007f}]/u;

const rightToLeft = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;

/** What is wrong with a text, as a code point or a word for people. */
export interface UnusableText {
  readonly problem: string;
}

/** The text as it goes into the exchange, or why it cannot. */
export function saslprep(text: string): string | UnusableText {
  const prepared = text.replace(otherSpaces, ' ').replace(invisible, '').normalize('NFKC');
  const found = prohibited.exec(prepared)?.[0];
  if (found !== undefined) {
    return { problem: `U+${(found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}` };
  }
  if (rightToLeft.test(prepared) && !isOneDirection(prepared)) return { problem: 'text of both directions' };
  return prepared;
}

/** RFC 3454, section 6: nothing that runs from left to right, and right to left at both ends. */
function isOneDirection(text: string): boolean {
  const characters = Array.from(text);
  const isLetterOfOther = (character: string) => /\p{L}/u.test(character) && !rightToLeft.test(character);
  const [first = '', last = ''] = [characters[0], characters.at(-1)];
  return !characters.some(isLetterOfOther) && rightToLeft.test(first) && rightToLeft.test(last);
}
