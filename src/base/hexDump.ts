import { fromBase64 } from './base64';
import { concatBytes } from './bytes';

/** The notations {@link parseHexDump} knows. */
export type HexNotation = 'hex' | 'list' | 'dump' | 'base64';

export type HexDump =
  { readonly bytes: Uint8Array; readonly notation: HexNotation } | { readonly problem: HexDumpProblem };

/** Why a text is not bytes: what stands there, at a line and a column that count from 1. */
export interface HexDumpProblem {
  readonly code: 'empty' | 'notHex' | 'oddDigits' | 'byteTooLarge' | 'offsetGap' | 'tooLong';
  readonly line: number;
  readonly column: number;
  readonly found: string;
}

/** A repeated row (`*`) may not blow a few characters up beyond this many bytes. */
const maximumBytes = 64 * 1024 * 1024;

/** `I (1234) TAG: ` and its colours, which ESP-IDF puts before every line of a log. */
const logPrefix = /^(?:\x1b\[[0-9;]*m)?[EWIDV] \(\d+\) [^:]+: /;

/** An offset: with a colon (xxd), or with two spaces (hexdump -C, Wireshark, ESP-IDF), or seven octal digits (od). */
const offsetColumn = /^\s*(?:(?:0x)?([0-9a-fA-F]{4,16})(?::\s*| {2,}|\t\s*)|([0-7]{7}) )(?=[0-9a-fA-F]{2}|$)/;
const lastOffset = /^\s*[0-9a-fA-F]{7,8}\s*$/;

/**
 * The bytes of a text as people have it: plain hexadecimal with or without separators, `0x..` lists, C arrays and C
 * strings with `\x..`, dumps with offsets and an ASCII column (`xxd`, `hexdump -C`, `od -t x1`, Wireshark, ESP-IDF's
 * `ESP_LOG_BUFFER_HEX`) and base64. Takes time linear in the text.
 */
export function parseHexDump(text: string): HexDump {
  if (text.trim() === '') return problem('empty', 1, 1, '');
  const lines = text
    .split(/\r?\n/)
    .map((line) => line.replace(logPrefix, (prefix) => ' '.repeat(prefix.length)));
  if (lines.some((line) => offsetColumn.test(line))) return dump(lines);
  const source = withoutComments(lines.join('\n'));
  if (/\\x[0-9a-fA-F]{2}/.test(source)) return cString(source);
  const number = /^\s*0x([0-9a-f]{3,})\s*$/i.exec(source);
  if (!number && (/\b0x[0-9a-f]/i.test(source) || source.includes('{'))) return list(source);
  const hex = plainHex(number ? source.replace(/0x/i, '  ') : source);
  if ('bytes' in hex) return hex;
  return base64(source) ?? hex;
}

/** Comments of C become spaces, so that lines and columns stay what they were. */
function withoutComments(text: string): string {
  const blank = (comment: string) => comment.replace(/[^\n]/g, ' ');
  return text.replace(/\/\*[\s\S]*?\*\//g, blank).replace(/\/\/[^\n]*(?=\n|$)/g, (comment) => {
    return /^\/\/[A-Za-z0-9+/=]*$/.test(comment) ? comment : blank(comment);
  });
}

function plainHex(source: string): HexDump {
  const bytes: number[] = [];
  for (const { text, line, column } of tokens(source, /[^\s,;:_-]+/g)) {
    const wrong = /[^0-9a-fA-F]/.exec(text);
    if (wrong) return problem('notHex', line, column + wrong.index, wrong[0]);
    if (text.length % 2 !== 0) return problem('oddDigits', line, column, text);
    pushHex(bytes, text);
  }
  if (bytes.length === 0) return problem('empty', 1, 1, '');
  return { bytes: Uint8Array.from(bytes), notation: 'hex' };
}

/** Numbers and characters between the braces of a C array, or the whole text where there are none. */
function list(source: string): HexDump {
  const opening = source.indexOf('{');
  const closing = source.lastIndexOf('}');
  const braces = opening >= 0;
  const from = braces ? opening + 1 : 0;
  const to = braces && closing > opening ? closing : source.length;
  const inner = source.slice(0, from).replace(/[^\n]/g, ' ') + source.slice(from, to);
  const bytes: number[] = [];
  for (const { text, line, column } of tokens(inner, /'(?:\\.|[^'])'|[^\s,;{}[\]()]+/g)) {
    const value = element(text, braces);
    if (value === undefined) return problem('notHex', line, column, text);
    if (value > 0xff) return problem('byteTooLarge', line, column, text);
    bytes.push(value);
  }
  return { bytes: Uint8Array.from(bytes), notation: 'list' };
}

function element(text: string, decimal: boolean): number | undefined {
  if (/^0x[0-9a-f]+u?$/i.test(text)) return Number.parseInt(text.slice(2), 16);
  if (/^0b[01]+u?$/i.test(text)) return Number.parseInt(text.slice(2), 2);
  if (text.startsWith("'")) return character(text.slice(1, -1));
  if (decimal && /^\d+u?$/i.test(text)) return Number.parseInt(text, 10);
  if (!decimal && /^[0-9a-f]{2}$/i.test(text)) return Number.parseInt(text, 16);
  return undefined;
}

const escapes: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, '0': 0, '\\': 92, "'": 39, '"': 34 };

function character(text: string): number | undefined {
  if (text.startsWith('\\')) return escapes[text.slice(1)];
  return text.charCodeAt(0);
}

