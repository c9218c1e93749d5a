import type { JsonExpectation } from './json';

export type PayloadFormatId = 'json' | 'text' | 'hex';

export interface PayloadLine {
  /** How deep the line lies, in steps of indentation. */
  readonly indent: number;
  readonly text: string;
}

/** A payload made readable, line by line, so that a long one costs what is looked at. */
export interface PayloadLines {
  readonly lineCount: number;
  /** Lines count from 0. */
  readonly line: (index: number) => PayloadLine;
}

/** Why bytes are not of a format; `offset` is that of the byte. */
export type PayloadProblem =
  | { readonly code: 'notUtf8'; readonly offset: number }
  | { readonly code: 'notJson'; readonly offset: number; readonly expected: JsonExpectation };

/** The beginning of a payload, by which a format is recognised. */
export interface PayloadSample {
  readonly bytes: Uint8Array;
  /** The bytes as UTF-8, without a character that the end of the sample cuts; undefined where they are none. */
  readonly text: string | undefined;
  /** Whether this is the whole payload. */
  readonly complete: boolean;
}

/** One way to read payloads. */
export interface PayloadFormat {
  readonly id: PayloadFormatId;
  /** For people. */
  readonly name: string;
  read(bytes: Uint8Array): PayloadLines | PayloadProblem;
  /** The sample on one line of at most `limit` characters, or undefined where it does not look like this format. */
  oneLine(sample: PayloadSample, limit: number): string | undefined;
}

export function listOfLines(lines: readonly PayloadLine[]): PayloadLines {
  return { lineCount: lines.length, line: (index) => lines[index] ?? { indent: 0, text: '' } };
}

/** A line of at most `limit` characters; the mark at its end says that there is more. */
export function cutTo(limit: number, line: string, complete: boolean): string {
  if (complete && line.length <= limit) return line;
  const kept = Math.min(line.length, Math.max(0, limit - 1));
  const last = line.charCodeAt(kept - 1);
  // Half of a surrogate pair is no character.
  return `${line.slice(0, last >= 0xd800 && last < 0xdc00 ? kept - 1 : kept)}…`;
}

/** Text on one line: breaks get a sign, and characters that would turn its direction around their number. */
export function onOneLine(text: string): string {
  return text
    .replace(/\r\n|[\r\n\u0085\u2028\u2029]/g, '⏎')
    .replace(/\t/g, ' ')
    .replace(
      /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
      (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
}
