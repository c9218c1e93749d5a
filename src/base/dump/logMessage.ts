import { dumpLine } from './dumpLine';
import { RowText } from './textColumn';

/** Whether a message of a log holds bytes, is a text beside them, or may be both. */
export type MessageKind = 'bytes' | 'text' | 'unclear';

const byteGroup = /^(?:0x[0-9a-f]{1,2}|(?:[0-9a-f]{2})+)$/i;

/**
 * Takes a message for a text only where words say so and at most one group in front of them could be a byte: what begins
 * like bytes and goes on as something else is for the reader of bytes to refuse.
 */
export function messageKind(message: string): MessageKind {
  const groups = message.split(/[\s,;:{}()[\]-]+/).filter((group) => group !== '');
  if (groups.length === 0) return 'bytes';
  // "dead", "face": without a digit longer groups of hexadecimal letters are as likely words.
  if (groups.every((group) => /^[a-f]{3,}$/i.test(group)))
    return groups.every(({ length }) => length % 2 === 0) ? 'unclear' : 'text';
  const line = dumpLine(message);
  if (line.kind === 'repeat' || line.kind === 'end') return 'bytes';
  if (line.kind === 'row' && byteGroup.test(/^\S+/.exec(line.rest)?.[0] ?? '')) return 'bytes';
  if (/\\x[0-9a-f]{2}/i.test(message)) return 'bytes';
  const text = groups.findIndex((group) => !byteGroup.test(group));
  if (text < 0 || text > 1) return 'bytes';
  return groups.some((group) => /[g-z]/i.test(group) && /[a-z]{2}/i.test(group)) ? 'text' : 'bytes';
}

const decimals = /^\s*\[\s*\d{1,3}(?:\s*,\s*(?:0|[1-9]\d{0,2}))*\s*\]\s*,?\s*$/;
const buffer = /^(\s*)<Buffer ((?:[0-9a-f]{2}[ >])+)(.*)$/i;
const barred = /^(\s*)((?:[0-9a-f]{2}[ \t]+)+)\|(.*)$/i;

/**
 * A line in one of the forms that programs print a buffer in, as plain groups: Node's `<Buffer 30 05>`, an array of decimal
 * numbers as JSON has it, rows with a text column in bars but no offset (Zephyr). Any other stays as it is, and so does one
 * of these that is not whole, so that a problem is found where it stands.
 */
export function plainGroups(line: string): string {
  const shown = buffer.exec(line);
  if (shown)
    return `${shown[1] ?? ''}        ${(shown[2] ?? '').replace('>', ' ')}${(shown[3] ?? '').replace('>', '')}`;
  const row = barred.exec(line);
  if (row) return textIsOf(row[2] ?? '', row[3] ?? '') ? `${row[1] ?? ''}${row[2] ?? ''}` : line;
  return decimalArray(line) ?? line;
}

/** An array of decimal numbers between 0 and 255 in brackets as hexadecimal groups, or undefined. */
export function decimalArray(text: string): string | undefined {
  if (!decimals.test(text)) return undefined;
  const numbers = [...text.matchAll(/\d+/g)].map(([digits]) => digits);
  // `[05, 00]` is no JSON: whoever writes a zero in front writes hexadecimal.
  if (numbers.some((digits) => Number(digits) > 0xff || /^0\d/.test(digits))) return undefined;
  return numbers.map((digits) => Number(digits).toString(16).padStart(2, '0')).join(' ');
}

function textIsOf(groups: string, column: string): boolean {
  const text = new RowText();
  text.push(
    groups
      .trim()
      .split(/\s+/)
      .map((group) => Number.parseInt(group, 16)),
  );
  return text.compare(column.replace(/\|\s*$/, '').trimEnd()) === 'whole';
}