/** The characters between the quotes of C strings, or of the whole text where there are none. */
function cString(source: string): HexDump {
  const quoted =
    source
      .match(/"(?:\\.|[^"\\])*"/g)
      ?.map((part) => part.slice(1, -1))
      .join('') ?? source.trim();
  const bytes: number[] = [];
  for (const [part, hex, escape] of quoted.matchAll(/\\x([0-9a-fA-F]{2})|\\(.)|[\s\S]/g)) {
    if (hex !== undefined) bytes.push(Number.parseInt(hex, 16));
    else bytes.push((escape === undefined ? part.charCodeAt(0) : escapes[escape]) ?? part.charCodeAt(1));
  }
  const large = bytes.findIndex((byte) => byte > 0xff);
  if (large >= 0) return problem('byteTooLarge', 1, 1, String.fromCharCode(bytes[large] as number));
  return { bytes: Uint8Array.from(bytes), notation: 'list' };
}

interface Row {
  readonly offset: number;
  readonly line: number;
  readonly column: number;
  readonly rest: string;
  /** The rows between this one and the one before were the same as that (`*`). */
  readonly afterRepeat: boolean;
}

/** Rows with offsets: an offset says how many bytes the row before has, which tells bytes from the ASCII column. */
function dump(lines: readonly string[]): HexDump {
  const found = dumpRows(lines);
  if ('problem' in found) return found;
  const { rows } = found;
  const parts: Uint8Array[] = [];
  let length = 0;
  let width = 16;
  for (const [index, row] of rows.entries()) {
    const start = row.offset - (rows[0]?.offset ?? 0);
    if (row.afterRepeat) {
      const last = parts.at(-1);
      if (!last || start > maximumBytes) return problem('tooLong', row.line, 1, '*');
      const repeated = repeat(last, start - length);
      parts.push(repeated);
      length += repeated.length;
    }
    if (start !== length) return problem('offsetGap', row.line, 1, row.offset.toString(16));
    const next = rows[index + 1];
    const most = next && !next.afterRepeat ? next.offset - row.offset : width;
    const bytes = rowBytes(row.rest, most);
    if (bytes.length === 0 && row.rest.trim() !== '') {
      return problem('notHex', row.line, row.column, row.rest.trim().slice(0, 16));
    }
    if (next && !next.afterRepeat) width = most;
    parts.push(bytes);
    length += bytes.length;
  }
  if (length === 0) return problem('empty', 1, 1, '');
  return { bytes: concatBytes(parts), notation: 'dump' };
}

function dumpRows(
  lines: readonly string[],
): { readonly rows: readonly Row[] } | { readonly problem: HexDumpProblem } {
  const rows: Row[] = [];
  let afterRepeat = false;
  for (const [index, text] of lines.entries()) {
    const column = offsetColumn.exec(text);
    if (column) {
      const octal = column[2] !== undefined;
      const offset = Number.parseInt(column[1] ?? column[2] ?? '0', octal ? 8 : 16);
      const rest = text.slice(column[0].length);
      rows.push({ offset, line: index + 1, column: column[0].length + 1, rest, afterRepeat });
      afterRepeat = false;
    } else if (text.trim() === '*') afterRepeat = true;
    else if (lastOffset.test(text) && rows.length > 0) {
      const offset = Number.parseInt(text.trim(), /^[0-7]{7}$/.test(text.trim()) ? 8 : 16);
      if (afterRepeat) rows.push({ offset, line: index + 1, column: 1, rest: '', afterRepeat });
      afterRepeat = false;
    } else if (text.trim() !== '') return problem('notHex', index + 1, 1, text.trim().slice(0, 16));
  }
  return { rows };
}

/** Whole copies of a row until `length` bytes are there or passed. */
function repeat(row: Uint8Array, length: number): Uint8Array {
  if (row.length === 0 || length <= 0) return new Uint8Array(0);
  const bytes = new Uint8Array(Math.ceil(length / row.length) * row.length);
  bytes.set(row);
  for (let filled = row.length; filled < bytes.length; filled *= 2) bytes.copyWithin(filled, 0, filled);
  return bytes;
}

/** At most `most` bytes of a row, up to the gap before its ASCII column. */
function rowBytes(rest: string, most: number): Uint8Array {
  const bytes: number[] = [];
  const bar = rest.indexOf('|');
  let end = 0;
  for (const { 0: group, index } of (bar < 0 ? rest : rest.slice(0, bar)).matchAll(/\S+/g)) {
    if (bytes.length >= most || group.length % 2 !== 0 || !/^[0-9a-fA-F]+$/.test(group)) break;
    // Two spaces in the middle of a row are decoration, elsewhere they announce the ASCII column.
    if (bytes.length > 0 && index - end >= (bytes.length === 8 ? 3 : 2)) break;
    pushHex(bytes, group);
    end = index + group.length;
  }
  return Uint8Array.from(bytes.slice(0, most));
}

/** Base64 or its URL-safe form, or undefined where the text is something else. */
function base64(source: string): HexDump | undefined {
  if (/\S[^\S\n]+\S/.test(source)) return undefined; // Words between spaces are rather misspelt hexadecimal.
  const bytes = fromBase64(source.replace(/-/g, '+').replace(/_/g, '/'));
  return typeof bytes === 'number' || bytes.length === 0 ? undefined : { bytes, notation: 'base64' };
}

function* tokens(source: string, pattern: RegExp): Generator<{ text: string; line: number; column: number }> {
  for (const [index, text] of source.split('\n').entries()) {
    for (const match of text.matchAll(pattern)) {
      yield { text: match[0], line: index + 1, column: match.index + 1 };
    }
  }
}

function pushHex(bytes: number[], digits: string): void {
  for (let at = 0; at < digits.length; at += 2) bytes.push(Number.parseInt(digits.slice(at, at + 2), 16));
}

function problem(
  code: HexDumpProblem['code'],
  line: number,
  column: number,
  found: string,
): { readonly problem: HexDumpProblem } {
  return { problem: { code, line, column, found } };
}
