import { encodeUtf8 } from '../../../src/base/utf8';
import type { PacketLog } from '../../../src/capture/packetLog';
import { inPacket } from '../../../src/capture/publishTopics';
import { encode } from '../../../src/protocol/codec';
import type { ControlPacket, ProtocolVersion } from '../../../src/protocol/controlPacket';

/** Numbers from a seed, so that a log that showed a fault can be made again. */
export function numbersFrom(seed: number): (below: number) => number {
  let state = seed | 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

const topics = [
  'devices/7/state',
  'devices/8/state',
  'devices/7/raw',
  'status',
  '/x',
  'größe/ä',
  '$SYS/load',
];
const payloads = [
  '{"on":true,"mV":3312,"list":[1,"a",{"x":9007199254740993}]}',
  '{"on":false,"name":"Bench"}',
  '21.5',
  '"quoted"',
  'Hello World',
  'hello',
  '',
  'null',
].map(encodeUtf8);
payloads.push(Uint8Array.of(0xde, 0xad, 0xbe, 0xef, 0xff), Uint8Array.of(0x0a, 0xad, 0xbe, 0x0d));

/** Appends rows of all kinds: both directions, all versions, malformed, cut off and no packets at all. */
export function fill(log: PacketLog, count: number, seed: number, connections: readonly number[]): void {
  const below = numbersFrom(seed);
  const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T;
  for (let index = 0; index < count; index++) {
    const version = pick([3, 4, 5, 5] as const);
    const kind = pick(['packet', 'packet', 'packet', 'packet', 'packet', 'unframed', 'incomplete'] as const);
    let bytes = encode(packet(version, below, pick), version).slice();
    if (kind === 'incomplete') bytes = bytes.subarray(0, 1 + below(bytes.length));
    else if (below(8) === 0) bytes[below(bytes.length)] = below(256);
    const isPublish = (bytes[0] ?? 0) >> 4 === 3;
    log.append(
      {
        at: Date.UTC(2026, 10, 22, 14) + below(100_000_000) / 7,
        direction: pick(['in', 'out'] as const),
        connection: pick(connections),
        kind,
        version,
        topic: !isPublish || kind === 'unframed' ? undefined : below(4) === 0 ? pick(topics) : inPacket,
        ...(below(10) === 0 && { decoded: true }),
      },
      bytes,
    );
  }
}

function packet(
  version: ProtocolVersion,
  below: (limit: number) => number,
  pick: <T>(list: readonly T[]) => T,
): ControlPacket {
  const properties =
    version === 5 && below(2) === 0
      ? { contentType: 'application/json', userProperties: [['source', pick(['a', 'b'])] as const] }
      : {};
  const packetIdentifier = 1 + below(20);
  const type = pick([
    'PUBLISH',
    'PUBLISH',
    'PUBLISH',
    'PUBACK',
    'SUBACK',
    'CONNACK',
    'DISCONNECT',
    'PINGREQ',
    'SUBSCRIBE',
  ] as const);
  switch (type) {
    case 'PUBLISH': {
      const qos = pick([0, 1, 2] as const);
      return {
        ...{ type, dup: qos > 0 && below(3) === 0, qos, retain: below(2) === 0, topicName: pick(topics) },
        ...{ packetIdentifier: qos > 0 ? packetIdentifier : 0, properties, payload: pick(payloads) },
      };
    }
    case 'PUBACK':
      return {
        type,
        packetIdentifier,
        reasonCode: version === 5 ? pick([0, 0x10, 0x87]) : 0,
        properties: {},
      };
    case 'SUBACK':
      return {
        type,
        packetIdentifier,
        properties: {},
        reasonCodes: [pick([0, 1, 2]), version === 3 ? 0 : 0x80],
      };
    case 'CONNACK':
      return {
        type,
        sessionPresent: false,
        reasonCode: version === 5 ? pick([0, 0x86]) : pick([0, 5]),
        properties: {},
      };
    case 'DISCONNECT':
      return { type, reasonCode: version === 5 ? pick([0, 0x8e]) : 0, properties: {} };
    case 'SUBSCRIBE': {
      const subscription = {
        topicFilter: 'a/#',
        qos: 1,
        noLocal: false,
        retainAsPublished: false,
        retainHandling: 0,
      } as const;
      return { type, packetIdentifier, properties: {}, subscriptions: [{ ...subscription }] };
    }
    case 'PINGREQ':
      return { type };
  }
}
