import type { HexDumpProblem } from '../hexDumpResult';
import type { GroupNotation } from './groupNotation';
import type { OffsetStyle } from './dumpLine';
import { RowText } from './textColumn';

/** What is known of a row before it is read. */
export interface RowContext {
  readonly style: OffsetStyle;
  readonly notation: GroupNotation;
  /** How many blanks stand between the offset and the row. */
  readonly gap: number;
  /** How many bytes the next offset leaves for the row; undefined where none follows. */
  readonly count: number | undefined;
  /** Where the text column of the rows before began, counted from 0. */
  readonly textAt: number | undefined;
}

export type SplitRow =
  | {
      readonly bytes: readonly number[];
      /** Whether the text column shows the bytes; undefined where there is none, or only the beginning of one. */
      readonly textAgrees: boolean | undefined;
      readonly textAt: number | undefined;
    }
  | { readonly code: HexDumpProblem['code']; readonly at: number; readonly found: string }
  /** Every byte is there, but not as many as the next offset says. */
  | { readonly bytes: readonly number[]; readonly code: 'offsetGap' };

const tokens = /\|.*|[^\s|]+/g;

/**
 * Parts the bytes of a row from its text column. A byte is never taken for text in silence: what is neither bytes nor
 * the text of them nor set off from them is a problem. Takes time linear in the row.
 */
export function splitRow(rest: string, context: RowContext): SplitRow {
  const { notation, count, style } = context;
  const bytes: number[] = [];
  const text = new RowText();
  let width = 0;
  let end = -context.gap;
  for (const { 0: group, index } of rest.matchAll(tokens)) {
    const gap = index - end;
    const cut =
      bytes.length > 0 && textStarts(rest, index, gap, { context, bytes: bytes.length, text, width });
    if (cut) return withText(rest, index, gap, { context, bytes, text, width });
    const decoded = notation.decode(group);
    if (!decoded) return { ...broken(style, group), at: index, found: group.slice(0, 16) };
    if (style === 'od' && !odGaps(group.length).includes(gap))
      return { code: 'decimal', at: index, found: group };
    for (const byte of decoded) bytes.push(byte);
    text.push(decoded);
    width ||= group.length;
    end = index + group.length;
  }
  if (count === undefined || count === bytes.length) {
    return { bytes, textAgrees: undefined, textAt: undefined };
  }
  return { bytes, code: 'offsetGap' };
}

interface Seen<Bytes> {
  readonly context: RowContext;
  readonly bytes: Bytes;
  readonly text: RowText;
  /** Digits of the first group. */
  readonly width: number;
}

/** Whether the bytes end before `index`, and a text column begins there. */
function textStarts(
  rest: string,
  index: number,
  gap: number,
  { context, bytes, text, width }: Seen<number>,
): boolean {
  const { style, count, textAt, notation } = context;
  const first = rest[index];
  if (gap > 1 && isPaddedWord(groupAt(rest, index), gap, width, context)) return false;
  if (first === '|' || (style === 'od' && first === '>')) return true;
  if (count !== undefined && bytes >= count) return true;
  const shows = () => text.fits(rest.length - index) && text.compare(rest.slice(index)) === 'whole';
  if (count !== undefined) return gap > 1 && style !== 'od' && !notation.decode(groupAt(rest, index));
  if (textAt !== undefined && index >= textAt) return true;
  if (style === 'od' || gap < 2) return false;
  // Some dumps have a wider gap in the middle of a row.
  const middle = gap === 2 && bytes % 4 === 0 && isGroup(groupAt(rest, index), width, notation);
  return !middle || shows();
}

function withText(
  rest: string,
  index: number,
  gap: number,
  { context, bytes, text, width }: Seen<readonly number[]>,
): SplitRow {
  const { count, style, notation, textAt } = context;
  const column = rest.slice(index);
  const match = text.compare(column);
  const barred = column.startsWith('|') || (style === 'od' && column.startsWith('>'));
  if (count !== undefined) {
    const apart = barred || gap > 1 || match === 'whole';
    if (bytes.length !== count || !apart || (match === 'other' && isRow(column, width, notation)))
      return { bytes, code: 'offsetGap' };
  } else if (!barred && match === 'other' && textAt === undefined) {
    if (bytesIn(column, bytes.length, width, notation))
      return { code: 'notHex', at: index, found: column.slice(0, 16) };
  }
  return {
    bytes,
    textAgrees: match === 'beginning' ? undefined : match === 'whole',
    textAt: match === 'whole' && !barred ? index - text.leadingSpaces : undefined,
  };
}

/** Whether what is set off from the bytes like a text column looks as if there were bytes in it. */
function bytesIn(column: string, bytes: number, width: number, notation: GroupNotation): boolean {
  const isBytes = (group: string) => isGroup(group, width, notation);
  const groups = column.split(/\s+/);
  return isBytes(groups[0] ?? '') || (column.length > bytes + 1 && groups.some(isBytes));
}

/** Whether a column starts with another row's worth of groups rather than with text. */
function isRow(column: string, width: number, notation: GroupNotation): boolean {
  return isGroup(groupAt(column, 0), width, notation);
}

function isGroup(group: string, width: number, notation: GroupNotation): boolean {
  return group.length === width && notation.decode(group) !== undefined;
}

/** xxd -e puts the blanks of the digits that the last word lacks before it. */
function isPaddedWord(group: string, gap: number, width: number, { style, notation }: RowContext): boolean {
  const isLast = style === 'colon' && notation.name === 'words' && gap === 1 + width - group.length;
  return isLast && notation.decode(group) !== undefined;
}

function groupAt(rest: string, index: number): string {
  const blank = rest.indexOf(' ', index);
  return rest.slice(index, blank < 0 ? rest.length : blank);
}

function broken(style: OffsetStyle, group: string): { readonly code: HexDumpProblem['code'] } {
  return { code: style === 'od' && /^-?\d+$/.test(group) ? 'decimal' : 'notHex' };
}

/** od prints one blank between groups, hexdump -x four and hexdump -o two; decimal numbers stand in wider columns. */
function odGaps(width: number): readonly number[] {
  return width === 4 ? [1, 4] : width === 6 ? [1, 2] : [1];
}
