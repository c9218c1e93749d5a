import { concatBytes, equalBytes } from '../bytes';
import type { HexDump, HexDumpProblem } from '../hexDumpResult';
import { hexDumpProblem } from '../hexDumpResult';
import type { Offset, OffsetStyle } from './dumpLine';
import type { DumpRow } from './dumpRows';
import type { GroupNotation } from './groupNotation';
import { notationOfOdRow, notationsOfColonRow, plainNotation } from './groupNotation';
import { splitRow } from './splitRow';

/** A repeated row (`*`) may not blow a few characters up beyond this many bytes. */
const maximumBytes = 64 * 1024 * 1024;

/** One way of reading a dump. */
interface Reading {
  readonly notation: GroupNotation;
  /** Of the offsets. */
  readonly radix: 8 | 10 | 16;
}

interface Read {
  readonly bytes: Uint8Array;
  /** Rows whose text column shows their bytes, and rows with one that shows something else. */
  readonly agree: number;
  readonly disagree: number;
}

export type DumpResult =
  | (Extract<HexDump, { readonly bytes: Uint8Array }> & Pick<Read, 'agree'>)
  | Extract<HexDump, { readonly problem: HexDumpProblem }>;

/**
 * The bytes of rows with offsets. Neither the radix of offsets nor the order of bytes in a word is written anywhere, so a
 * dump is read in each way its form allows: offsets have to add up, and the text column decides the rest.
 */
export function readDump(rows: readonly DumpRow[]): DumpResult {
  const first = rows.find(({ row }) => row);
  if (!first?.row) return hexDumpProblem('empty', 1, 1, '');
  const group = /^[^\s|]+/.exec(first.row.rest)?.[0] ?? '';
  let best: { readonly reading: Reading; readonly read: Read } | undefined;
  let rival: Reading | undefined;
  let problem: HexDumpProblem | undefined;
  for (const reading of readings(rows, first, group)) {
    const read = readRows(rows, reading);
    if ('problem' in read) {
      problem ??= read.problem;
      continue;
    }
    const better = best ? best.read.disagree - read.disagree || read.agree - best.read.agree : 1;
    if (better > 0) rival = undefined;
    else if (better === 0 && best && !equalBytes(best.read.bytes, read.bytes)) rival ??= reading;
    if (better > 0) best = { reading, read };
  }
  if (!best) return problem ? { problem } : hexDumpProblem('empty', 1, 1, '');
  if (rival && rival.notation !== best.reading.notation && group.length >= 8) {
    return hexDumpProblem('byteOrder', first.line, first.row.restAt + 1, group.slice(0, 16));
  }
  const repeat = rows.find(({ afterRepeat }) => afterRepeat);
  if (repeat && rival && rival.radix !== best.reading.radix && first.row.style === 'od') {
    return hexDumpProblem('openRepeat', repeat.line - 1, 1, '*');
  }
  const { bytes, agree } = best.read;
  return bytes.length === 0 ? hexDumpProblem('empty', 1, 1, '') : { bytes, notation: 'dump', agree };
}

/** The likeliest first. */
function readings(
  rows: readonly DumpRow[],
  { row: first, offset }: DumpRow,
  group: string,
): readonly Reading[] {
  const { style, gap = 1 } = first ?? {};
  const isPadded = gap > 2 && [4, 8, 16].includes(gap - 1 + group.length);
  const padded = isPadded || rows.some(({ row }) => row && row.gap > gap);
  const notations =
    style === 'colon'
      ? notationsOfColonRow(group, padded && group.length > 2)
      : [style === 'od' ? notationOfOdRow(group) : plainNotation];
  return radicesOf(offset, style, group.length).flatMap((radix) =>
    notations.map((notation) => ({ notation, radix })),
  );
}

/** xxd -d and od -A d count in decimal; od does in octal, and hexdump, which prints words of four digits, in hexadecimal. */
function radicesOf(
  { address, digits }: Offset,
  style: OffsetStyle | undefined,
  width: number,
): readonly Reading['radix'][] {
  if (address) return [16];
  if (style !== 'od' || digits.length !== 7) return [16, 10];
  return width === 2 || width > 6 ? [8, 10] : [16, 8, 10];
}

function readRows(
  rows: readonly DumpRow[],
  { notation, radix }: Reading,
): Read | { readonly problem: HexDumpProblem } {
  const digits = radix === 16 ? /^[0-9a-f]+$/i : radix === 10 ? /^[0-9]+$/ : /^[0-7]+$/;
  const parts: Uint8Array[] = [];
  let [total, agree, disagree] = [0, 0, 0];
  let textAt: number | undefined;
  for (const { row, line, next: nextIndex, elsewhere, offset } of rows) {
    if (!digits.test(offset.digits)) return hexDumpProblem('offsetGap', line, 1, offset.digits);
    if (!row) continue;
    const before = parts.at(-1)?.length ?? 0;
    // ESP-IDF prints 16 bytes a row: where a full one is followed by an address from elsewhere, rows may be lost.
    if (elsewhere && before % 16 === 0) return hexDumpProblem('offsetGap', line, 1, offset.digits);
    if (Number.parseInt(offset.digits, radix) === 0) textAt = undefined;
    const next = nextIndex === undefined ? undefined : rows[nextIndex];
    const room = next && Number.parseInt(next.offset.digits, radix) - Number.parseInt(offset.digits, radix);
    const gapAtNext = () =>
      hexDumpProblem('offsetGap', next?.line ?? line, 1, next?.offset.digits.replace(/^0+(?=.)/, '') ?? '');
    const count = next?.afterRepeat ? undefined : room;
    const split = splitRow(row.rest, { ...row, notation, count, textAt });
    if ('found' in split) return hexDumpProblem(split.code, line, row.restAt + split.at + 1, split.found);
    let bytes = Uint8Array.from(split.bytes);
    if ('code' in split) {
      const padded = next && !next.row && room !== undefined && isPadding(bytes, room, notation);
      if (!padded) return gapAtNext();
      bytes = bytes.subarray(0, room);
    } else {
      textAt = split.textAt ?? textAt;
      if (split.textAgrees === true) agree++;
      if (split.textAgrees === false) disagree++;
    }
    parts.push(bytes);
    total += bytes.length;
    if (next?.afterRepeat && room !== undefined) {
      const more = room - bytes.length;
      if (total + more > maximumBytes) return hexDumpProblem('tooLong', next.line, 1, '*');
      if (more < 0 || bytes.length === 0 || more % bytes.length !== 0) return gapAtNext();
      parts.push(repeated(bytes, more));
      total += more;
    }
  }
  return { bytes: concatBytes(parts), agree, disagree };
}

/** od and hexdump fill the last word of a file with zeros; the offset after it says how many bytes there are. */
function isPadding(bytes: Uint8Array, count: number, { name }: GroupNotation): boolean {
  if (name !== 'words' && name !== 'octalWords') return false;
  return (
    bytes.length > count && bytes.length - count < 8 && bytes.subarray(count).every((byte) => byte === 0)
  );
}

/** Whole copies of a row, `length` bytes in all. */
function repeated(row: Uint8Array, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  if (length === 0) return bytes;
  bytes.set(row);
  for (let filled = row.length; filled < length; filled *= 2) bytes.copyWithin(filled, 0, filled);
  return bytes;
}
