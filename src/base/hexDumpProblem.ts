import { assertNever } from './assert';
import type { HexDumpProblem, Omission } from './hexDumpResult';

const notations =
  'Hexadecimal digits, 0x lists, C arrays, base64 and the dumps of xxd, hexdump, od, Wireshark and ESP-IDF are read.';

/** Why a text could not be taken for bytes. `from` is where the text starts in its document, counted from 0. */
export function explainHexDump(
  problem: HexDumpProblem,
  from: { readonly line: number; readonly column: number } = { line: 0, column: 0 },
): string {
  const line = from.line + problem.line;
  const column = problem.line === 1 ? from.column + problem.column : problem.column;
  return `${what(problem)} (line ${line}, column ${column}). ${notations}`;
}

/** How many line numbers a sentence holds. */
const mostLines = 5;

/**
 * What of a text was not read, as a sentence; undefined where all of it was.
 * @param fromLine where the text starts in its document, counted from 0.
 */
export function explainOmitted(omitted: readonly Omission[] | undefined, fromLine = 0): string | undefined {
  const sentences = omitted?.map(({ what: kind, lines }) => {
    const count = `${lines.length} ${lines.length === 1 ? 'line' : 'lines'}`;
    const shown = lines.slice(0, mostLines).map((line) => String(fromLine + line));
    const places = `${lines.length === 1 ? 'line' : 'lines'} ${shown.join(', ')}${lines.length > mostLines ? ', …' : ''}`;
    return kind === 'log'
      ? `${count} of log without bytes left out (${places}).`
      : `Not read: ${places}, a string of bytes beside an array; decode it by itself.`;
  });
  return sentences?.length ? sentences.join(' ') : undefined;
}

function what({ code, found }: HexDumpProblem): string {
  switch (code) {
    case 'empty':
      return 'There are no bytes to decode';
    case 'notHex':
      return `"${found}" is no byte`;
    case 'oddDigits':
      return `"${found}" has an odd number of digits, so a byte is incomplete`;
    case 'byteTooLarge':
      return `${found} is more than a byte can hold`;
    case 'offsetGap':
      return `The row at offset ${found} does not follow the row before it, so bytes are missing`;
    case 'tooLong':
      return 'The repeated rows stand for more than 64 MiB';
    case 'openRepeat':
      return 'How many rows the * stands for cannot be told from the offset after it';
    case 'decimal':
      return `"${found}" is a decimal number or a character where a byte in hexadecimal should be; dump with xxd, hexdump -C or od -t x1`;
    case 'byteOrder':
      return `Nothing shows in which order the bytes of "${found}" stand; dump single bytes, with xxd -g 1 or od -t x1`;
    case 'unclear':
      return `"${found}" in a line of a log may be words or bytes; remove the line, or select the bytes alone`;
    default:
      return assertNever(code);
  }
}
