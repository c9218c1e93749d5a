/**
 * Looks for bytes by reading each place once, in their order, whatever is there (Knuth, Morris and Pratt): what was read is
 * known from what it matched, so that no byte is looked at again.
 */
export class SteadySearch {
  /** By the number of bytes that match: how many still do where the next one is another. */
  private readonly shorter: Uint32Array;

  /**
   * @param needle as `fold` leaves it and in the order in which they are read; not empty
   * @param fold what each byte counts as
   */
  constructor(
    private readonly needle: Uint8Array,
    private readonly fold: Uint8Array,
  ) {
    this.shorter = new Uint32Array(needle.length);
    for (let at = 1, matched = 0; at < needle.length - 1; at++) {
      matched = this.matchedWith(needle[at] as number, matched);
      this.shorter[at + 1] = matched;
    }
  }

  /** How many of `count` bytes are read, the next one `step` further, until they end with an occurrence; -1 for none. */
  readUntil(bytes: Uint8Array, from: number, step: 1 | -1, count: number): number {
    const { needle, fold } = this;
    let matched = 0;
    for (let read = 0, at = from; read < count; read++, at += step) {
      matched = this.matchedWith(fold[bytes[at] as number] as number, matched);
      if (matched === needle.length) return read + 1;
    }
    return -1;
  }

  private matchedWith(byte: number, before: number): number {
    const { needle, shorter } = this;
    let matched = before;
    while (matched > 0 && needle[matched] !== byte) matched = shorter[matched] as number;
    return needle[matched] === byte ? matched + 1 : 0;
  }
}
