import { noBytes } from '../../base/bytes';

/** Views into one chunk after another. Asking a typed array for its buffer costs more than making a view of that. */
export class ByteViews {
  /** The chunk. */
  bytes = noBytes;
  private buffer = noBytes.buffer;
  private offset = 0;

  over(bytes: Uint8Array): void {
    if (bytes === this.bytes) return;
    this.bytes = bytes;
    this.buffer = bytes.buffer;
    this.offset = bytes.byteOffset;
  }

  /** Holds on to no chunk. */
  release(): void {
    this.over(noBytes);
  }

  view(start: number, end: number): Uint8Array {
    return new Uint8Array(this.buffer, this.offset + start, end - start);
  }
}
