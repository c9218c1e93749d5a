import type { Span } from '../base/spans';
import { connectVersion } from './connectVersion';
import type { ProtocolVersion } from './controlPacket';
import { readWholePacket } from './codec';
import { Conversation } from './conversation';
import type { Dissection } from './dissect';
import type { Sender } from './dissectionContext';
import { WireReader } from './wireReader';

/** How the version of a stream is known: a CONNECT in it says so, it was given, or more packets parse by it. */
export type VersionSource =
  | { readonly from: 'connect' }
  | { readonly from: 'given' }
  | { readonly from: 'guess'; readonly parsed: number; readonly packets: number };

/** One packet of a stream; offsets inside `dissection` count from `start`. */
export interface StreamPacket extends Span {
  readonly dissection: Dissection;
}

export interface StreamDissection {
  /** Of the first packet. A later CONNECT may change it for those after it; each dissection has its own. */
  readonly version: ProtocolVersion;
  readonly versionSource: VersionSource;
  readonly packets: readonly StreamPacket[];
  /** Bytes that belong to no packet. Together with the packets they tile the stream. */
  readonly skipped: readonly Span[];
}

/** Table 2-2, for telling a first byte from any other: the flags each packet type may have. */
const plausibleFirstBytes: ReadonlySet<number> = new Set([
  ...[0x10, 0x20, 0x40, 0x50, 0x62, 0x70, 0x82, 0x90, 0xa2, 0xb0, 0xc0, 0xd0, 0xe0, 0xf0],
  ...[0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x3a, 0x3b, 0x3c, 0x3d],
]);

/** Looking for a boundary reads at most this many times the stream; what is beyond stays unattributed. */
const effortPerByte = 16;
const effortPerTrial = 64;

/**
 * Finds the packets in bytes out of nowhere (a log, a dump) and dissects them. Where a byte cannot begin a packet it
 * looks for the next place from which a packet parses. Never throws; takes time linear in the stream.
 * @param version in force before the first CONNECT, where it is known.
 */
export function dissectStream(bytes: Uint8Array, version?: ProtocolVersion): StreamDissection {
  const { packets, skipped } = new BoundarySearch(bytes).run();
  const known = packets[0] && connectVersion(bytes, packets[0].start, packets[0].end);
  const chosen = known
    ? { version: known, versionSource: { from: 'connect' } as const }
    : version
      ? { version, versionSource: { from: 'given' } as const }
      : guessVersion(bytes, packets);
  const only = onlySender(bytes, packets);
  let conversation = new Conversation(chosen.version, false);
  let subscribed = false;
  const dissected = packets.map(({ start, end }) => {
    const packet = bytes.subarray(start, end);
    const type = (packet[0] as number) >> 4;
    if (type === connectType) {
      const next = connectVersion(packet) ?? chosen.version;
      conversation = new Conversation(next);
      subscribed = false;
    }
    subscribed ||= type === subscribeType;
    const sender = senderOfType(type) ?? only ?? (type === publishType && !subscribed ? 'client' : undefined);
    return {
      start,
      end,
      dissection: sender ? conversation.next(sender, packet) : conversation.nextOfEither(packet),
    };
  });
  return { ...chosen, packets: dissected, skipped };
}

const connectType = 1;
const publishType = 3;
const subscribeType = 8;

/** Table 2-1: who sends a type that only one side may send. */
function senderOfType(type: number): Sender | undefined {
  if (type === connectType || type === subscribeType || type === 10 || type === 12) return 'client';
  if (type === 2 || type === 9 || type === 11 || type === 13) return 'server';
  return undefined;
}

/** The side that everything comes from, where the types of the packets leave no doubt. */
function onlySender(bytes: Uint8Array, packets: readonly Span[]): Sender | undefined {
  const senders = new Set(packets.map(({ start }) => senderOfType((bytes[start] as number) >> 4)));
  senders.delete(undefined);
  const [first, second] = senders;
  return second === undefined ? first : undefined;
}

class BoundarySearch {
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
    if (end === this.bytes.length || this.parses(at, end)) return end;
    const after = this.frameEnd(end);
    return after > 0 && this.parses(end, after) ? end : -1;
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
      const end = this.frameEnd(at);
      if (end > 0 && this.parses(at, end)) return at;
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

  private parses(start: number, end: number): boolean {
    return ([5, 4, 3] as const).some((version) => {
      if (this.effort <= 0) return false;
      const accepted = this.probe.accepts(this.bytes, start, end, version);
      this.effort -= effortPerTrial + this.probe.consumed;
      return accepted;
    });
  }
}

/** By which version more packets parse. What both read is 5.0 if a field of 5.0 stands in it, else 3.1.1. */
function guessVersion(
  bytes: Uint8Array,
  packets: readonly Span[],
): Pick<StreamDissection, 'version' | 'versionSource'> {
  const probe = new Probe();
  const parsed = (version: ProtocolVersion) =>
    packets.filter(({ start, end }) => probe.accepts(bytes, start, end, version)).length;
  const by5 = parsed(5);
  const by4 = parsed(4);
  const alike = packets.every(({ start, end }) => end - start <= 4);
  const version = by5 > by4 || (by5 === by4 && by5 > 0 && !alike) ? 5 : 4;
  const best = version === 5 ? by5 : by4;
  return { version, versionSource: { from: 'guess', parsed: best, packets: packets.length } };
}

/** A reader that only says whether a packet is one. It throws one and the same error, because failing is its normal work. */
class Probe extends WireReader {
  accepts(bytes: Uint8Array, start: number, end: number, version: ProtocolVersion): boolean {
    try {
      readWholePacket(this, bytes, start, end, version);
      return true;
    } catch (error) {
      if (error === refusal) return false;
      throw error;
    }
  }

  /** How many bytes of the last packet were looked at. */
  get consumed(): number {
    return this.at - this.origin;
  }

  protected override violateAt(): void {
    throw refusal;
  }
}

const refusal = new Error('Not a packet');
