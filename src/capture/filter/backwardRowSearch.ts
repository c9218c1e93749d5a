import type { ByteSearch } from './byteSearch';

/** Bytes that are searched at a time. */
const windowBytes = 256 * 1024;

/** What a RowSearch is, for rows that are asked from the last to the first. */
export class BackwardRowSearch {
  private bytesOf: object | undefined;
  /** No occurrence begins in [`from`, `to`); with `found` one begins right before. */
  private from = 0;
  private to = 0;
  private found = false;

  constructor(private readonly search: ByteSearch) {}

  /** Whether an occurrence lies in `bytes[start, end)`. `owner` is the same as long as what is before `end` does not change. */
  isIn(owner: object, bytes: Uint8Array, start: number, end: number): boolean {
    // Past the last place where one could begin that ends within the row.
    const limit = end - this.search.length + 1;
    if (this.bytesOf !== owner || limit < this.from || limit > this.to) {
      this.bytesOf = owner;
      this.from = this.to = limit;
      this.found = false;
    }
    while (this.from > start && !this.found) this.look(bytes);
    return this.from > start;
  }

  private look(bytes: Uint8Array): void {
    const start = Math.max(0, this.from - Math.max(windowBytes, this.search.length));
    const at = this.search.findLast(bytes, start, this.from - 1 + this.search.length);
    this.found = at >= 0;
    this.from = this.found ? at + 1 : start;
  }
}
