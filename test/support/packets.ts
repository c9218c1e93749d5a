import { hexByte } from '../../src/base/bytes';
import { decodeUtf8, encodeUtf8 } from '../../src/base/utf8';
import { PacketWriter, decode } from '../../src/protocol/codec';
import type {
  Acknowledgement,
  AcknowledgementType,
  Connack,
  Connect,
  ControlPacket,
  Disconnect,
  ProtocolVersion,
  Publish,
  QoS,
  Suback,
  Subscribe,
  Subscription,
  Unsuback,
  Unsubscribe,
} from '../../src/protocol/controlPacket';
import { PacketFramer } from '../../src/protocol/packetFramer';
import type { Properties } from '../../src/protocol/properties';

/** Packets with everything filled in that a test does not care about. */
export const a = {
  connect: (more: Partial<Connect> = {}): Connect => ({
    type: 'CONNECT',
    protocolName: more.protocolVersion === 3 ? 'MQIsdp' : 'MQTT',
    protocolVersion: 5,
    cleanStart: true,
    keepAlive: 0,
    properties: {},
    clientIdentifier: 'c',
    will: undefined,
    userName: undefined,
    password: undefined,
    ...more,
  }),
  connack: (more: Partial<Connack> = {}): Connack => ({
    type: 'CONNACK',
    sessionPresent: false,
    reasonCode: 0,
    properties: {},
    ...more,
  }),
  publish: (topicName: string, qos: QoS = 0, packetIdentifier = 0, more: Partial<Publish> = {}): Publish => ({
    type: 'PUBLISH',
    dup: false,
    qos,
    retain: false,
    topicName,
    packetIdentifier,
    properties: {},
    payload: encodeUtf8('x'),
    ...more,
  }),
  acknowledgement: <T extends AcknowledgementType>(
    type: T,
    packetIdentifier: number,
    reasonCode = 0,
  ): Acknowledgement<T> => ({ type, packetIdentifier, reasonCode, properties: {} }),
  subscription: (topicFilter: string, qos: QoS = 0, more: Partial<Subscription> = {}): Subscription => ({
    topicFilter,
    qos,
    noLocal: false,
    retainAsPublished: false,
    retainHandling: 0,
    ...more,
  }),
  subscribe: (
    packetIdentifier: number,
    subscriptions: Subscription[],
    properties: Properties = {},
  ): Subscribe => ({ type: 'SUBSCRIBE', packetIdentifier, properties, subscriptions }),
  suback: (packetIdentifier: number, reasonCodes: number[]): Suback => ({
    type: 'SUBACK',
    packetIdentifier,
    properties: {},
    reasonCodes,
  }),
  unsubscribe: (packetIdentifier: number, topicFilters: string[]): Unsubscribe => ({
    type: 'UNSUBSCRIBE',
    packetIdentifier,
    properties: {},
    topicFilters,
  }),
  unsuback: (packetIdentifier: number, reasonCodes: number[]): Unsuback => ({
    type: 'UNSUBACK',
    packetIdentifier,
    properties: {},
    reasonCodes,
  }),
  disconnect: (reasonCode = 0, properties: Properties = {}): Disconnect => ({
    type: 'DISCONNECT',
    reasonCode,
    properties,
  }),
};

/** The packets of a stream of bytes. */
export function packetsIn(bytes: Uint8Array, version: ProtocolVersion): ControlPacket[] {
  const packets: ControlPacket[] = [];
  const framer = new PacketFramer();
  framer.push(bytes, (buffer, start, end) => packets.push(decode(buffer, version, start, end)));
  if (framer.pending.length > 0) throw new Error(`${framer.pending.length} bytes are no whole packet`);
  return packets;
}

export function encodeAll(packets: readonly ControlPacket[], version: ProtocolVersion): Uint8Array {
  const writer = new PacketWriter();
  for (const packet of packets) writer.write(packet, version);
  return writer.take();
}

/** A packet in one line: `PUBLISH q1 #7 dup retain a/b "x"`. */
export function line(packet: ControlPacket): string {
  switch (packet.type) {
    case 'CONNECT':
      return `CONNECT "${packet.clientIdentifier}"${flag(packet.cleanStart, 'clean')}`;
    case 'CONNACK':
      return `CONNACK ${code(packet.reasonCode)}${flag(packet.sessionPresent, 'present')}`;
    case 'PUBLISH': {
      const { qos, packetIdentifier, dup, retain, topicName, payload, properties } = packet;
      const identifiers = properties.subscriptionIdentifiers?.map((each) => ` s${each}`).join('') ?? '';
      const alias = properties.topicAlias === undefined ? '' : ` alias ${properties.topicAlias}`;
      const expiry =
        properties.messageExpiryInterval === undefined ? '' : ` expires ${properties.messageExpiryInterval}`;
      const identifier = qos === 0 ? '' : ` #${packetIdentifier}`;
      const text = decodeUtf8(payload) ?? `${payload.length} bytes`;
      return `PUBLISH q${qos}${identifier}${flag(dup, 'dup')}${flag(retain, 'retain')}${alias}${expiry}${identifiers} ${topicName} "${text}"`;
    }
    case 'PUBACK':
    case 'PUBREC':
    case 'PUBREL':
    case 'PUBCOMP':
      return `${packet.type} #${packet.packetIdentifier}${packet.reasonCode === 0 ? '' : ` ${code(packet.reasonCode)}`}`;
    case 'SUBSCRIBE':
      return `SUBSCRIBE #${packet.packetIdentifier} ${packet.subscriptions.map(({ topicFilter, qos }) => `${topicFilter} q${qos}`).join(', ')}`;
    case 'UNSUBSCRIBE':
      return `UNSUBSCRIBE #${packet.packetIdentifier} ${packet.topicFilters.join(', ')}`;
    case 'SUBACK':
    case 'UNSUBACK':
      return `${packet.type} #${packet.packetIdentifier} ${packet.reasonCodes.map(code).join(' ')}`.trimEnd();
    case 'DISCONNECT':
    case 'AUTH':
      return `${packet.type} ${code(packet.reasonCode)}`;
    case 'PINGREQ':
    case 'PINGRESP':
      return packet.type;
  }
}

function flag(set: boolean, name: string): string {
  return set ? ` ${name}` : '';
}

function code(reasonCode: number): string {
  return `0x${hexByte(reasonCode)}`;
}
