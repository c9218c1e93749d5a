import { SteadySearch } from './steadySearch';

/**
 * Looks for bytes by one byte of each place they could be at, which says how far off the next such place is: where nobody
 * sent them a part of the bytes is read, the smaller the longer they are. Where nearly all of them are at one place after
 * another, such as a run and something else in a longer run, what is left is read place by place: a byte is read a few times
 * at most, whatever is there.
 */
export class SkipSearch {
  /** By the last byte of a place: how far on the next place is. */
  private readonly onward: Uint32Array;
  /** By the first byte of a place: how far back the next place is. */
  private readonly backward: Uint32Array;
  private onwardSteady: SteadySearch | undefined;
  private backwardSteady: SteadySearch | undefined;

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
    const { length } = needle;
    const wanted = needle[length - 1];
    let compared = 0;
    for (let last = start + length - 1; last < end;) {
      const byte = bytes[last] as number;
      if (fold[byte] === wanted) {
        const at = last - length + 1;
        const matched = this.matchedAt(bytes, at);
        if (matched === length) return at;
        compared += matched + 1;
        if (isTooMuch(compared, at - start, length)) return this.firstSteadily(bytes, at, end);
      }
      last += onward[byte] as number;
    }
    return -1;
  }

  /** The offset of the last occurrence that lies in `bytes[start, end)` as a whole, or -1. */
  last(bytes: Uint8Array, start: number, end: number): number {
    const { needle, fold, backward } = this;
    const { length } = needle;
    const wanted = needle[0];
    let compared = 0;
    for (let at = end - length; at >= start;) {
      const byte = bytes[at] as number;
      if (fold[byte] === wanted) {
        const matched = this.matchedAt(bytes, at);
        if (matched === length) return at;
        compared += matched + 1;
        if (isTooMuch(compared, end - length - at, length))
          return this.lastSteadily(bytes, start, at + length);
      }
      at -= backward[byte] as number;
    }
    return -1;
  }

  private firstSteadily(bytes: Uint8Array, start: number, end: number): number {
    this.onwardSteady ??= new SteadySearch(this.needle, this.fold);
    const read = this.onwardSteady.readUntil(bytes, start, 1, end - start);
    return read < 0 ? -1 : start + read - this.needle.length;
  }

  private lastSteadily(bytes: Uint8Array, start: number, end: number): number {
    this.backwardSteady ??= new SteadySearch(this.needle.slice().reverse(), this.fold);
    const read = this.backwardSteady.readUntil(bytes, end - 1, -1, end - start);
    return read < 0 ? -1 : end - read;
  }

  private matchedAt(bytes: Uint8Array, at: number): number {
    const { needle, fold } = this;
    let matched = 0;
    while (matched < needle.length && fold[bytes[at + matched] as number] === needle[matched]) matched++;
    return matched;
  }
}

/** Whether so many bytes were compared over so many places that to read each of those that are left once costs less. */
function isTooMuch(compared: number, passed: number, length: number): boolean {
  return compared > 2 * (passed + length);
}
