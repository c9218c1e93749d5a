/**
 * Looks for bytes by one byte of each place they could be at, which says how far off the next such place is: where nobody
 * sent them a part of the bytes is read, the smaller the longer they are.
 */
export class SkipSearch {
  /** By the last byte of a place: how far on the next place is. */
  private readonly onward: Uint32Array;
  /** By the first byte of a place: how far back the next place is. */
  private readonly backward: Uint32Array;

  /**
   * @param needle as `fold` leaves it; not empty
   * @param fold what each byte counts as
   */
  constructor(
    private readonly needle: Uint8Array,
    private readonly fold: Uint8Array,
  ) {
    const { length } = needle;
    const onward = new Map<number, number>();
    const backward = new Map<number, number>();
    for (let at = 0; at < length - 1; at++) onward.set(needle[at] as number, length - 1 - at);
    for (let at = length - 1; at > 0; at--) backward.set(needle[at] as number, at);
    this.onward = Uint32Array.from(fold, (byte) => onward.get(byte) ?? length);
    this.backward = Uint32Array.from(fold, (byte) => backward.get(byte) ?? length);
  }

  /** The offset of the first occurrence that lies in `bytes[start, end)` as a whole, or -1. */
  first(bytes: Uint8Array, start: number, end: number): number {
    const { needle, fold, onward } = this;
    const toLast = needle.length - 1;
    const wanted = needle[toLast];
    for (let last = start + toLast; last < end;) {
      const byte = bytes[last] as number;
      if (fold[byte] === wanted && this.isAt(bytes, last - toLast)) return last - toLast;
      last += onward[byte] as number;
    }
    return -1;
  }

  /** The offset of the last occurrence that lies in `bytes[start, end)` as a whole, or -1. */
  last(bytes: Uint8Array, start: number, end: number): number {
    const { needle, fold, backward } = this;
    const [wanted] = needle;
    for (let at = end - needle.length; at >= start;) {
      const byte = bytes[at] as number;
      if (fold[byte] === wanted && this.isAt(bytes, at)) return at;
      at -= backward[byte] as number;
    }
    return -1;
  }

  private isAt(bytes: Uint8Array, at: number): boolean {
    const { needle, fold } = this;
    let matched = 0;
    while (matched < needle.length && fold[bytes[at + matched] as number] === needle[matched]) matched++;
    return matched === needle.length;
  }
}
