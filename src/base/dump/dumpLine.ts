/**
 * What stands between an offset and its row: a colon (xxd, tcpdump), a gap (hexdump -C, Wireshark, ESP-IDF) or, for the
 * family of `od`, any blanks.
 */
export type OffsetStyle = 'colon' | 'gap' | 'od';

/** An offset, as its digits: whether they are hexadecimal, octal or decimal only the rows together show. */
export interface Offset {
  readonly digits: string;
  /** Written with `0x`: an address in memory rather than a place in a file. */
  readonly address: boolean;
  /** Blanks before it: a dump of both sides of a conversation indents one of them. */
  readonly indent: number;
}

export type DumpLine =
  | {
      readonly kind: 'row';
      readonly style: OffsetStyle;
      readonly offset: Offset;
      /** How many blanks stand between the offset and `rest`. */
      readonly gap: number;
      /** Bytes and text column, from column `restAt` (counted from 0) on. */
      readonly rest: string;
      readonly restAt: number;
    }
  /** An offset alone, which tells where the last row ended. */
  | { readonly kind: 'end'; readonly offset: Offset }
  /** `*`: the rows from here to the next offset are the same as the one before. */
  | { readonly kind: 'repeat' }
  | { readonly kind: 'blank' }
  | { readonly kind: 'other' };

const row = /^([ \t]*)(0x)?([0-9a-f]{4,16})(:[ \t]*|[ \t]+)(?=[^ \t])/i;
const end = /^([ \t]*)(0x)?([0-9a-f]{4,16}):?[ \t]*$/i;
const firstGroup = /^[0-9a-f]+(?![^ \t])/i;

/** What tshark puts around a followed stream. */
const heading = /^(?:=+|(?:Follow|Filter|Node \d): .*)$/;

export function dumpLine(text: string): DumpLine {
  if (text.trim() === '' || heading.test(text)) return { kind: 'blank' };
  if (text.trim() === '*') return { kind: 'repeat' };
  const alone = end.exec(text);
  if (alone) return { kind: 'end', offset: offsetOf(alone) };
  const found = row.exec(text);
  if (!found) return { kind: 'other' };
  const offset = offsetOf(found);
  const between = found[4] ?? '';
  const restAt = found[0].length;
  const rest = text.slice(restAt).trimEnd();
  const style = styleOf(offset, between, firstGroup.exec(rest)?.[0].length ?? 0);
  if (!style) return { kind: 'other' };
  return { kind: 'row', style, offset, gap: between.replace(':', '').length, rest, restAt };
}

function offsetOf([, indent = '', prefix, digits = '']: RegExpExecArray): Offset {
  return { digits, address: prefix !== undefined, indent: indent.length };
}

/** The style of an offset column, or undefined where the digits may as well be the first bytes of a line. */
function styleOf({ digits, address }: Offset, between: string, group: number): OffsetStyle | undefined {
  // `3005:0003` are bytes that a colon separates; `0000:30 05` is an offset.
  if (between.startsWith(':')) return between.length > 1 || group === 2 ? 'colon' : undefined;
  if (address) return between.length > 1 || between === '\t' ? 'gap' : undefined;
  if (digits.length === 7) return 'od';
  if (between.length > 1 || between === '\t') return 'gap';
  return digits.length === 6 || (digits.length > 6 && group === 2) ? 'od' : undefined;
}
