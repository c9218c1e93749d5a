import { noBytes } from '../base/bytes';
import { PacketWriter } from '../protocol/codec';
import type { ProtocolVersion, Publish } from '../protocol/controlPacket';
import type { Properties } from '../protocol/properties';
import { noProperties } from '../protocol/properties';
import { ProtocolViolation } from '../protocol/violations';
import { isTooLarge } from './shortenedPacket';
import { TopicAliases } from './topicAliases';

/** A shorter name is hardly longer than the property that stands for it, in UTF-16 code units. */
const shortestTopic = 8;

/** Longer ones are not kept for the sake of an alias: that bounds what all of them take. */
const longestTopic = 1024;

/** More aliases than this are not used, whatever the server takes. */
const mostAliases = 256;

/** How many topics are counted at once; then counting starts over. */
const mostCandidates = 1024;

/** A topic gets an alias with this publish of it. */
const worthwhile = 3;

/** A topic that has an alias, in a ring in the order of use. */
class Aliased {
  newer: Aliased = this;
  older: Aliased = this;
  readonly properties: Properties;

  constructor(
    readonly topicName: string,
    readonly alias: number,
  ) {
    this.properties = Object.freeze({ topicAlias: alias });
  }
}

/**
 * The Topic Aliases that a client sets on one Network Connection (3.3.2.3.4): those its owner chose, and, where that is
 * wanted, those it chooses itself for topics that come often. When all are taken the one that was not used for the longest
 * time is given to another topic. A new connection starts with an empty one [MQTT-3.3.2-7].
 */
export class OutboundAliases extends TopicAliases {
  private readonly ownersNumbers = new Set<number>();
  private readonly topics = new Map<string, Aliased>();
  private readonly byNumber = new Map<number, Aliased>();
  private newest: Aliased | undefined;
  private candidates = new Map<string, number>();
  /** The next number that was never given. They go down, because those who choose themselves start with 1. */
  private next: number;
  private readonly lowest: number;
  private readonly choosing: boolean;
  /** What is written in place of the packet, which stays as it is. */
  private readonly form: Publish = {
    ...{ type: 'PUBLISH', dup: false, qos: 0, retain: false, topicName: '', packetIdentifier: 0 },
    ...{ properties: noProperties, payload: noBytes },
  };

  /**
   * @param maximum the Topic Alias Maximum of the server [MQTT-3.2.2-17]; 0 allows none [MQTT-3.2.2-18]
   * @param choosing whether topics get aliases by themselves
   */
  constructor(maximum: number, choosing: boolean) {
    super(maximum);
    this.choosing = choosing && maximum > 0;
    this.next = maximum;
    this.lowest = Math.max(1, maximum - mostAliases + 1);
  }

  /**
   * Writes a PUBLISH for the first time, and returns its whole Topic Name. Throws as the writer does, with nothing noted; also
   * where an alias makes a QoS 1 or 2 message small enough that would be too large when it has to be sent again.
   */
  write(packet: Publish, out: PacketWriter, version: ProtocolVersion, mostBytes: number): string {
    if (packet.properties.topicAlias !== undefined) {
      const name = this.nameOf(packet);
      if (packet.topicName === '') writeByAlias(packet, name, out, version, mostBytes);
      else out.write(packet, version, mostBytes);
      // Only now: what was not sent has told the server nothing.
      this.note(packet);
      return name;
    }
    const { topicName } = packet;
    const known = this.choosing && topicName.length >= shortestTopic ? this.topics.get(topicName) : undefined;
    if (known) {
      this.use(known);
      this.writeKnown(packet, known, out, version, mostBytes);
    } else if (this.isWorthwhile(topicName)) this.writeNew(packet, out, version, mostBytes);
    else out.write(packet, version, mostBytes);
    return topicName;
  }

  /** A number its owner chose is not chosen here any more, whatever it stood for. */
  override note(packet: Publish): void {
    super.note(packet);
    const { topicAlias } = packet.properties;
    if (topicAlias === undefined || !this.choosing) return;
    this.ownersNumbers.add(topicAlias);
    const taken = this.byNumber.get(topicAlias);
    if (taken) this.forget(taken);
  }

  private isWorthwhile(topicName: string): boolean {
    const { length } = topicName;
    if (!this.choosing || length < shortestTopic || length > longestTopic) return false;
    const count = (this.candidates.get(topicName) ?? 0) + 1;
    if (count >= worthwhile) return true;
    if (this.candidates.size >= mostCandidates) this.candidates = new Map();
    this.candidates.set(topicName, count);
    return false;
  }

