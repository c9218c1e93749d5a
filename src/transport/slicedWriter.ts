import { concatBytes, noBytes } from '../base/bytes';
import { Fifo } from '../base/fifo';
import type { TransportListener } from '../session/effects';

/** Up to here bytes are handed over as they come; the platform tells of nothing in between. */
const mostAtOnce = 131_072;

/** The steps in which everything else goes, in bytes: fine enough to tell a slow peer from one that is gone. */
const sliceBytes = 32_768;

/** What takes the bytes of a {@link SlicedWriter}. */
export interface WriterSink {
  /**
   * Hands bytes to the platform.
   * @param taken called in a later turn, once the platform has given them to the network
   * @returns false where it tells when it has: by {@link SlicedWriter.drained}
   */
  send(bytes: Uint8Array, taken?: () => void): boolean;
  /** Everything was handed over, and no more comes. */
  finish(): void;
}

/**
 * Keeps back what the platform could only pile up, and hands it over piece by piece, so that it can be told whether the
 * peer still takes anything: a long packet on a slow link looks the same as a link that is half open otherwise.
 */
export class SlicedWriter {
  private state: 'open' | 'draining' | 'slicing' = 'open';
  private readonly waiting = new Fifo<Uint8Array>();
  /** What is left of the piece that is being handed over in slices. */
  private rest: Uint8Array = noBytes;
  private isEnding = false;
  private readonly sliceTaken = (): void => this.taken();

  constructor(
    private readonly sink: WriterSink,
    private readonly listener: () => Pick<TransportListener, 'drained' | 'progressed'> | undefined,
  ) {}

  /** Nothing waits here; whether the platform has anything is its own affair. */
  get isIdle(): boolean {
    return this.state === 'open';
  }

  /** Returns false when the peer takes bytes slower than they come. */
  write(bytes: Uint8Array): boolean {
    if (this.isEnding) return true;
    if (this.state === 'open' && bytes.length <= mostAtOnce) {
      if (this.sink.send(bytes)) return true;
      this.state = 'draining';
      return false;
    }
    this.waiting.push(bytes);
    if (this.state === 'open') this.slice();
    return false;
  }

  /** The platform has given the network all it was handed as a whole. */
  drained(): void {
    if (this.state === 'draining') this.taken();
  }

  /** Finishes once everything that waits was handed over. */
  end(): void {
    if (this.isEnding) return;
    this.isEnding = true;
    if (this.state !== 'slicing' && this.waiting.length === 0) this.sink.finish();
  }

  private taken(): void {
    if (this.rest.length > 0 || this.waiting.length > 0) {
      this.slice();
      this.listener()?.progressed?.();
      return;
    }
    this.state = 'open';
    if (this.isEnding) this.sink.finish();
    this.listener()?.drained();
  }

  private slice(): void {
    this.state = 'slicing';
    this.sink.send(this.nextSlice(), this.sliceTaken);
  }

  /** A part of a long piece, or short ones together. */
  private nextSlice(): Uint8Array {
    const parts: Uint8Array[] = [];
    let length = 0;
    while (length < sliceBytes) {
      const piece = this.rest.length > 0 ? this.rest : this.waiting.shift();
      if (piece === undefined) break;
      const part = piece.subarray(0, sliceBytes - length);
      this.rest = piece.subarray(part.length);
      parts.push(part);
      length += part.length;
    }
    return parts.length === 1 ? (parts[0] ?? noBytes) : concatBytes(parts);
  }
}
