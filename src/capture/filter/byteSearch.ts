import { SkipSearch } from './skipSearch';

/** Node's search, which runs at the speed of memory; absent in a browser. */
type IndexOf = (this: Uint8Array, needle: Uint8Array, from: number) => number;
interface Native {
  readonly indexOf: IndexOf;
  readonly lastIndexOf: IndexOf;
}
const native = (globalThis as { Buffer?: { prototype: Native } }).Buffer?.prototype;
/**
 * Node's knows what it may pass over from so many bytes of a needle: a longer one it may compare as a whole at one place after
 * another.
 */
const longestNative = 250;

/** Upper-case ASCII letters as lower-case ones, all other bytes as they are. */
const lowered = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= 0x41 && byte <= 0x5a ? byte + 32 : byte,
);
const asTheyAre = lowered.map((_, byte) => byte);

/** Looks for bytes in bytes; with `ignoreCase` ASCII letters are the same in both cases. */
export class ByteSearch {
  private readonly needle: Uint8Array;
  private made: SkipSearch | undefined;

  constructor(
    needle: Uint8Array,
    private readonly ignoreCase = false,
  ) {
    this.needle = ignoreCase ? needle.map((byte) => lowered[byte] as number) : needle;
  }

  get length(): number {
    return this.needle.length;
  }

  /** The offset of the first occurrence that lies in `bytes[start, end)` as a whole, or -1. */
  find(bytes: Uint8Array, start: number, end: number): number {
    if (end - start < this.needle.length) return -1;
    if (this.needle.length === 0) return start;
    if (!native || !this.isForNative) return this.skips.first(bytes, start, end);
    const found = native.indexOf.call(bytes.subarray(start, end), this.needle, 0);
    return found < 0 ? -1 : start + found;
  }

  /** The offset of the last occurrence that lies in `bytes[start, end)` as a whole, or -1. */
  findLast(bytes: Uint8Array, start: number, end: number): number {
    if (end - start < this.needle.length) return -1;
    if (this.needle.length === 0) return end;
    if (!native || !this.isForNative) return this.skips.last(bytes, start, end);
    const found = native.lastIndexOf.call(bytes.subarray(start, end), this.needle, end - start);
    return found < 0 ? -1 : start + found;
  }

  /** Node's does not know of cases. */
  private get isForNative(): boolean {
    return !this.ignoreCase && this.needle.length <= longestNative;
  }

  private get skips(): SkipSearch {
    return (this.made ??= new SkipSearch(this.needle, this.ignoreCase ? lowered : asTheyAre));
  }

  /**
   * The offset of the first occurrence that begins in `bytes[start, stop)` and ends before `end`, or -1. Over a few bytes this
   * costs less than the view and the call that the native search needs.
   */
  findNear(bytes: Uint8Array, start: number, stop: number, end: number): number {
    const { needle } = this;
    const { length } = needle;
    if (length === 0 || !this.isForNative) return this.find(bytes, start, Math.min(end, stop + length - 1));
    const first = needle[0] as number;
    const last = Math.min(stop, end - length + 1);
    for (let at = start; at < last; at++) {
      if (bytes[at] !== first) continue;
      let matched = 1;
      while (matched < length && bytes[at + matched] === needle[matched]) matched++;
      if (matched === length) return at;
    }
    return -1;
  }
}

/** Bytes that are searched at a time. */
const windowBytes = 256 * 1024;
/** Bytes that are looked at before the native search is called: where every row has the text it is mostly in here. */
const nearBytes = 128;

/**
 * A search in one row after another of the same bytes. What lies between two rows' matches is passed over once for all
 * rows, so that a text nobody sent costs one pass over the memory and nothing for each packet.
 */
export class RowSearch {
  private bytesOf: object | undefined;
  /** No occurrence begins in [`from`, `to`); with `found` one begins at `to`. */
  private from = 0;
  private to = 0;
  private found = false;

  constructor(private readonly search: ByteSearch) {}

  /**
   * Whether an occurrence lies in `bytes[start, end)`. `used` bytes are filled; `owner` is the same as long as what is filled
   * does not change.
   */
  isIn(owner: object, bytes: Uint8Array, start: number, end: number, used: number): boolean {
    while (!this.knows(owner, start, end)) this.look(bytes, used);
    return this.found && this.to >= start && this.to + this.search.length <= end;
  }

  /** Whether it is known already that no occurrence lies in these bytes. */
  rulesOut(owner: object, start: number, end: number): boolean {
    return this.bytesOf === owner && start >= this.from && this.to > end - this.search.length;
  }

  /** Does a part of what `isIn` does. Returns whether that would come at once. */
  prepare(owner: object, bytes: Uint8Array, start: number, end: number, used: number): boolean {
    if (this.knows(owner, start, end)) return true;
    this.look(bytes, used);
    return this.knows(owner, start, end);
  }

  /** Lets go of the bytes that were searched last. */
  release(): void {
    this.bytesOf = undefined;
  }

  private knows(owner: object, start: number, end: number): boolean {
    if (this.bytesOf !== owner || start < this.from || start > this.to) {
      this.bytesOf = owner;
      this.from = this.to = start;
      this.found = false;
    }
    return this.found || this.to > end - this.search.length;
  }

  private look(bytes: Uint8Array, used: number): void {
    const limit = Math.min(used, this.to + Math.max(windowBytes, this.search.length) + this.search.length);
    const near = this.to + nearBytes;
    let at = this.search.findNear(bytes, this.to, near, limit);
    if (at < 0 && near < limit) at = this.search.find(bytes, near, limit);
    this.found = at >= 0;
    this.to = this.found ? at : Math.max(this.to, limit - this.search.length + 1);
  }
}
