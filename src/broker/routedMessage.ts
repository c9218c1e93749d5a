import type { ProtocolVersion, Publish, QoS } from '../protocol/controlPacket';
import type { PacketWriter } from '../protocol/codec';
import { encode } from '../protocol/codec';
import type { OutboundMessage, PublishForm } from '../session/inflightStore';

const dupBit = 0x08;

/** An encoded PUBLISH whose Packet Identifier is filled in for each receiver. */
interface Encoding {
  readonly bytes: Uint8Array;
  /** Offset of the Packet Identifier; 0 at QoS 0. */
  readonly identifierAt: number;
}

/**
 * An Application Message on its way from one publisher to its subscribers. It is encoded once for each combination of
 * protocol version, QoS and RETAIN that is asked for, however many subscribers there are.
 */
export class RoutedMessage {
  private readonly variants: (OutgoingPublish | undefined)[] = [];

  /**
   * @param packet with a payload of its own, without Topic Alias and Subscription Identifiers
   * @param receivedAt milliseconds since the epoch
   */
  constructor(
    readonly packet: Publish,
    readonly receivedAt: number,
  ) {}

  /** Its Message Expiry Interval has passed (3.3.2.3.3). */
  hasExpired(at: number): boolean {
    const interval = this.packet.properties.messageExpiryInterval;
    return interval !== undefined && at >= this.receivedAt + interval * 1000;
  }

  /** The message as a subscription gets it: its QoS at most, and the identifiers of the subscriptions that match. */
  as(maximumQoS: QoS, retain: boolean, identifiers: readonly number[]): OutgoingPublish {
    const qos = Math.min(maximumQoS, this.packet.qos) as QoS; // [MQTT-3.8.4-8]
    if (identifiers.length > 0) return new OutgoingPublish(this, qos, retain, identifiers); // [MQTT-3.3.4-4]
    const index = qos * 2 + Number(retain);
    return (this.variants[index] ??= new OutgoingPublish(this, qos, retain, identifiers));
  }
}

/** A routed message with the flags and identifiers some subscribers share. */
export class OutgoingPublish implements OutboundMessage {
  readonly ticket = 0;
  private encoding5: Encoding | undefined;
  private encoding311: Encoding | undefined;

  constructor(
    private readonly message: RoutedMessage,
    readonly qos: QoS,
    private readonly retain: boolean,
    private readonly identifiers: readonly number[],
  ) {}

  get size(): number {
    const { payload, topicName } = this.message.packet;
    return payload.length + topicName.length + 64;
  }

  hasExpired(at: number): boolean {
    return this.message.hasExpired(at);
  }

  write(out: PacketWriter, { version, packetIdentifier, dup, at, mostBytes }: PublishForm): void {
    const interval = this.message.packet.properties.messageExpiryInterval;
    const waited = Math.floor((at - this.message.receivedAt) / 1000);
    if (interval !== undefined && waited > 0 && version === 5) {
      // The time it waited is taken off [MQTT-3.3.2-6]; nothing is left of it once it was sent and has to be sent again.
      const packet = this.packet(packetIdentifier, Math.max(0, interval - waited));
      packet.dup = dup;
      out.write(packet, version, mostBytes);
      return;
    }
    const { bytes, identifierAt } = this.encoding(version);
    if (identifierAt > 0) {
      bytes[0] = ((bytes[0] ?? 0) & ~dupBit) | (dup ? dupBit : 0); // [MQTT-3.3.1-3]
      bytes[identifierAt] = packetIdentifier >> 8;
      bytes[identifierAt + 1] = packetIdentifier & 0xff;
    }
    out.append(bytes, mostBytes);
  }

  private encoding(version: ProtocolVersion): Encoding {
    if (version === 5) return (this.encoding5 ??= this.encode(5));
    return (this.encoding311 ??= this.encode(4));
  }

  private encode(version: ProtocolVersion): Encoding {
    const bytes = encode(this.packet(this.qos === 0 ? 0 : 1, undefined), version);
    return { bytes, identifierAt: this.qos === 0 ? 0 : offsetOfIdentifier(bytes) };
  }

  private packet(packetIdentifier: number, messageExpiryInterval: number | undefined): Publish {
    const { packet } = this.message;
    const properties = { ...packet.properties };
    if (messageExpiryInterval !== undefined) properties.messageExpiryInterval = messageExpiryInterval;
    if (this.identifiers.length > 0) properties.subscriptionIdentifiers = [...this.identifiers]; // [MQTT-3.3.4-3]
    return { ...packet, qos: this.qos, retain: this.retain, dup: false, packetIdentifier, properties };
  }
}

/** The Packet Identifier of a PUBLISH follows its Topic Name (3.3.2.2). */
function offsetOfIdentifier(bytes: Uint8Array): number {
  let at = 1;
  while ((bytes[at] ?? 0) >= 0x80) at++;
  const topicNameAt = at + 1;
  return topicNameAt + 2 + (((bytes[topicNameAt] ?? 0) << 8) | (bytes[topicNameAt + 1] ?? 0));
}
