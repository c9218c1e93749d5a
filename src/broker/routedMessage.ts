import { PacketWriter } from '../protocol/codec';
import type { ProtocolVersion, Publish, QoS } from '../protocol/controlPacket';
import { noBytes } from '../base/bytes';
import { noProperties } from '../protocol/properties';
import { propertiesSize } from '../protocol/propertySize';
import type { OutboundMessage, PublishForm } from '../session/inflightStore';
import type { KeptMessage } from '../session/sessionJournal';
import type { ShareGroup } from './shareGroup';

const dupBit = 0x08;

/** An encoded PUBLISH whose Packet Identifier is filled in for each receiver. */
interface Encoding {
  readonly bytes: Uint8Array;
  /** Offset of the Packet Identifier; 0 at QoS 0. */
  readonly identifierAt: number;
}

/** Encodes what is shared; it is empty between two calls. */
const encoder = new PacketWriter();

/** What is written in place of the packet, which stays as it is; the same object for all of them. */
const form: Publish = {
  ...{ type: 'PUBLISH', dup: false, qos: 0, retain: false, topicName: '', packetIdentifier: 0 },
  ...{ properties: noProperties, payload: noBytes },
};

/**
 * An Application Message on its way from one publisher to its subscribers. From the second subscriber on it is encoded once
 * for each combination of protocol version, QoS and RETAIN that is asked for, however many there are.
 */
export class RoutedMessage {
  /** Whether there is more than one subscriber. */
  hasSeveral = false;
  /** What the first subscriber gets: mostly the same as all others. */
  private first: OutgoingPublish | undefined;
  private firstIndex = 0;
  private others: (OutgoingPublish | undefined)[] | undefined;
  private ownsBytes: boolean;

  /**
   * @param packet without Topic Alias and Subscription Identifiers
   * @param receivedAt milliseconds since the epoch
   * @param ownsBytes false where its bytes are views: {@link keep} is called before it outlives the turn
   */
  constructor(
    readonly packet: Publish,
    readonly receivedAt: number,
    ownsBytes = true,
  ) {
    this.ownsBytes = ownsBytes;
  }

  /** About how many bytes it takes. */
  get size(): number {
    const { payload, topicName, properties } = this.packet;
    return payload.length + topicName.length + 64 + propertiesSize(properties);
  }

  /** Copies what belongs to the chunk it came in: a view would keep all of that in memory. */
  keep(): void {
    if (this.ownsBytes) return;
    this.ownsBytes = true;
    const { packet } = this;
    packet.payload = new Uint8Array(packet.payload);
    const { correlationData } = packet.properties;
    if (correlationData) {
      packet.properties = { ...packet.properties, correlationData: new Uint8Array(correlationData) };
    }
  }

  /** When its Message Expiry Interval has passed (3.3.2.3.3), in milliseconds since the epoch; `Infinity` without one. */
  get expiresAt(): number {
    const interval = this.packet.properties.messageExpiryInterval;
    return interval === undefined ? Infinity : this.receivedAt + interval * 1000;
  }

  hasExpired(at: number): boolean {
    return at >= this.expiresAt;
  }

  /** The message as a subscription gets it: its QoS at most, and the identifiers of the subscriptions that match. */
  as(maximumQoS: QoS, retain: boolean, identifiers: readonly number[]): OutgoingPublish {
    if (identifiers.length > 0) return this.alone(maximumQoS, retain, identifiers); // [MQTT-3.3.4-4]
    const index = Math.min(maximumQoS, this.packet.qos) * 2 + Number(retain);
    const { first } = this;
    if (first && this.firstIndex === index) return first;
    if (first) return ((this.others ??= [])[index] ??= this.alone(maximumQoS, retain, identifiers));
    this.firstIndex = index;
    return (this.first = this.alone(maximumQoS, retain, identifiers));
  }

  /**
   * The same for one receiver, so that nothing of it is kept for others.
   * @param group the shared subscription it is sent for
   */
  alone(
    maximumQoS: QoS,
    retain: boolean,
    identifiers: readonly number[],
    group?: ShareGroup,
  ): OutgoingPublish {
    const qos = Math.min(maximumQoS, this.packet.qos) as QoS; // [MQTT-3.8.4-8] [MQTT-4.8.2-3]
    return new OutgoingPublish(this, qos, retain, identifiers, group);
  }
}

/** A routed message with the flags and identifiers some subscribers share. */
export class OutgoingPublish implements OutboundMessage {
  readonly ticket = 0;
  readonly size: number;
  private encoding5: Encoding | undefined;
  private encoding311: Encoding | undefined;
  private wasWritten = false;
  private keptForm: KeptMessage | undefined;

