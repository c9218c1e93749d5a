import type { Publish, QoS } from '../protocol/controlPacket';
import type { PacketWriter } from '../protocol/codec';
import type { OutboundMessage, PublishForm } from './inflightStore';

/** A message a client publishes: the packet itself, numbered when it is sent. */
export class PublishMessage implements OutboundMessage {
  /** The whole name, once an alias was sent for it. */
  private topicName: string;

  constructor(
    private readonly packet: Publish,
    readonly ticket: number,
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

  write(out: PacketWriter, { version, packetIdentifier, dup, mostBytes, aliases }: PublishForm): void {
    const { packet } = this;
    packet.packetIdentifier = packetIdentifier;
    packet.dup = dup;
    if (!dup && aliases) {
      this.topicName = aliases.write(packet, out, version, mostBytes);
    } else if (packet.properties.topicAlias === undefined) {
      out.write(packet, version, mostBytes);
    } else {
      // It is sent again on another connection, where the alias means nothing [MQTT-3.3.2-7].
      const properties = { ...packet.properties };
      delete properties.topicAlias;
      out.write({ ...packet, topicName: this.topicName, properties }, version, mostBytes);
    }
  }
}
