import type { ByteQueue } from './byteQueue';
import { longestRecord } from './captureFormat';
import type { CaptureFormat, CaptureFrame, Step } from './captureFormat';

const headerLength = 24;
const recordHeaderLength = 16;
/** What tcpdump captures of a frame at most, unless told otherwise; some files announce less than they hold. */
const usualLimit = 262_144;
/** A record found again after damage is within this many seconds of the last one, or of those that follow it. */
const believableSeconds = 24 * 3600;
/** 2001: no part of a second, nor a length, is so large, so that none is taken for a time that nothing but itself speaks for. */
const unmistakableSeconds = 1e9;

/** The classic format of tcpdump (draft-ietf-opsawg-pcap). */
export class PcapFormat implements CaptureFormat {
  private linkType: number | undefined;
  private lastSeconds: number | undefined;
  private snapLength = usualLimit;

  constructor(
    private readonly littleEndian: boolean,
    private readonly nanoseconds: boolean,
  ) {}

  read(queue: ByteQueue, frame: (frame: CaptureFrame) => void): Step {
    if (this.linkType === undefined) return this.header(queue);
    if (queue.length < recordHeaderLength) return 'more';
    const captured = this.uint32(queue, 8);
    if (captured > Math.max(this.snapLength, usualLimit)) return 'damaged';
    if (this.uint32(queue, 4) >= (this.nanoseconds ? 1e9 : 1e6)) return 'damaged';
    // Nothing is sent in frames of no bytes: it is a hole of zeros, such as a disk leaves that lost its power.
    if (captured === 0 && this.uint32(queue, 12) === 0) return 'damaged';
    const length = recordHeaderLength + captured;
    if (queue.length < length) return 'more';
    this.frame(queue, length, frame);
    return length;
  }

  readCut(queue: ByteQueue, frame: (frame: CaptureFrame) => void): void {
    if (this.linkType !== undefined && queue.length > recordHeaderLength) {
      this.frame(queue, queue.length, frame, true);
    }
  }

  mayBegin(queue: ByteQueue, at: number): boolean | undefined {
    if (this.linkType === undefined) return false;
    const length = this.recordLengthAt(queue, at);
    if (length === undefined || length < 0) return length === undefined ? undefined : false;
    // One header is weak evidence: what follows has to be one as well, and two where the time of the last one, which may
    // have been damaged itself, says nothing for it.
    const seconds = this.uint32(queue, at);
    const isExpected = this.isNear(seconds, this.lastSeconds);
    if (!isExpected && seconds < unmistakableSeconds) return false;
    let next = at + length;
    for (let left = isExpected ? 1 : 2; left > 0; left--) {
      const following = this.recordLengthAt(queue, next);
      if (following === undefined) return undefined;
      if (following < 0 || !this.isNear(this.uint32(queue, next), seconds)) return false;
      next += following;
    }
    return true;
  }

  private header(queue: ByteQueue): Step {
    if (queue.length < headerLength) return 'more';
    const snapLength = this.uint32(queue, 16);
    if (snapLength > 0) this.snapLength = Math.min(snapLength, longestRecord);
    // The upper bits tell of check sums at the end of frames.
    this.linkType = this.uint32(queue, 20) & 0xffff;
    return headerLength;
  }

  private frame(
    queue: ByteQueue,
    length: number,
    listener: (frame: CaptureFrame) => void,
    endsEarly = false,
  ): void {
    const seconds = this.uint32(queue, 0);
    const fraction = this.uint32(queue, 4);
    const microseconds = this.nanoseconds ? Math.floor(fraction / 1000) : fraction;
    this.lastSeconds = seconds;
    listener({
      linkType: this.linkType ?? 0,
      at: (seconds * 1e6 + microseconds) / 1000,
      bytes: queue.view(recordHeaderLength, length),
      originalLength: this.uint32(queue, 12),
      endsEarly,
      comments: [],
    });
  }

  /** The length of the record whose header may be here, -1 where it cannot be one, undefined where it is not all there. */
  private recordLengthAt(queue: ByteQueue, at: number): number | undefined {
    if (queue.length < at + recordHeaderLength) return undefined;
    const captured = this.uint32(queue, at + 8);
    const original = this.uint32(queue, at + 12);
    const isTime = this.uint32(queue, at + 4) < (this.nanoseconds ? 1e9 : 1e6);
    const isLength = captured > 0 && captured <= original;
    return isTime && isLength && captured <= Math.max(this.snapLength, usualLimit)
      ? recordHeaderLength + captured
      : -1;
  }

  private isNear(seconds: number, others: number | undefined): boolean {
    return others === undefined || Math.abs(seconds - others) <= believableSeconds;
  }

  private uint32(queue: ByteQueue, at: number): number {
    return queue.uint32(at, this.littleEndian);
  }
}
