import type { PacketType, ProtocolVersion } from '../../../protocol/controlPacket';
import type { ViolationId } from '../../../protocol/violations';
import type { HandshakeKind } from '../seen';
import type { PeriodicTopic } from './periodicTopics';

/** Counts of one client, topic or packet type, with its share of a second. */
export interface TallyRow {
  /** Its name; undefined for all those together that are too many to be counted each. */
  readonly name: string | undefined;
  readonly packets: number;
  readonly bytes: number;
  /** How many of the packets a client sent; the others went to it. */
  readonly fromClient: number;
  /** Undefined where all came at one moment. */
  readonly packetsPerSecond: number | undefined;
  readonly bytesPerSecond: number | undefined;
  /** Sequence number of the newest packet. */
  readonly last: number;
}

/** All in bytes; undefined where there is none. The median and the 99th of a hundred are exact to 2.2 %. */
export interface Sizes {
  readonly count: number;
  readonly minimum: number | undefined;
  readonly median: number | undefined;
  readonly p99: number | undefined;
  readonly maximum: number | undefined;
}

/** Latencies are in milliseconds, from the first packet to the answer that ends it; undefined where nothing ended. */
export interface HandshakeRow {
  readonly kind: HandshakeKind;
  readonly complete: number;
  readonly refused: number;
  /** Its connection ended first and none of its session went on with it, or its Packet Identifier was given to another. */
  readonly unanswered: number;
  readonly repeated: number;
  readonly median: number | undefined;
  readonly p99: number | undefined;
  readonly maximum: number | undefined;
}

export interface ViolationRow {
  readonly id: ViolationId;
  readonly count: number;
  readonly last: number;
  /** Of the last one. */
  readonly version: ProtocolVersion;
}

/** What the statistics say of the packets that were read so far. */
export interface StatisticsReport {
  /** Sequence numbers of the packets it is about: from the first to before the end. */
  readonly first: number;
  readonly end: number;
  readonly packets: number;
  readonly bytes: number;
  /** Milliseconds between the first and the last packet. */
  readonly duration: number;
  readonly clients: readonly TallyRow[];
  readonly topics: readonly TallyRow[];
  readonly types: readonly (TallyRow & { readonly name: PacketType | 'other' | undefined })[];
  readonly packetSizes: Sizes;
  readonly payloadSizes: Sizes;
  /** Messages of QoS 0, 1 and 2; of these, the retained ones and those that were sent again. */
  readonly qos: readonly number[];
  readonly retained: number;
  readonly duplicates: number;
  readonly handshakes: readonly HandshakeRow[];
  readonly periodic: readonly PeriodicTopic[];
  readonly violations: readonly ViolationRow[];
}
