import type { PacketType, ProtocolVersion } from '../../../protocol/controlPacket';
import type { ViolationId } from '../../../protocol/violations';
import { type ClientIdentity, distinctLabels } from '../../clientIdentity';
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

type ClientLabel = Pick<ClientIdentity, 'label' | 'longLabel'>;

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
  /** Of the last, by which its clause is numbered. */
  version: ProtocolVersion;
}

/** What statistics say of consecutive packets, so that it can be forgotten with them, and added to that of others. */
export class StatisticsBlock {
  end: number;
  packets = 0;
  bytes = 0;
  firstAt = Infinity;
  lastAt = -Infinity;
  /** By lane. */
  readonly clients = new Map<string, Tally>();
  /** What the clients are called that have a count of their own. */
  readonly labels = new Map<string, ClientLabel>();
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
    const { lane } = connection;
    count(this.clients, lane, length, sequence, fromClient);
    // Its name may say more with its CONNECT than before, and what was true then is true still.
    if (!this.labels.has(lane) ? this.labels.size < mostKeys : packet?.type === 'CONNECT') {
      const { label, longLabel } = connection;
      this.labels.set(lane, { label, longLabel });
    }
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
      // What is acknowledged was not captured: that says nothing of who acknowledges it.
      if (id === 'acknowledgementOfUnknown') continue;
      const count = (this.violations.get(id)?.count ?? 0) + 1;
      this.violations.set(id, { count, last: sequence, version: row.version });
    }
  }

  noteHandshake({ kind, outcome, start, resumes, end }: SeenHandshake): void {
    const tally = handshakeTally(this.handshakes, kind);
    tally[outcome]++;
    if (outcome === 'complete' || outcome === 'refused') tally.latencies.add(end.at - (resumes ?? start).at);
  }

  /** A message that was counted as unanswered, here or in an earlier block, goes on over another connection. */
  noteResumed(kind: HandshakeKind): void {
    handshakeTally(this.handshakes, kind).unanswered--;
  }

  /** Takes in what follows this block at once. */
  absorb(next: StatisticsBlock): void {
    this.end = next.end;
    this.packets += next.packets;
    this.bytes += next.bytes;
    this.firstAt = Math.min(this.firstAt, next.firstAt);
    this.lastAt = Math.max(this.lastAt, next.lastAt);
    addTallies(this.clients, next.clients);
    for (const [lane, label] of next.labels) {
      if (this.labels.has(lane) || this.labels.size < mostKeys) this.labels.set(lane, label);
    }
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
    for (const [id, tally] of next.violations) {
      const count = (this.violations.get(id)?.count ?? 0) + tally.count;
      this.violations.set(id, { ...tally, count });
    }
  }

  /** The counts of clients by what they are called: with the server where two of one label are told apart by it. */
  clientsByName(): ReadonlyMap<string, Tally> {
    const nameOf = distinctLabels(this.labels.values());
    const named = new Map<string, Tally>();
    for (const [lane, tally] of this.clients) {
      const label = this.labels.get(lane);
      addTallies(named, new Map([[label ? nameOf(label) : lane, tally]]));
    }
    return named;
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
