import { encodeUtf8 } from '../../base/utf8';
import { linkTypes } from './linkLayer';
import { blockTypes, byteOrderMagic, optionCodes } from './pcapngFormat';
import type { SegmentHeader } from './syntheticTcp';
import { segmentLength, writeSegment } from './syntheticTcp';

/** Bytes of memory for the blocks that are handed over at once. */
const pageLength = 128 * 1024;
/** From so many bytes on a page is handed over: with the longest frame behind it is still one. */
const fullLength = 32 * 1024;

/** Writes the blocks of a pcapng file of IP packets, little-endian, into pages. */
export class PcapngBlocks {
  private page = new Uint8Array(pageLength);
  private view = new DataView(this.page.buffer);
  private used = 0;
  /** How many frames were written: the number of the last one, as Wireshark counts. */
  frames = 0;

  /** Takes what was written so far, undefined where that is nothing. */
  take(): Uint8Array | undefined {
    if (this.used === 0) return undefined;
    const taken = this.page.subarray(0, this.used);
    this.page = new Uint8Array(pageLength);
    this.view = new DataView(this.page.buffer);
    this.used = 0;
    return taken;
  }

  /** Whether a frame with the longest payload and a comment may find no room any more: then `take` is due. */
  get isFull(): boolean {
    return this.used > fullLength;
  }

  /** The section header, and the description of the one interface. */
  header(application: string): void {
    this.block(
      blockTypes.sectionHeader,
      16,
      [[optionCodes.userApplication, encodeUtf8(application)]],
      (at) => {
        this.view.setUint32(at, byteOrderMagic, true);
        this.view.setUint16(at + 4, 1, true);
        this.view.setUint16(at + 6, 0, true);
        // The length of the section is not given.
        this.view.setUint32(at + 8, 0xffff_ffff, true);
        this.view.setUint32(at + 12, 0xffff_ffff, true);
      },
    );
    this.block(blockTypes.interfaceDescription, 8, [], (at) => {
      this.view.setUint16(at, linkTypes.raw, true);
      this.view.setUint16(at + 2, 0, true);
      this.view.setUint32(at + 4, 0, true);
    });
  }

  /** A frame with a segment; `at` is in milliseconds since the epoch and is kept to the microsecond. */
  segment(header: SegmentHeader, payload: Uint8Array, at: number, comments: readonly string[]): void {
    const length = segmentLength(header, payload.length);
    const options = comments.map((comment) => [optionCodes.comment, encodeUtf8(comment)] as const);
    const microseconds = Math.max(0, Math.round(at * 1000));
    this.frames++;
    this.block(blockTypes.enhancedPacket, 20 + length, options, (start) => {
      this.view.setUint32(start, 0, true);
      this.view.setUint32(start + 4, Math.floor(microseconds / 2 ** 32), true);
      this.view.setUint32(start + 8, microseconds >>> 0, true);
      this.view.setUint32(start + 12, length, true);
      this.view.setUint32(start + 16, length, true);
      writeSegment(this.view, start + 20, header, payload);
    });
  }

  private block(
    type: number,
    body: number,
    options: readonly (readonly [code: number, value: Uint8Array])[],
    write: (at: number) => void,
  ): void {
    // The length of an option has 16 bits.
    const kept = options.filter(([, value]) => value.length <= 0xffff);
    const optionsLength =
      kept.length === 0 ? 0 : kept.reduce((sum, [, value]) => sum + 4 + padded(value.length), 4);
    const length = 12 + padded(body) + optionsLength;
    const start = this.used;
    this.makeRoom(length);
    this.view.setUint32(start, type, true);
    this.view.setUint32(start + 4, length, true);
    write(start + 8);
    let at = start + 8 + padded(body);
    for (const [code, value] of kept) {
      this.view.setUint16(at, code, true);
      this.view.setUint16(at + 2, value.length, true);
      this.page.set(value, at + 4);
      at += 4 + padded(value.length);
    }
    this.view.setUint32(start + length - 4, length, true);
    this.used = start + length;
  }

  private makeRoom(length: number): void {
    if (this.used + length <= this.page.length) return;
    const larger = new Uint8Array(this.page.length * 2 + length);
    larger.set(this.page.subarray(0, this.used));
    this.page = larger;
    this.view = new DataView(larger.buffer);
  }
}

function padded(length: number): number {
  return length + ((4 - (length % 4)) % 4);
}