  /** Sets the alias with the name; without one where the few bytes more are too many for the receiver. */
  private writeNew(packet: Publish, out: PacketWriter, version: ProtocolVersion, mostBytes: number): void {
    const alias = this.freeNumber();
    if (alias === undefined) return out.write(packet, version, mostBytes);
    const fresh = new Aliased(packet.topicName, alias);
    try {
      this.writeForm(packet, fresh, packet.topicName, out, version, mostBytes);
    } catch (error) {
      if (!(error instanceof ProtocolViolation)) throw error;
      return out.write(packet, version, mostBytes);
    }
    const before = this.byNumber.get(alias);
    if (before) this.forget(before);
    else this.next = Math.min(this.next, alias - 1);
    this.candidates.delete(packet.topicName);
    this.topics.set(packet.topicName, fresh);
    this.byNumber.set(alias, fresh);
    this.link(fresh);
  }

  /** A number that nobody has, or that of the topic that was not used for the longest time. */
  private freeNumber(): number | undefined {
    for (let alias = this.next; alias >= this.lowest; alias--) {
      if (!this.ownersNumbers.has(alias)) return alias;
      this.next = alias - 1;
    }
    return this.newest?.newer.alias;
  }

  private writeKnown(
    packet: Publish,
    known: Aliased,
    out: PacketWriter,
    version: ProtocolVersion,
    mostBytes: number,
  ): void {
    if (packet.qos === 0) return this.writeForm(packet, known, '', out, version, mostBytes);
    try {
      this.writeForm(packet, known, '', out, version, mostBytes - mostBytesOf(packet.topicName));
    } catch (error) {
      if (!isTooLarge(error)) throw error;
      new PacketWriter().write(packet, version, mostBytes);
      this.writeForm(packet, known, '', out, version, mostBytes);
    }
  }

  private writeForm(
    packet: Publish,
    { properties }: Aliased,
    topicName: string,
    out: PacketWriter,
    version: ProtocolVersion,
    mostBytes: number,
  ): void {
    const { form } = this;
    form.dup = packet.dup;
    form.qos = packet.qos;
    form.retain = packet.retain;
    form.packetIdentifier = packet.packetIdentifier;
    form.payload = packet.payload;
    form.topicName = topicName;
    form.properties =
      packet.properties === noProperties ? properties : { ...packet.properties, ...properties };
    try {
      out.write(form, version, mostBytes);
    } finally {
      form.payload = noBytes; // It is not for this to keep it.
    }
  }

  private use(entry: Aliased): void {
    if (entry === this.newest) return;
    this.unlink(entry);
    this.link(entry);
  }

  /** Puts an entry before all others; the oldest follows the newest in the ring. */
  private link(entry: Aliased): void {
    const { newest } = this;
    if (newest) {
      entry.older = newest;
      entry.newer = newest.newer;
      newest.newer.older = entry;
      newest.newer = entry;
    } else entry.older = entry.newer = entry;
    this.newest = entry;
  }

  private unlink(entry: Aliased): void {
    entry.newer.older = entry.older;
    entry.older.newer = entry.newer;
    if (this.newest === entry) this.newest = entry.older === entry ? undefined : entry.older;
  }

  private forget(entry: Aliased): void {
    this.topics.delete(entry.topicName);
    this.byNumber.delete(entry.alias);
    this.unlink(entry);
  }
}

/**
 * Writes a packet that its owner's alias alone names. At QoS 1 and 2 the whole one has to fit too, with which it goes out
 * when it has to be sent again [MQTT-3.3.2-7] [MQTT-3.2.2-15]: later it could be neither completed nor given up.
 */
function writeByAlias(
  packet: Publish,
  topicName: string,
  out: PacketWriter,
  version: ProtocolVersion,
  mostBytes: number,
): void {
  if (packet.qos === 0) return out.write(packet, version, mostBytes);
  try {
    out.write(packet, version, mostBytes - mostBytesOf(topicName));
  } catch (error) {
    if (!isTooLarge(error)) throw error;
    const properties = { ...packet.properties };
    delete properties.topicAlias;
    new PacketWriter().write({ ...packet, topicName, properties }, version, mostBytes);
    out.write(packet, version, mostBytes);
  }
}

/** How much longer the name makes a packet at most, its Remaining Length included: what leaves room for it needs no second look. */
function mostBytesOf(topicName: string): number {
  return 3 * topicName.length + 4;
}
