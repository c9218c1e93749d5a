import type { Packet as PeerPacket } from 'mqtt-packet';
import type { AcknowledgementType, ControlPacket, ProtocolVersion } from '../../src/protocol/controlPacket';
import type { Properties } from '../../src/protocol/properties';
import { noProperties } from '../../src/protocol/properties';

/** A kind of traffic: the same packets as we and as mqtt-packet write them. */
export interface Mix {
  readonly name: string;
  readonly version: ProtocolVersion;
  readonly packets: readonly (readonly [ours: ControlPacket, theirs: PeerPacket])[];
}

const topicName = 'devices/bench-7/sensors/temperature/celsius1';
const correlationData = Buffer.from([1, 2, 3, 4, 5, 6, 7, 8]);

type Pair = readonly [ControlPacket, PeerPacket];

function publish(qos: 0 | 1, payloadBytes: number, withProperties = false): Pair {
  const payload = Buffer.alloc(payloadBytes, 'x');
  const properties: Properties = withProperties
    ? {
        messageExpiryInterval: 60,
        contentType: 'application/json',
        correlationData,
        userProperties: [['source', 'workbench']],
      }
    : noProperties;
  const packetIdentifier = qos === 0 ? 0 : 17;
  return [
    { type: 'PUBLISH', dup: false, qos, retain: false, topicName, packetIdentifier, properties, payload },
    {
      cmd: 'publish',
      topic: topicName,
      payload,
      qos,
      retain: false,
      dup: false,
      ...(qos > 0 && { messageId: packetIdentifier }),
      ...(withProperties && {
        properties: {
          messageExpiryInterval: 60,
          contentType: 'application/json',
          correlationData,
          userProperties: { source: 'workbench' },
        },
      }),
    },
  ];
}

function acknowledgement(type: AcknowledgementType, cmd: 'puback' | 'pubrec' | 'pubrel' | 'pubcomp'): Pair {
  return [
    { type, packetIdentifier: 17, reasonCode: 0, properties: noProperties },
    { cmd, messageId: 17 },
  ];
}

const subscribe: Pair = [
  {
    type: 'SUBSCRIBE',
    packetIdentifier: 9,
    properties: noProperties,
    subscriptions: [
      { topicFilter: 'devices/+/state', qos: 1, noLocal: false, retainAsPublished: false, retainHandling: 0 },
    ],
  },
  {
    cmd: 'subscribe',
    messageId: 9,
    subscriptions: [{ topic: 'devices/+/state', qos: 1, nl: false, rap: false, rh: 0 }],
  },
];
const suback: Pair = [
  { type: 'SUBACK', packetIdentifier: 9, properties: noProperties, reasonCodes: [1] },
  { cmd: 'suback', messageId: 9, granted: [1] },
];
const acknowledgements: readonly Pair[] = [
  acknowledgement('PUBACK', 'puback'),
  acknowledgement('PUBREC', 'pubrec'),
  acknowledgement('PUBREL', 'pubrel'),
  acknowledgement('PUBCOMP', 'pubcomp'),
];

export const mixes: readonly Mix[] = [
  { name: 'a: PUBLISH QoS 0, 64 B', version: 4, packets: [publish(0, 64)] },
  { name: 'b: PUBLISH QoS 1, 256 B', version: 4, packets: [publish(1, 256)] },
  { name: 'c: PUBLISH 5.0, four properties', version: 5, packets: [publish(0, 64, true)] },
  {
    name: 'd: SUBSCRIBE and acknowledgements',
    version: 4,
    packets: [subscribe, suback, ...acknowledgements],
  },
  {
    name: 'e: all mixed, 5.0',
    version: 5,
    packets: [publish(0, 64), publish(1, 256), publish(0, 64, true), subscribe, suback, ...acknowledgements],
  },
];
