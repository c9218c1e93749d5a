import { encodeUtf8 } from '../utf8';

/** What is wrong in a string, at an offset in it. */
export interface EscapeProblem {
  readonly code: 'notHex' | 'byteTooLarge';
  readonly at: number;
  readonly found: string;
}

const named: Readonly<Record<string, number>> = {
  ...{ a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13, e: 27 },
  ...{ '\\': 92, "'": 39, '"': 34, '?': 63 },
};

const piece = /\\x([0-9a-fA-F]{2})|\\([0-7]{1,3})|\\(\n)|\\([\s\S]?)|[^\\]+/g;

/**
 * The bytes of a string as C and Python write it: `\x30`, one to three octal digits, `\n`; anything else is UTF-8. Two
 * digits follow `\x`, as every tool writes it that prints bytes; C alone would go on after them.
 */
export function unescapeBytes(text: string): readonly number[] | EscapeProblem {
  const bytes: number[] = [];
  for (const { 0: all, 1: hex, 2: octal, 3: continued, 4: other, index } of text.matchAll(piece)) {
    if (hex !== undefined) bytes.push(Number.parseInt(hex, 16));
    else if (octal !== undefined) {
      const value = Number.parseInt(octal, 8);
      if (value > 0xff) return { code: 'byteTooLarge', at: index, found: all };
      bytes.push(value);
    } else if (other !== undefined) {
      const value = named[other];
      if (value === undefined) return { code: 'notHex', at: index, found: all };
      bytes.push(value);
    } else if (continued === undefined) {
      for (const byte of encodeUtf8(all)) bytes.push(byte);
    }
  }
  return bytes;
}
