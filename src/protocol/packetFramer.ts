import { noBytes } from '../base/bytes';
import { ProtocolViolation, type Violation } from './violations';

/** Called with one whole packet, `buffer[start, end)`: in the chunk itself, or in a buffer that is never used again. */
export type FrameListener = (buffer: Uint8Array, start: number, end: number) => void;

/** The largest packet there is: a first byte, four bytes of Remaining Length and 268,435,455 bytes (2.1.4). */
export const largestPacket = 268_435_460;

/** A first byte and four of Remaining Length. */
const longestFixedHeader = 5;
/** What is announced is believed this far: most packets are shorter, and their buffer is made once. */
const believedBytes = 4096;
/** A buffer has room for at most this many times what came. */
const roomFactor = 16;

/**
 * Cuts a stream of bytes into packets by their Remaining Length (2.1.4). Packets inside a chunk are handed over in
 * place; only one that straddles chunks is put together from its parts, once, when its last byte is there.
 */
export class PacketFramer {
  /** The beginning of the unfinished packet: `held` bytes of it are filled. */
  private buffer = noBytes;
  private held = 0;
  /** Size of the unfinished packet, or 0 while its Remaining Length is not complete. */
  private wanted = 0;
  private refused = 0;

  /** @param maximumPacketSize in bytes, the fixed header included (3.1.2.11.4). */
  constructor(private readonly maximumPacketSize = largestPacket) {}

  /** The size of the packet that was larger than the maximum, in bytes; 0 where none was. */
  get refusedSize(): number {
    return this.refused;
  }

  /** A packet has begun and is not whole yet. */
  get isMidPacket(): boolean {
    return this.held > 0;
  }

  /** How many bytes the unfinished packet still lacks; 0 where there is none or its Remaining Length is not complete. */
  get missing(): number {
    return this.wanted === 0 ? 0 : this.wanted - this.held;
  }

  /** How many bytes of the unfinished packet are there. */
  get heldBytes(): number {
    return this.held;
  }

  /** Lets go of the unfinished packet: nothing more comes. */
  forget(): void {
    this.buffer = noBytes;
    this.held = 0;
    this.wanted = 0;
  }

  /** A copy of the bytes of the packet that is not whole yet. */
  get pending(): Uint8Array {
    return this.buffer.slice(0, this.held);
  }

  /**
   * @throws ProtocolViolation when a Remaining Length goes on after its fourth byte or announces more than the maximum;
   * whatever came before has been handed over, and the stream cannot go on.
   */
  push(chunk: Uint8Array, onFrame: FrameListener): void {
    let at = this.held > 0 ? this.finishHeld(chunk, onFrame) : 0;
    while (at < chunk.length) {
      const size = this.packetSize(chunk, at);
      if (size === 0 || at + size > chunk.length) {
        this.wanted = size;
        this.hold(chunk.subarray(at));
        return;
      }
      onFrame(chunk, at, at + size);
      at += size;
    }
  }

  /** Completes the held packet as far as the chunk goes; returns how much of the chunk that took. */
  private finishHeld(chunk: Uint8Array, onFrame: FrameListener): number {
    let taken = 0;
    while (this.wanted === 0) {
      if (taken === chunk.length) return taken;
      this.hold(chunk.subarray(taken, taken + 1));
      taken++;
      this.wanted = this.packetSize(this.buffer.subarray(0, this.held), 0);
    }
    const part = chunk.subarray(taken, taken + this.wanted - this.held);
    this.hold(part);
    if (this.held < this.wanted) return chunk.length;
    const packet = this.buffer;
    const size = this.wanted;
    this.buffer = noBytes;
    this.held = 0;
    this.wanted = 0;
    onFrame(packet, 0, size);
    return taken + part.length;
  }

  /** Adds bytes to the unfinished packet. */
  private hold(part: Uint8Array): void {
    const length = this.held + part.length;
    if (length > this.buffer.length) {
      const larger = new Uint8Array(roomFor(length, this.wanted));
      larger.set(this.buffer.subarray(0, this.held));
      this.buffer = larger;
    }
    this.buffer.set(part, this.held);
    this.held = length;
  }

  /** The size of the packet at `start`, or 0 when its Remaining Length is not complete in `bytes`. */
  private packetSize(bytes: Uint8Array, start: number): number {
    let remaining = 0;
    for (let index = 1; index <= 4; index++) {
      const byte = bytes[start + index];
      if (byte === undefined) return 0;
      remaining |= (byte & 0x7f) << (7 * (index - 1));
      if (byte < 0x80) {
        const size = 1 + index + remaining;
        if (size > this.maximumPacketSize) {
          this.refused = size;
          this.fail({
            id: 'packetTooLarge',
            offset: 1,
            value: `${size} bytes of at most ${this.maximumPacketSize}`,
          });
        }
        return size;
      }
    }
    return this.fail({ id: 'variableByteIntegerTooLong', offset: 1 });
  }

  private fail(violation: ConstructorParameters<typeof ProtocolViolation>[0]): never {
    throw new ProtocolViolation(violation);
  }
}

/** The rule by which bytes cannot be cut into packets from their first byte on, if they break one. */
export function framingViolation(bytes: Uint8Array): Violation | undefined {
  try {
    new PacketFramer().push(bytes.subarray(0, longestFixedHeader), () => undefined);
    return undefined;
  } catch (error) {
    if (error instanceof ProtocolViolation) return error.violation;
    throw error;
  }
}

/**
 * How many bytes the buffer of an unfinished packet has room for, of which so many came; `wanted` is its size, 0 where that
 * is not known. What is announced is not believed before a part of it is there, and the steps end at just the size: the
 * last copy, of the largest part, is of a sixteenth of the packet.
 */
export function roomFor(came: number, wanted: number): number {
  if (wanted === 0) return Math.max(came, 64);
  const least = Math.max(came, believedBytes);
  let room = wanted;
  while (room / roomFactor >= least) room = Math.ceil(room / roomFactor);
  return room;
}
