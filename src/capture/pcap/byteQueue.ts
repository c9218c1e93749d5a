/** Bytes that came in chunks and are read from the front. A byte is copied once, however small the chunks are. */
export class ByteQueue {
  private buffer = new Uint8Array(64 * 1024);
  private window = new DataView(this.buffer.buffer);
  private start = 0;
  private end = 0;
  /** Bytes that are to be passed over before any is kept. */
  private skipping = 0;
  private passed = 0;

  /** How many bytes can be read. */
  get length(): number {
    return this.end - this.start;
  }

  /** How many bytes lie before the first that can be read. */
  get offset(): number {
    return this.passed;
  }

  /** Bytes that were passed over have not all come. */
  get isSkipping(): boolean {
    return this.skipping > 0;
  }

  append(chunk: Uint8Array): void {
    const skipped = Math.min(this.skipping, chunk.length);
    this.skipping -= skipped;
    this.passed += skipped;
    const kept = skipped === 0 ? chunk : chunk.subarray(skipped);
    this.makeRoom(kept.length);
    this.buffer.set(kept, this.end);
    this.end += kept.length;
  }

  /** Passes over bytes, also over ones that have not come yet. */
  skip(count: number): void {
    const here = Math.min(count, this.length);
    this.start += here;
    this.passed += here;
    this.skipping += count - here;
  }

  byte(at: number): number {
    return this.buffer[this.start + at] ?? 0;
  }

  /** The caller has asked `length`. */
  uint16(at: number, littleEndian: boolean): number {
    return this.window.getUint16(this.start + at, littleEndian);
  }

  uint32(at: number, littleEndian: boolean): number {
    return this.window.getUint32(this.start + at, littleEndian);
  }

  /** A view that is good until the next `append`. */
  view(from: number, to: number): Uint8Array {
    return this.buffer.subarray(this.start + from, Math.min(this.start + to, this.end));
  }

  private makeRoom(count: number): void {
    if (this.end + count <= this.buffer.length) return;
    const { length } = this;
    if (length + count <= this.buffer.length / 2) this.buffer.copyWithin(0, this.start, this.end);
    else {
      const larger = new Uint8Array(Math.max(2 * (length + count), this.buffer.length));
      larger.set(this.buffer.subarray(this.start, this.end));
      this.buffer = larger;
      this.window = new DataView(larger.buffer);
    }
    this.start = 0;
    this.end = length;
  }
}
