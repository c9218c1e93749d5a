import type { PacketType } from '../../../protocol/controlPacket';
import type { ViolationId } from '../../../protocol/violations';
import { type HandshakeKind, handshakeKinds, type SeenHandshake, type SeenPacket } from '../seen';
import { Histogram } from './histogram';

/** How many clients, and topics, have a count of their own in a block; the rest share one. */
const mostKeys = 2_000;

/** Counts of one client, topic or packet type. */
export interface Tally {
  packets: number;
  bytes: number;
  /** Of these, the packets the client sent. */
  fromClient: number;
  /** The newest packet that was counted. */
  last: number;
}

export interface HandshakeTally {
  readonly latencies: Histogram;
  complete: number;
  refused: number;
  unanswered: number;
  repeated: number;
}

export interface ViolationTally {
  count: number;
  last: number;
}

/** What statistics say of consecutive packets, so that it can be forgotten with them, and added to that of others. */
export class StatisticsBlock {
  end: number;
  packets = 0;
  bytes = 0;
  firstAt = Infinity;
  lastAt = -Infinity;
  readonly clients = new Map<string, Tally>();
  readonly topics = new Map<string, Tally>();
  readonly types = new Map<PacketType | 'other', Tally>();
  /** Messages by QoS 0, 1 and 2. */
  readonly qos = [0, 0, 0];
  retained = 0;
  duplicates = 0;
  readonly packetSizes = new Histogram();
  readonly payloadSizes = new Histogram();
  readonly handshakes = new Map<HandshakeKind, HandshakeTally>();
  readonly violations = new Map<ViolationId, ViolationTally>();

  constructor(
    /** The sequence number of the first packet. */
    readonly first: number,
  ) {
    this.end = first;
  }

  note({ row, connection, sender, packet, violations }: SeenPacket): void {
    const { sequence, at, length } = row;
    this.end = sequence + 1;
    this.packets++;
    this.bytes += length;
    if (at < this.firstAt) this.firstAt = at;
    if (at > this.lastAt) this.lastAt = at;
    const fromClient = sender === 'client';
    count(this.clients, connection.label, length, sequence, fromClient);
    count(this.types, row.packetType ?? 'other', length, sequence, fromClient);
    this.packetSizes.add(length);
    if (packet?.type === 'PUBLISH') {
      this.qos[packet.qos] = (this.qos[packet.qos] ?? 0) + 1;
      if (packet.retain) this.retained++;
      if (packet.dup) this.duplicates++;
      this.payloadSizes.add(packet.payload.length);
      count(this.topics, row.topic ?? '', length, sequence, fromClient);
    }
    for (const { id } of violations) {
      const known = this.violations.get(id);
      if (known) {
        known.count++;
        known.last = sequence;
      } else this.violations.set(id, { count: 1, last: sequence });
    }
  }

  noteHandshake({ kind, outcome, start, resumes, end }: SeenHandshake): void {
    const tally = handshakeTally(this.handshakes, kind);
    tally[outcome]++;
    if (outcome === 'complete' || outcome === 'refused') tally.latencies.add(end.at - (resumes ?? start).at);
  }

  /** Takes in what follows this block at once. */
  absorb(next: StatisticsBlock): void {
    this.end = next.end;
    this.packets += next.packets;
    this.bytes += next.bytes;
    this.firstAt = Math.min(this.firstAt, next.firstAt);
    this.lastAt = Math.max(this.lastAt, next.lastAt);
    addTallies(this.clients, next.clients);
    addTallies(this.topics, next.topics);
    addTallies(this.types, next.types);
    for (const [qos, messages] of next.qos.entries()) this.qos[qos] = (this.qos[qos] ?? 0) + messages;
    this.retained += next.retained;
    this.duplicates += next.duplicates;
    this.packetSizes.addAll(next.packetSizes);
    this.payloadSizes.addAll(next.payloadSizes);
    for (const kind of handshakeKinds) {
      const from = next.handshakes.get(kind);
      if (!from) continue;
      const to = handshakeTally(this.handshakes, kind);
      to.latencies.addAll(from.latencies);
      for (const outcome of ['complete', 'refused', 'unanswered', 'repeated'] as const)
        to[outcome] += from[outcome];
    }
    for (const [id, { count: more, last }] of next.violations) {
      this.violations.set(id, { count: (this.violations.get(id)?.count ?? 0) + more, last });
    }
  }
}

/** Stands for all clients, or topics, beyond those that have a count of their own; no name has this character. */
export const otherKeys = '\0';

function count<K extends string>(
  tallies: Map<K, Tally>,
  key: K,
  bytes: number,
  sequence: number,
  fromClient: boolean,
): void {
  const tally = tallyOf(tallies, key);
  tally.packets++;
  tally.bytes += bytes;
  if (fromClient) tally.fromClient++;
  tally.last = sequence;
}

function addTallies<K extends string>(to: Map<K, Tally>, from: ReadonlyMap<K, Tally>): void {
  for (const [key, { packets, bytes, fromClient, last }] of from) {
    const tally = tallyOf(to, key);
    tally.packets += packets;
    tally.bytes += bytes;
    tally.fromClient += fromClient;
    tally.last = Math.max(tally.last, last);
  }
}

function tallyOf<K extends string>(tallies: Map<K, Tally>, key: K): Tally {
  const known = tallies.get(key);
  if (known) return known;
  const own = tallies.size < mostKeys ? key : (otherKeys as K);
  const shared = tallies.get(own);
  if (shared) return shared;
  const tally = { packets: 0, bytes: 0, fromClient: 0, last: 0 };
  tallies.set(own, tally);
  return tally;
}

function handshakeTally(tallies: Map<HandshakeKind, HandshakeTally>, kind: HandshakeKind): HandshakeTally {
  const known = tallies.get(kind);
  if (known) return known;
  const tally = { latencies: new Histogram(), complete: 0, refused: 0, unanswered: 0, repeated: 0 };
  tallies.set(kind, tally);
  return tally;
}
