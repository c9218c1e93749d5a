import { fromBase64 } from './base64';
import { readArrays, readStrings } from './cSource/readSource';
import type { SourceToken } from './cSource/scanSource';
import { scanSource, withoutComments } from './cSource/scanSource';
import { dumpOf } from './dump/dumpOf';
import { linesOf, placeInText } from './dump/logLines';
import { decimalArray } from './dump/logMessage';
import type { HexDump } from './hexDumpResult';
import { hexDumpProblem } from './hexDumpResult';

export type { HexDump, HexDumpProblem, HexNotation } from './hexDumpResult';

/**
 * The bytes of a text as people have it: plain hexadecimal with or without separators, `0x..` lists, arrays and strings of C
 * (and strings of Python and JavaScript), base64, and dumps with offsets and a text column: `xxd` in every form, `hexdump`
 * and `od` except where they print characters or decimal numbers, Wireshark's dumps and followed streams, ESP-IDF's
 * `ESP_LOG_BUFFER_HEX` and `ESP_LOG_BUFFER_HEXDUMP`, Node's `<Buffer …>` and JSON arrays, also behind what a logger or a serial
 * monitor puts before a line. Several arrays or dumps are read one after the other. Lines of a log without bytes are
 * left out and told as `omitted`. A byte that is not certain is a problem, never left out or made up. Takes time linear in
 * the text.
 */
export function parseHexDump(text: string): HexDump {
  if (text.trim() === '') return hexDumpProblem('empty', 1, 1, '');
  const { lines, leftOut, problem } = linesOf(text);
  if (problem) return { problem: placeInText(problem, text) };
  const array = decimalArray(lines.join('\n'));
  const result = array === undefined ? readLines(lines) : listOf(array);
  if ('problem' in result) return { problem: placeInText(result.problem, text) };
  if (leftOut.length === 0) return result;
  return { ...result, omitted: [...(result.omitted ?? []), { what: 'log', lines: leftOut }] };
}

function readLines(lines: readonly string[]): HexDump {
  return dumpOf(lines) ?? withoutOffsets(lines.join('\n'));
}

function listOf(groups: string): HexDump {
  const hex = plainHex(groups);
  return 'bytes' in hex ? { ...hex, notation: 'list' } : hex;
}

function withoutOffsets(text: string): HexDump {
  const source = withoutComments(text);
  const tokens = scanSource(source);
  const isArray = tokens.some(
    ({ kind, text: word }) => kind === 'open' || kind === 'close' || /^0x[0-9a-f]/i.test(word),
  );
  if (!isArray && hasEscapes(source, tokens)) return readStrings(source, tokens);
  const number = /^\s*0x([0-9a-f]{3,})\s*$/i.exec(source);
  if (!number && isArray) return readArrays(source, tokens);
  const hex = plainHex(number ? source.replace(/0x/i, '  ') : source);
  return 'bytes' in hex ? hex : (base64(text) ?? hex);
}

/** Whether strings spell bytes, in quotes or, where a selection leaves them out, without. */
function hasEscapes(source: string, tokens: readonly SourceToken[]): boolean {
  const inQuotes = tokens.some(({ kind, text }) => kind === 'string' && text.includes('\\'));
  return inQuotes || /\\x[0-9a-fA-F]{2}/.test(source);
}

function plainHex(source: string): HexDump {
  const bytes: number[] = [];
  for (const [index, line] of source.split('\n').entries()) {
    for (const { 0: text, index: column } of line.matchAll(/[^\s,;:_-]+/g)) {
      const wrong = /[^0-9a-fA-F]/.exec(text);
      if (wrong) return hexDumpProblem('notHex', index + 1, column + wrong.index + 1, wrong[0]);
      if (text.length % 2 !== 0) return hexDumpProblem('oddDigits', index + 1, column + 1, text);
      for (let at = 0; at < text.length; at += 2) bytes.push(Number.parseInt(text.slice(at, at + 2), 16));
    }
  }
  if (bytes.length === 0) return hexDumpProblem('empty', 1, 1, '');
  return { bytes: Uint8Array.from(bytes), notation: 'hex' };
}

/** Base64 or its URL-safe form, or undefined where the text is something else. */
function base64(source: string): HexDump | undefined {
  // Words between spaces, and digits of which one is missing, are rather misspelt hexadecimal.
  if (/\S[^\S\n]+\S/.test(source) || /^[\s0-9a-f]*$/i.test(source)) return undefined;
  const bytes = fromBase64(source.replace(/-/g, '+').replace(/_/g, '/'));
  return typeof bytes === 'number' || bytes.length === 0 ? undefined : { bytes, notation: 'base64' };
}
