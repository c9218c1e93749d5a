import type { Span } from '../base/spans';
import { Probe } from './probe';

/** Table 2-2, for telling a first byte from any other: the flags each packet type may have. */
const plausibleFirstBytes: ReadonlySet<number> = new Set([
  ...[0x10, 0x20, 0x40, 0x50, 0x62, 0x70, 0x82, 0x90, 0xa2, 0xb0, 0xc0, 0xd0, 0xe0, 0xf0],
  ...[0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x3a, 0x3b, 0x3c, 0x3d],
]);

/**
 * Looking for a boundary in vain reads at most this many times the stream; what is beyond stays unattributed. Packets
 * that are found cost nothing: their bytes are read once and left behind.
 */
const effortPerByte = 16;
const effortPerTrial = 32;

/** Finds the packets in a stream that may begin anywhere and hold other bytes besides. */
export class BoundarySearch {
  private readonly packets: Span[] = [];
  private readonly skipped: Span[] = [];
  private readonly probe = new Probe();
  private effort: number;

  constructor(private readonly bytes: Uint8Array) {
    this.effort = 1024 + bytes.length * effortPerByte;
  }

  run(): { readonly packets: readonly Span[]; readonly skipped: readonly Span[] } {
    const { bytes } = this;
    let at = 0;
    while (at < bytes.length) {
      const end = this.inStep(at);
      if (end > 0) {
        this.packets.push({ start: at, end });
        at = end;
      } else {
        const next = this.nextBoundary(at + 1);
        if (next === bytes.length && this.looksCutOff(at)) this.packets.push({ start: at, end: next });
        else this.skipped.push({ start: at, end: next });
        at = next;
      }
    }
    return { packets: this.packets, skipped: this.skipped };
  }

  /**
   * The end of a packet that may be taken at its word here, or -1: it parses, or ends where another one or the stream
   * ends. Its flags may be wrong then: that is what somebody wants to be told.
   */
  private inStep(at: number): number {
    const end = this.declaredEnd(at);
    if (end < 0 || end > this.bytes.length) return -1;
    if (at === 0 && end === this.bytes.length) return end;
    if ((this.bytes[at] as number) < 0x10) return -1;
    if (end === this.bytes.length) return end;
    const before = this.effort;
    const after = () => this.frameEnd(end);
    const fits = this.parses(at, end) || (after() > 0 && this.parses(end, after()));
    if (!fits) return -1;
    this.effort = before;
    return end;
  }

  /**
   * The last packet of a capture that was stopped in the middle, or one whose length goes on for ever: a first byte that
   * fits, and no end.
   */
  private looksCutOff(at: number): boolean {
    const first = this.bytes[at] as number;
    const fits = plausibleFirstBytes.has(first) || first >> 4 === 1 || first >> 4 === 3;
    const end = this.declaredEnd(at);
    return fits && (end > this.bytes.length || end < 0);
  }

  private nextBoundary(from: number): number {
    for (let at = from; at < this.bytes.length && this.effort > 0; at++) {
      this.effort--;
      const before = this.effort;
      const end = this.frameEnd(at);
      if (end < 0 || !this.parses(at, end)) continue;
      this.effort = before;
      return at;
    }
    return this.bytes.length;
  }

  /** The end of the packet that starts at `at`, or -1 where none can. */
  private frameEnd(at: number): number {
    if (!plausibleFirstBytes.has(this.bytes[at] ?? 0)) return -1;
    const end = this.declaredEnd(at);
    return end > this.bytes.length ? -1 : end;
  }

  /** Where the Remaining Length says the packet ends, or -1 where it has no end within four bytes. */
  private declaredEnd(at: number): number {
    let length = 0;
    for (let index = 0; index < 4; index++) {
      const byte = this.bytes[at + 1 + index];
      if (byte === undefined) return -1;
      length |= (byte & 0x7f) << (7 * index);
      if (byte < 0x80) return at + 2 + index + length;
    }
    return -1;
  }

  /** Whether some version has such a packet. The caller gives the effort back where it leads on. */
  private parses(start: number, end: number): boolean {
    return ([5, 4, 3] as const).some((version) => {
      const accepted = this.probe.accepts(this.bytes, start, end, version);
      this.effort -= effortPerTrial + this.probe.consumed;
      return accepted;
    });
  }
}
