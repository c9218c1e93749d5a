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
  /** The sample on one line of about `limit` characters, or undefined where it does not look like this format. */
  oneLine(sample: PayloadSample, limit: number): string | undefined;
}

export function listOfLines(lines: readonly PayloadLine[]): PayloadLines {
  return { lineCount: lines.length, line: (index) => lines[index] ?? { indent: 0, text: '' } };
}

/** Cuts a line to `limit` characters; the mark says that there is more. */
export function cutTo(limit: number, line: string, complete: boolean): string {
  if (line.length <= limit) return complete ? line : `${line}…`;
  const last = line.charCodeAt(limit - 1);
  // Half of a surrogate pair is no character.
  return `${line.slice(0, last >= 0xd800 && last < 0xdc00 ? limit - 1 : limit)}…`;
}
