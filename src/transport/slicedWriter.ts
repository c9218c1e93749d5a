import { concatBytes, noBytes } from '../base/bytes';
import { Fifo } from '../base/fifo';
import type { TransportListener } from '../session/effects';

/** Up to here bytes are handed over as they come; the platform tells of nothing in between. */
const mostAtOnce = 131_072;

/** The steps in which everything else goes, in bytes: fine enough to tell a slow peer from one that is gone. */
const sliceBytes = 32_768;

/**
 * Keeps back what the platform could only pile up, and hands it over piece by piece, so that it can be told whether the
 * peer still takes anything: a long packet on a slow link looks the same as a link that is half open otherwise. A transport
 * is one rather than has one: of ten thousand idle connections each has as few objects as may be.
 */
export abstract class SlicedWriter {
  protected listener: TransportListener | undefined;
  private state: 'open' | 'draining' | 'slicing' = 'open';
  private waiting: Fifo<Uint8Array> | undefined;
  /** What is left of the piece that is being handed over in slices. */
  private rest: Uint8Array = noBytes;
  private isEnding = false;

  /**
   * Hands bytes to the platform.
   * @param taken called in a later turn, once the platform has given them to the network
   * @returns false where it tells when it has: by {@link drained}
   */
  protected abstract send(bytes: Uint8Array, taken?: () => void): boolean;
  /** Everything was handed over, and no more comes. */
  protected abstract finish(): void;

  /** Nothing waits here; whether the platform has anything is its own affair. */
  protected get isIdle(): boolean {
    return this.state === 'open';
  }

  /** Returns false when the peer takes bytes slower than they come. */
  write(bytes: Uint8Array): boolean {
    if (this.isEnding) return true;
    if (this.state === 'open' && bytes.length <= mostAtOnce) {
      if (this.send(bytes)) return true;
      this.state = 'draining';
      return false;
    }
    (this.waiting ??= new Fifo()).push(bytes);
    if (this.state === 'open') this.slice();
    return false;
  }

  /** The platform has given the network all it was handed as a whole. */
  protected drained(): void {
    if (this.state === 'draining') this.taken();
  }

  /** Finishes once everything that waits was handed over. */
  end(): void {
    if (this.isEnding) return;
    this.isEnding = true;
    if (this.state !== 'slicing' && !this.waiting) this.finish();
  }

  private taken(): void {
    if (this.rest.length > 0 || this.waiting) {
      this.slice();
      this.listener?.progressed?.();
      return;
    }
    this.state = 'open';
    if (this.isEnding) this.finish();
    this.listener?.drained();
  }

  private slice(): void {
    this.state = 'slicing';
    this.send(this.nextSlice(), () => this.taken());
  }

  /** A part of a long piece, or short ones together. */
  private nextSlice(): Uint8Array {
    const parts: Uint8Array[] = [];
    let length = 0;
    while (length < sliceBytes) {
      const piece = this.rest.length > 0 ? this.rest : this.waiting?.shift();
      if (piece === undefined) break;
      const part = piece.subarray(0, sliceBytes - length);
      this.rest = piece.subarray(part.length);
      parts.push(part);
      length += part.length;
    }
    if (this.waiting?.length === 0) this.waiting = undefined;
    return parts.length === 1 ? (parts[0] ?? noBytes) : concatBytes(parts);
  }
}
