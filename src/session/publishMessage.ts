import type { Publish, QoS } from '../protocol/controlPacket';
import type { PacketWriter } from '../protocol/codec';
import type { OutboundMessage, PublishForm } from './inflightStore';
import type { TopicAliases } from './topicAliases';

/** A message a client publishes: the packet itself, numbered when it is sent. */
export class PublishMessage implements OutboundMessage {
  /** The whole name, once an alias was sent for it. */
  private topicName: string;

  /** @param aliases those of the connection that sends the message first */
  constructor(
    private readonly packet: Publish,
    readonly ticket: number,
    private readonly aliases: TopicAliases,
  ) {
    this.topicName = packet.topicName;
  }

  get qos(): QoS {
    return this.packet.qos;
  }

  get size(): number {
    return this.packet.payload.length + this.packet.topicName.length + 64;
  }

  /** The client publishes while it is connected or not at all, so that nothing gets old. */
  hasExpired(): boolean {
    return false;
  }

  write(out: PacketWriter, { version, packetIdentifier, dup, mostBytes }: PublishForm): void {
    const { packet } = this;
    packet.packetIdentifier = packetIdentifier;
    packet.dup = dup;
    if (packet.properties.topicAlias === undefined) {
      out.write(packet, version, mostBytes);
    } else if (!dup) {
      const topicName = this.aliases.nameOf(packet);
      out.write(packet, version, mostBytes);
      // Only now: what was not sent has told the server nothing.
      this.aliases.note(packet);
      this.topicName = topicName;
    } else {
      // It is sent again on another connection, where the alias means nothing [MQTT-3.3.2-7].
      const properties = { ...packet.properties };
      delete properties.topicAlias;
      out.write({ ...packet, topicName: this.topicName, properties }, version, mostBytes);
    }
  }
}
