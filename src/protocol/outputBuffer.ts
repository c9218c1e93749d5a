import { viewOf } from '../base/words';
import { LastTopic } from './plain/lastTopic';

export const maximumVariableByteInteger = 268_435_455;

const mostKept = 1_048_576; // Bytes: the buffer of one large message does not stay for ever.

/** A buffer to write into. */
export interface Room {
  readonly bytes: Uint8Array;
  /** Of the same buffer. */
  readonly view: DataView;
}

/** Bytes that are written one after another into a buffer that grows. */
export class OutputBuffer {
  /** Filled up to {@link at}; another one after {@link makeRoom}. */
  bytes: Uint8Array = new Uint8Array(256);
  /** Of the same buffer. */
  view = viewOf(this.bytes);
  /** Where the next byte goes. */
  at = 0;
  readonly lastTopic = new LastTopic();

  get length(): number {
    return this.at;
  }

  makeRoom(count: number): void {
    if (this.at + count <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(this.bytes.length * 2, this.at + count));
    larger.set(this.bytes.subarray(0, this.at));
    this.bytes = larger;
    this.view = viewOf(larger);
  }

  /** What was written: a view that the next write may change. */
  get written(): Uint8Array {
    return this.bytes.subarray(0, this.at);
  }

  copyFrom(start: number): Uint8Array {
    return this.bytes.slice(start, this.at);
  }

  /** What was written, as a buffer of its own; the writer starts over. */
  take(): Uint8Array {
    const bytes = this.bytes.slice(0, this.at);
    this.clear();
    return bytes;
  }

  /** The buffer that was written into; the writer starts over in another one. */
  exchange(room: Room): Room {
    const { bytes, view } = this;
    this.bytes = room.bytes;
    this.view = room.view;
    this.at = 0;
    return { bytes, view };
  }

  /** Starts over. */
  clear(): void {
    this.cutTo(0);
  }

  /** Goes on at an earlier place; the room that what came after it has taken does not stay where that is much. */
  protected cutTo(at: number): void {
    this.at = at;
    // Where much of it is in use, cutting it would have it grow, and be copied, again and again.
    if (this.bytes.length <= Math.max(mostKept, 4 * at)) return;
    const smaller = new Uint8Array(Math.max(256, at));
    smaller.set(this.bytes.subarray(0, at));
    this.bytes = smaller;
    this.view = viewOf(smaller);
  }
}

/** Writes a Variable Byte Integer in its shortest form (1.5.5) and returns the offset after it; there must be room. */
export function putVariableByteInteger(bytes: Uint8Array, at: number, value: number): number {
  while (value > 127) {
    bytes[at++] = (value & 0x7f) | 0x80;
    value >>>= 7;
  }
  bytes[at++] = value;
  return at;
}

/** How many bytes a Variable Byte Integer takes (1.5.5). */
export function variableByteIntegerLength(value: number): number {
  return value < 128 ? 1 : value < 16_384 ? 2 : value < 2_097_152 ? 3 : 4;
}
