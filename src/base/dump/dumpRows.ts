import type { HexDumpProblem } from '../hexDumpResult';
import { hexDumpProblem } from '../hexDumpResult';
import type { DumpLine, Offset, OffsetStyle } from './dumpLine';

/** A line with an offset. One without `row` only says where the row before it ended. */
export interface DumpRow {
  /** Counted from 1. */
  readonly line: number;
  readonly offset: Offset;
  readonly row:
    | { readonly style: OffsetStyle; readonly gap: number; readonly rest: string; readonly restAt: number }
    | undefined;
  /** The rows between this one and the one before were the same as that (`*`). */
  readonly afterRepeat: boolean;
  /** An address that is not near the one before: another buffer was dumped. */
  readonly elsewhere: boolean;
  /** Index of the line whose offset says where this row ends. */
  next: number | undefined;
}

/** Addresses that are farther apart belong to different buffers. */
const farApart = 256;

/**
 * The rows of one or more dumps, each with the one that continues it. A dump starts anew where its offset is 0; of the two
 * sides of a followed stream, which Wireshark shows in turns, one is indented and each has offsets of its own.
 */
export function dumpRows(
  lines: readonly DumpLine[],
  texts: readonly string[],
): { readonly rows: readonly DumpRow[] } | { readonly problem: HexDumpProblem } {
  const rows: DumpRow[] = [];
  const lastOfSide = new Map<number, number>();
  let last: number | undefined;
  let repeat: number | undefined;
  for (const [index, line] of lines.entries()) {
    if (line.kind === 'blank') continue;
    if (line.kind === 'repeat' && last !== undefined && repeat === undefined) {
      repeat = index + 1;
      continue;
    }
    if (line.kind === 'repeat' || line.kind === 'other' || (line.kind === 'end' && last === undefined)) {
      return hexDumpProblem('notHex', index + 1, 1, (texts[index] ?? '').trim().slice(0, 16));
    }
    const { offset } = line;
    const before = lastOfSide.get(offset.indent) ?? last;
    const startsAnew = line.kind === 'row' && isZero(offset);
    const elsewhere =
      line.kind === 'row' && before !== undefined && isElsewhere(rows[before]?.offset, offset);
    if (repeat !== undefined && (startsAnew || elsewhere)) break;
    const current = rows.length;
    const previous = before === undefined || startsAnew || elsewhere ? undefined : rows[before];
    if (previous) previous.next = current;
    rows.push({
      line: index + 1,
      offset,
      row: line.kind === 'row' ? line : undefined,
      afterRepeat: repeat !== undefined,
      elsewhere: elsewhere && !startsAnew,
      next: undefined,
    });
    repeat = undefined;
    last = line.kind === 'row' ? current : undefined;
    if (line.kind === 'row') lastOfSide.set(offset.indent, current);
    else lastOfSide.clear();
  }
  return repeat === undefined ? { rows } : hexDumpProblem('openRepeat', repeat, 1, '*');
}

export function isZero({ digits }: Offset): boolean {
  return /^0+$/.test(digits);
}

function isElsewhere(before: Offset | undefined, offset: Offset): boolean {
  if (!before?.address || !offset.address) return false;
  const distance = Number.parseInt(offset.digits, 16) - Number.parseInt(before.digits, 16);
  return distance < 0 || distance > farApart;
}
