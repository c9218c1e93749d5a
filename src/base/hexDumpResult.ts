/** The notations `parseHexDump` knows. */
export type HexNotation = 'hex' | 'list' | 'dump' | 'base64';

/** Lines of a text that were passed over on purpose, counted from 1: who reads the bytes must be told. */
export interface Omission {
  /** `log`: a line of a log without bytes. `string`: a string of bytes beside the arrays of a source text. */
  readonly what: 'log' | 'string';
  readonly lines: readonly number[];
}

export type HexDump =
  | { readonly bytes: Uint8Array; readonly notation: HexNotation; readonly omitted?: readonly Omission[] }
  | { readonly problem: HexDumpProblem };

/** Why a text is not bytes: what stands there, at a line and a column that count from 1. */
export interface HexDumpProblem {
  readonly code:
    | 'empty'
    | 'notHex'
    | 'oddDigits'
    | 'byteTooLarge'
    | 'offsetGap'
    | 'tooLong'
    /** A `*` after which no offset says, or not beyond doubt, how many rows it stands for. */
    | 'openRepeat'
    /** Decimal numbers where bytes are wanted: `od -t u1`, `hexdump -d`. */
    | 'decimal'
    /** Words whose byte order nothing in the dump shows: `xxd -e` or `xxd -g 4`. */
    | 'byteOrder'
    /** A message of a log that may be words and may be bytes: `dead beef`. */
    | 'unclear';
  readonly line: number;
  readonly column: number;
  readonly found: string;
}

export function hexDumpProblem(
  code: HexDumpProblem['code'],
  line: number,
  column: number,
  found: string,
): { readonly problem: HexDumpProblem } {
  return { problem: { code, line, column, found } };
}
