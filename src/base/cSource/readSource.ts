import type { HexDump } from '../hexDumpResult';
import { hexDumpProblem } from '../hexDumpResult';
import { unescapeBytes } from './escapes';
import type { SourceToken } from './scanSource';

/**
 * The numbers, characters and strings between the braces of the arrays of a source text, or of all of it where there is no
 * brace. What stands outside of them declares the arrays.
 */
export function readArrays(source: string, tokens: readonly SourceToken[]): HexDump {
  const braces = tokens.some(({ kind }) => kind === 'open' || kind === 'close');
  // A selection may begin in the middle of an array.
  const first = tokens.find(({ kind }) => kind === 'open' || kind === 'close');
  let depth = first?.kind === 'close' ? 1 : 0;
  const bytes: number[] = [];
  for (const token of tokens) {
    if (token.kind === 'open') depth++;
    else if (token.kind === 'close') depth = Math.max(0, depth - 1);
    else if (!braces || depth > 0) {
      const found = token.kind === 'word' ? numberByte(token, braces) : elementBytes(token);
      if ('code' in found) return problemAt(source, found.at, found.code, found.found);
      for (const byte of found) bytes.push(byte);
    }
  }
  if (bytes.length === 0) return hexDumpProblem('empty', 1, 1, '');
  const beside = braces ? stringsBeside(source, tokens) : [];
  const omitted = beside.length === 0 ? undefined : [{ what: 'string', lines: beside } as const];
  return { bytes: Uint8Array.from(bytes), notation: 'list', ...(omitted && { omitted }) };
}

/** The lines, counted from 1, of strings outside of all braces that spell bytes: they belong to no array. */
function stringsBeside(source: string, tokens: readonly SourceToken[]): readonly number[] {
  const lines = new Set<number>();
  let depth = tokens.find(({ kind }) => kind === 'open' || kind === 'close')?.kind === 'close' ? 1 : 0;
  let line = 1;
  let reached = 0;
  for (const { kind, text, start } of tokens) {
    if (kind === 'open') depth++;
    else if (kind === 'close') depth = Math.max(0, depth - 1);
    else if (depth === 0 && kind !== 'word' && /\\(?:x[0-9a-f]|[0-7])/i.test(text)) {
      for (; reached < start; reached++) if (source[reached] === '\n') line++;
      lines.add(line);
    }
  }
  return [...lines];
}

/** The bytes of all strings of a source text, or of the whole text where it has escapes but no quotes. */
export function readStrings(source: string, tokens: readonly SourceToken[]): HexDump {
  const strings = tokens.filter(({ kind }) => kind === 'string' || kind === 'unclosed');
  if (strings.length === 0) {
    const start = source.length - source.trimStart().length - 1;
    strings.push({ kind: 'string', text: source.trim(), start });
  } else {
    // Half a string is left where the selection begins or ends in the middle of one.
    const half = tokens.find(({ kind, text }) => kind === 'word' && text.includes('\\'));
    if (half) return problemAt(source, half.start, 'notHex', half.text.slice(0, 16));
  }
  const parts = strings.map(stringBytes);
  const bytes: number[] = [];
  for (const part of parts) {
    if ('code' in part) return problemAt(source, part.at, part.code, part.found);
    for (const byte of part) bytes.push(byte);
  }
  return { bytes: Uint8Array.from(bytes), notation: 'list' };
}

interface Wrong {
  readonly code: 'notHex' | 'byteTooLarge';
  /** Offset in the source. */
  readonly at: number;
  readonly found: string;
}

/** An element of an array that is no number: in C there is one character between single quotes. */
function elementBytes(token: SourceToken): readonly number[] | Wrong {
  const bytes = stringBytes(token);
  const tooLarge = token.quote === "'" && 'length' in bytes && bytes.length > 1;
  return tooLarge ? { code: 'byteTooLarge', at: token.start, found: `'${token.text}'` } : bytes;
}

function stringBytes({ kind, text, start, quote = '' }: SourceToken): readonly number[] | Wrong {
  if (kind === 'unclosed') return { code: 'notHex', at: start, found: quote };
  const bytes = unescapeBytes(text);
  return 'code' in bytes ? { ...bytes, at: start + 1 + bytes.at } : bytes;
}

function numberByte({ text, start }: SourceToken, isArray: boolean): readonly number[] | Wrong {
  const value = numberOf(text, isArray);
  if (value === undefined) return { code: 'notHex', at: start, found: text };
  return value > 0xff ? { code: 'byteTooLarge', at: start, found: text } : [value];
}

/** An integer constant of C. Between braces that is what it is; outside, bare digits are bytes in hexadecimal. */
function numberOf(text: string, isArray: boolean): number | undefined {
  const digits = text.replace(/[uUlL]{1,3}$/, '');
  if (/^0x[0-9a-f]+$/i.test(digits)) return Number.parseInt(digits.slice(2), 16);
  if (/^0b[01]+$/i.test(digits)) return Number.parseInt(digits.slice(2), 2);
  if (!isArray) return /^[0-9a-f]{2}$/i.test(text) ? Number.parseInt(text, 16) : undefined;
  if (/^0[0-7]*$/.test(digits)) return Number.parseInt(digits, 8);
  return /^[1-9][0-9]*$/.test(digits) ? Number.parseInt(digits, 10) : undefined;
}

function problemAt(source: string, at: number, code: Wrong['code'], found: string): HexDump {
  const before = source.slice(0, at);
  const line = before.split('\n').length;
  return hexDumpProblem(code, line, at - before.lastIndexOf('\n'), found);
}