  /** @param group the shared subscription it is sent for, whose other members may get it in place of this one's */
  constructor(
    readonly message: RoutedMessage,
    readonly qos: QoS,
    private readonly retain: boolean,
    private readonly identifiers: readonly number[],
    readonly group?: ShareGroup,
  ) {
    this.size = message.size;
  }

  get isSameForAll(): boolean {
    const { hasSeveral, packet } = this.message;
    return hasSeveral && this.qos === 0 && packet.properties.messageExpiryInterval === undefined;
  }

  get payloadBytes(): number {
    return this.message.packet.payload.length;
  }

  hasExpired(at: number): boolean {
    return this.message.hasExpired(at);
  }

  keep(): void {
    this.message.keep();
  }

  /** Whether the PUBLISH has at most so many bytes, without a Topic Alias. */
  isWithin(mostBytes: number, version: ProtocolVersion): boolean {
    if (this.message.packet.payload.length >= mostBytes) return false;
    // A character has three bytes at most.
    return this.size * 3 <= mostBytes || this.encoding(version).bytes.length <= mostBytes;
  }

  /** The same object each time, so that a store sees that its bytes are the same for all who get it. */
  kept(): KeptMessage {
    if (this.keptForm) return this.keptForm;
    encoder.write(this.fill(1, false, undefined), 5);
    form.payload = noBytes;
    const shared = this.group && { shared: this.group.topicFilter };
    return (this.keptForm = { packet: encoder.take(), acceptedAt: this.message.receivedAt, ...shared });
  }

  write(out: PacketWriter, { version, packetIdentifier, dup, at, mostBytes, aliases }: PublishForm): void {
    const interval = this.message.packet.properties.messageExpiryInterval;
    const waited = interval === undefined ? 0 : Math.floor((at - this.message.receivedAt) / 1000);
    const isOlder = waited > 0 && version === 5;
    if (isOlder || !this.wasWritten || aliases) {
      this.wasWritten = true;
      // The time it waited is taken off [MQTT-3.3.2-6]; nothing is left of it once it was sent and has to be sent again.
      const left = isOlder && interval !== undefined ? Math.max(0, interval - waited) : interval;
      const packet = this.fill(packetIdentifier, dup, left);
      try {
        if (aliases && !dup) aliases.write(packet, out, version, mostBytes);
        else out.write(packet, version, mostBytes);
      } finally {
        form.payload = noBytes; // It is not for this to keep it.
      }
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
    encoder.write(this.fill(1, false, this.message.packet.properties.messageExpiryInterval), version);
    form.payload = noBytes;
    const bytes = encoder.take();
    return { bytes, identifierAt: this.qos === 0 ? 0 : offsetOfIdentifier(bytes) };
  }

  /**
   * The Properties go on as they came: Payload Format Indicator, Response Topic, Correlation Data, User Properties in their
   * order, and Content Type [MQTT-3.3.2-4] [MQTT-3.3.2-15] [MQTT-3.3.2-16] [MQTT-3.3.2-17] [MQTT-3.3.2-18] [MQTT-3.3.2-20],
   * of a will, too [MQTT-3.1.3-10].
   * @param expiry the Message Expiry Interval to send, where the message has one
   */
  private fill(packetIdentifier: number, dup: boolean, expiry: number | undefined): Publish {
    const { packet } = this.message;
    form.topicName = packet.topicName;
    form.payload = packet.payload;
    form.qos = this.qos;
    form.retain = this.retain;
    form.dup = dup;
    form.packetIdentifier = this.qos === 0 ? 0 : packetIdentifier;
    form.properties = packet.properties;
    if (expiry !== undefined && expiry !== packet.properties.messageExpiryInterval) {
      form.properties = { ...form.properties, messageExpiryInterval: expiry };
    }
    if (this.identifiers.length > 0) {
      form.properties = { ...form.properties, subscriptionIdentifiers: [...this.identifiers] }; // [MQTT-3.3.4-3]
    }
    return form;
  }
}

/** The Packet Identifier of a PUBLISH follows its Topic Name (3.3.2.2). */
function offsetOfIdentifier(bytes: Uint8Array): number {
  let at = 1;
  while ((bytes[at] ?? 0) >= 0x80) at++;
  const topicNameAt = at + 1;
  return topicNameAt + 2 + (((bytes[topicNameAt] ?? 0) << 8) | (bytes[topicNameAt + 1] ?? 0));
}
