import type { Span } from '../base/spans';
import { connectVersion } from './connectVersion';
import type { ProtocolVersion } from './controlPacket';
import { BoundarySearch } from './boundarySearch';
import { Conversation } from './conversation';
import { Probe } from './probe';
import type { Dissection } from './dissect';
import type { Sender } from './dissectionContext';
import { likelySender, onlySender, senderOfType } from './streamSenders';

/** How the version of a stream is known: a CONNECT in it says so, it was given, or more packets parse by it. */
export type VersionSource =
  | { readonly from: 'connect' }
  | { readonly from: 'given' }
  | {
      readonly from: 'guess';
      readonly parsed: number;
      readonly packets: number;
      /** 3.1.1 and 5.0 do not parse as much as each other. 3.1 is told from 3.1.1 by CONNECT alone. */
      readonly certain: boolean;
    };

/** One packet of a stream; offsets inside `dissection` count from `start`. */
export interface StreamPacket extends Span {
  readonly dissection: Dissection;
  /** Who sent it, undefined where it may have been either side. */
  readonly sender: Sender | undefined;
}

export interface StreamDissection {
  /** Of the first packet. A later CONNECT may change it for those after it; each dissection has its own. */
  readonly version: ProtocolVersion;
  readonly versionSource: VersionSource;
  /** All packets come from one side, as far as their types say: what the other said is not known. */
  readonly oneSided: boolean;
  readonly packets: readonly StreamPacket[];
  /** Bytes that belong to no packet. Together with the packets they tile the stream. */
  readonly skipped: readonly Span[];
}

const connectType = 1;
const subscribeType = 8;

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
  const oneSided = only !== undefined;
  let conversation = new Conversation(chosen.version, false, oneSided);
  let subscribed = false;
  let reached = 0;
  const dissected = packets.map(({ start, end }) => {
    const packet = bytes.subarray(start, end);
    const type = (packet[0] as number) >> 4;
    // What was skipped may have been packets.
    if (start > reached) conversation.missPackets();
    reached = end;
    if (type === connectType) {
      const next = connectVersion(packet) ?? chosen.version;
      conversation = new Conversation(next, true, oneSided);
      subscribed = false;
    }
    subscribed ||= type === subscribeType;
    const sender = senderOfType(type) ?? only ?? likelySender(packet, type, conversation, subscribed);
    const dissection = sender ? conversation.next(sender, packet) : conversation.nextOfEither(packet);
    return { start, end, dissection, sender };
  });
  return { ...chosen, oneSided, packets: dissected, skipped };
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
  return {
    version,
    versionSource: { from: 'guess', parsed: best, packets: packets.length, certain: by4 !== by5 },
  };
}
