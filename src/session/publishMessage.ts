import { encode, PacketReader } from '../protocol/codec';
import type { PacketWriter } from '../protocol/codec';
import type { Publish, QoS } from '../protocol/controlPacket';
import type { Properties } from '../protocol/properties';
import { lengthOf, propertiesSize } from '../protocol/propertySize';
import { ProtocolViolation, type Violation } from '../protocol/violations';
import type { OutboundMessage, PublishForm } from './inflightStore';
import type { KeptMessage } from './sessionJournal';
import type { TopicAliases } from './topicAliases';

/** A message a client publishes: the packet itself, numbered when it is sent. */
export class PublishMessage implements OutboundMessage {
  /** The whole name, also where the packet has an alias alone. */
  private topicName: string;
  /** Its alias means nothing: the connection it was for, if any, is not the one it is going to be sent on. */
  private hasWholeName = false;
  /** A connection has taken care of it. */
  isTaken = false;
  /** Found out once: what goes into the sum of a queue has to be what comes out of it. */
  readonly size: number;

  /**
   * @param acceptedAt when it was handed over to be published, in milliseconds since the epoch: its Message Expiry Interval
   * runs from there
   */
  constructor(
    readonly packet: Publish,
    readonly ticket: number,
    private readonly acceptedAt: number,
  ) {
    this.topicName = packet.topicName;
    this.size = packet.payload.length + lengthOf(packet.topicName) + 64 + propertiesSize(packet.properties);
  }

  /** The packet a journal kept. Throws a ProtocolViolation where its bytes are broken; undefined where they are no PUBLISH. */
  static packetIn({ packet: bytes }: KeptMessage): Publish | undefined {
    const packet = new PacketReader().read(bytes, 0, bytes.length, 5);
    return packet.type === 'PUBLISH' ? packet : undefined;
  }

  /** The Topic Name, also where the packet has an alias alone; empty where that is not resolved yet. */
  get wholeName(): string {
    return this.topicName;
  }

  get qos(): QoS {
    return this.packet.qos;
  }

  /** In milliseconds since the epoch; `Infinity` where it never does. */
  get expiresAt(): number {
    const { messageExpiryInterval } = this.packet.properties;
    return messageExpiryInterval === undefined ? Infinity : this.acceptedAt + messageExpiryInterval * 1000;
  }

  hasExpired(at: number): boolean {
    return at >= this.expiresAt;
  }

  kept(): KeptMessage {
    const { packet, acceptedAt } = this;
    const properties = { ...packet.properties };
    delete properties.topicAlias;
    const whole = { ...packet, topicName: this.topicName, dup: false, packetIdentifier: 1, properties };
    return { packet: encode(whole, 5), acceptedAt };
  }

  /**
   * Finds out the name its alias stands for, and notes what it sets for those published after it. Returns the rule it breaks
   * where that is none, or the alias is not allowed.
   * @param aliases those of the connection it is published for, in the order of publishing
   */
  resolve(aliases: TopicAliases): Violation | undefined {
    const { topicAlias } = this.packet.properties;
    if (topicAlias === undefined || this.hasWholeName) return undefined;
    try {
      this.topicName = aliases.resolve(this.packet);
      return undefined;
    } catch (error) {
      if (!(error instanceof ProtocolViolation)) throw error;
      return error.violation;
    }
  }

  /**
   * It goes out on another connection than it was published for, if that was for any: without its alias, of which the next
   * server may know nothing [MQTT-3.3.2-7]. Returns whether it has a name without it.
   */
  leave(): boolean {
    this.hasWholeName = true;
    return this.topicName !== '';
  }

  write(out: PacketWriter, form: PublishForm): void {
    const { version, dup, mostBytes, aliases } = form;
    const packet = this.packetFor(form);
    if (dup || !aliases) out.write(packet, version, mostBytes);
    else aliases.write(packet, out, version, mostBytes);
  }

  private packetFor({ packetIdentifier, dup, at, aliases }: PublishForm): Publish {
    const { packet } = this;
    packet.packetIdentifier = packetIdentifier;
    packet.dup = dup;
    const { topicAlias, messageExpiryInterval } = packet.properties;
    // It is sent again on another connection, where the alias means nothing [MQTT-3.3.2-7].
    const isWhole = topicAlias !== undefined && (dup || this.hasWholeName || !aliases);
    // Messages of other QoS overtake each other: it may stand for something else yet, or already.
    const isNamed = isWhole || (topicAlias !== undefined && aliases?.known(topicAlias) !== this.topicName);
    if (!isNamed && messageExpiryInterval === undefined) return packet;
    const properties = this.propertiesAt(at);
    if (isWhole) delete properties.topicAlias;
    return { ...packet, topicName: isNamed ? this.topicName : packet.topicName, properties };
  }

  /**
   * With what is left of the Message Expiry Interval, whole seconds that passed taken off as a server does
   * [MQTT-3.3.2-6]. A message that has to be sent again is never without a second: some servers take 0 for no end.
   */
  private propertiesAt(at: number): Properties {
    const properties = { ...this.packet.properties };
    if (properties.messageExpiryInterval !== undefined) {
      // One of an earlier life may be of a time that is yet to come: somebody has set the clock back since.
      const waited = Math.max(0, Math.floor((at - this.acceptedAt) / 1000));
      properties.messageExpiryInterval = Math.max(1, properties.messageExpiryInterval - waited);
    }
    return properties;
  }
}
