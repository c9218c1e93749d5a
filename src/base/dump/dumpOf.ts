import type { HexDump } from '../hexDumpResult';
import type { DumpLine } from './dumpLine';
import { dumpLine } from './dumpLine';
import { dumpRows, isZero } from './dumpRows';
import type { DumpResult } from './readDump';
import { readDump } from './readDump';

/**
 * The bytes of lines with offsets, or what is wrong with them; undefined where the lines are no dump. The first word of a
 * line is only an offset where nothing else can be meant, or where the rows bear it out: `10100004  4d515454` are bytes.
 */
export function dumpOf(texts: readonly string[]): HexDump | undefined {
  const lines = texts.map(dumpLine);
  const first = lines.find(({ kind }) => kind === 'row');
  if (first?.kind !== 'row') return undefined;
  const certain = isFirstRow(first) || lines.some(isCertainRow);
  if (!certain && lines.some(({ kind }) => kind === 'other')) return undefined;
  const found = dumpRows(lines, texts);
  if ('problem' in found) return certain ? found : undefined;
  const { rows } = found;
  const result = readDump(rows);
  if (certain) return plain(result);
  if ('problem' in result) {
    // Rows of single bytes after long offsets are a dump, even one with a row missing.
    const looksSo =
      rows.length > 1 &&
      rows.every(({ row, offset }) => !row || (offset.digits.length > 5 && isBytes(row.rest)));
    return looksSo ? result : undefined;
  }
  return rows.length > 1 || result.agree > 0 ? plain(result) : undefined;
}

type Row = Extract<DumpLine, { readonly kind: 'row' }>;

/** A dump begins at 0. Six zeros before words of four digits may be three bytes more, though. */
function isFirstRow({ style, offset, rest }: Row): boolean {
  return isZero(offset) && (style !== 'od' || offset.digits.length === 7 || isBytes(rest));
}

/** A row from the middle of a dump that cannot be anything else. */
function isCertainRow(line: DumpLine): boolean {
  if (line.kind !== 'row') return false;
  const { style, offset, gap, rest } = line;
  return offset.address || rest.includes('|') || (style === 'colon' && offset.digits.length > 6 && gap > 0);
}

/** Whether a row begins with single bytes. */
function isBytes(rest: string): boolean {
  return /^[0-9a-f]{2}(?: |$)/i.test(rest);
}

function plain(result: DumpResult): HexDump {
  return 'problem' in result ? result : { bytes: result.bytes, notation: result.notation };
}
