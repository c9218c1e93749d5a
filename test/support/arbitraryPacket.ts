import fc from 'fast-check';
import type { Arbitrary } from 'fast-check';
import type {
  AcknowledgementType,
  Connect,
  ControlPacket,
  PacketType,
  ProtocolVersion,
  QoS,
  RetainHandling,
  Subscription,
  WillMessage,
} from '../../src/protocol/controlPacket';
import type { Properties, PropertyDefinition, PropertyScope } from '../../src/protocol/properties';
import { noProperties, propertyTable } from '../../src/protocol/properties';
import { reasonCodeName } from '../../src/protocol/reasonCodes';

/** A packet and the version it is valid in. */
export interface VersionedPacket {
  readonly version: ProtocolVersion;
  readonly packet: ControlPacket;
}

/** A record with the prototype that objects of a literal have. */
function plainRecord<T extends object>(model: { [K in keyof T]: Arbitrary<T[K]> }): Arbitrary<T> {
  return fc.record<T>(model, { noNullPrototype: true });
}

const byte = fc.integer({ min: 0, max: 0xff });
const bytes = fc.uint8Array({ maxLength: 40 });
const packetIdentifier = fc.integer({ min: 1, max: 0xffff });
const qos = fc.constantFrom<QoS>(0, 1, 2);

/** Any text MQTT can carry: all of Unicode but U+0000. */
const text = fc.string({ unit: 'binary', maxLength: 12 }).map((value) => value.replaceAll('\0', ' '));
const level = fc
  .oneof(fc.constantFrom('', 'a', '$SYS', 'é'), text)
  .map((value) => value.replace(/[+#/]/g, '-'));
const topicName = fc.array(level, { minLength: 1, maxLength: 4 }).map((levels) => levels.join('/') || '/');

function topicFilter(version: ProtocolVersion): Arbitrary<string> {
  const levels = fc.array(fc.oneof(level, fc.constant('+')), { maxLength: 3 });
  const ordinary = fc
    .tuple(levels, fc.boolean())
    .map(([parts, multi]) => [...parts, ...(multi ? ['#'] : [])].join('/') || '+')
    .map((filter) => filter.replace(/^\$share\//, 'share/'));
  if (version !== 5) return ordinary;
  const name = level.map((value) => value || 'g');
  return fc.oneof(
    { weight: 3, arbitrary: ordinary },
    { weight: 1, arbitrary: fc.tuple(name, ordinary).map((parts) => `$share/${parts.join('/')}`) },
  );
}

function propertyValue({ type, rule }: PropertyDefinition): Arbitrary<unknown> {
  const least = rule === 'nonZero' ? 1 : 0;
  switch (type) {
    case 'byte':
      return fc.integer({ min: 0, max: 1 });
    case 'uint16':
      return fc.integer({ min: least, max: 0xffff });
    case 'uint32':
      return fc.integer({ min: least, max: 0xffffffff });
    case 'variableByteInteger':
      return fc.oneof(
        fc.constantFrom(127, 128, 16_383, 16_384),
        fc.integer({ min: least, max: 268_435_455 }),
      );
    case 'utf8':
      return rule === 'topicName' ? topicName : text;
    case 'binary':
      return bytes;
    case 'utf8Pair':
      return fc.tuple(text, text);
  }
}

/** Properties that may stand in this place; none before 5.0. */
function properties(scope: PropertyScope, version: ProtocolVersion): Arbitrary<Properties> {
  if (version !== 5) return fc.constant(noProperties);
  const allowed = propertyTable.filter(({ sections }) => sections[scope]);
  const values = allowed.map((definition) => {
    const value = propertyValue(definition);
    const most = definition.repeatable?.includes(scope) ? 3 : 1;
    return [
      definition.key,
      definition.repeatable ? fc.array(value, { minLength: 1, maxLength: most }) : value,
    ];
  });
  const record = Object.fromEntries(values) as Record<string, Arbitrary<unknown>>;
  const some = fc.record(record, { requiredKeys: [], noNullPrototype: true }).map((bag) => {
    const needsMethod = scope === 'AUTH' || (bag['authenticationData'] !== undefined && scope !== 'WILL');
    return needsMethod ? { authenticationMethod: 'm', ...bag } : bag;
  });
  return fc.oneof({ weight: 1, arbitrary: fc.constant(noProperties) }, { weight: 3, arbitrary: some });
}

function reasonCode(packet: PacketType, version: ProtocolVersion): Arbitrary<number> {
  const codes = Array.from({ length: 256 }, (_, code) => code);
  return fc.constantFrom(...codes.filter((code) => reasonCodeName(code, packet, version) !== undefined));
}

function will(version: ProtocolVersion): Arbitrary<WillMessage> {
  return plainRecord({
    topicName,
    payload: bytes,
    qos,
    retain: fc.boolean(),
    properties: properties('WILL', version),
  });
}

function connect(version: ProtocolVersion): Arbitrary<Connect> {
  const maybe = <T>(value: Arbitrary<T>) => fc.option(value, { nil: undefined });
  return plainRecord({
    type: fc.constant('CONNECT' as const),
    protocolName: fc.constant(version === 3 ? 'MQIsdp' : 'MQTT'),
    protocolVersion: fc.constant(version),
    cleanStart: fc.boolean(),
    keepAlive: fc.integer({ min: 0, max: 0xffff }),
    properties: properties('CONNECT', version),
    clientIdentifier: text,
    will: maybe(will(version)),
    userName: maybe(text),
    password: maybe(bytes),
  }).map((packet) =>
    version !== 5 && packet.userName === undefined ? { ...packet, password: undefined } : packet,
  );
}

function publish(version: ProtocolVersion): Arbitrary<ControlPacket> {
  return plainRecord({
    type: fc.constant('PUBLISH' as const),
    dup: fc.boolean(),
    qos,
    retain: fc.boolean(),
    topicName: fc.oneof({ weight: 4, arbitrary: topicName }, { weight: 1, arbitrary: fc.constant('') }),
    packetIdentifier,
    properties: properties('PUBLISH', version),
    payload: fc.uint8Array({ maxLength: 200 }),
  }).map((packet) => {
    const named = packet.topicName !== '' || packet.properties.topicAlias !== undefined;
    const atMostOnce = packet.qos === 0 ? { dup: false, packetIdentifier: 0 } : {};
    return {
      ...packet,
      ...atMostOnce,
      ...(named && (version === 5 || packet.topicName) ? {} : { topicName: 'a' }),
    };
  });
}

function acknowledgement(type: AcknowledgementType, version: ProtocolVersion): Arbitrary<ControlPacket> {
  const code = version === 5 ? reasonCode(type, 5) : fc.constant(0);
  return plainRecord({ packetIdentifier, reasonCode: code, properties: properties(type, version) }).map(
    (fields) => ({ type, ...fields }),
  );
}

function subscription(version: ProtocolVersion): Arbitrary<Subscription> {
  const flag = version === 5 ? fc.boolean() : fc.constant(false);
  return plainRecord({
    topicFilter: topicFilter(version),
    qos,
    noLocal: flag,
    retainAsPublished: flag,
    retainHandling: version === 5 ? fc.constantFrom<RetainHandling>(0, 1, 2) : fc.constant<RetainHandling>(0),
  }).map((value) => (value.topicFilter.startsWith('$share/') ? { ...value, noLocal: false } : value));
}

function packetOf(type: PacketType, version: ProtocolVersion): Arbitrary<ControlPacket> {
  const header = { type: fc.constant(type), packetIdentifier };
  const list = <T>(element: Arbitrary<T>) => fc.array(element, { minLength: 1, maxLength: 4 });
  const code = version === 5 ? reasonCode(type === 'DISCONNECT' ? type : 'AUTH', 5) : fc.constant(0);
  switch (type) {
    case 'CONNECT':
      return connect(version);
    case 'CONNACK':
      return plainRecord({
        sessionPresent: fc.boolean(),
        reasonCode: reasonCode(type, version),
        properties: properties(type, version),
      }).map((packet) => ({
        type,
        ...packet,
        sessionPresent: packet.sessionPresent && packet.reasonCode === 0,
      }));
    case 'PUBLISH':
      return publish(version);
    case 'PUBACK':
    case 'PUBREC':
    case 'PUBREL':
    case 'PUBCOMP':
      return acknowledgement(type, version);
    case 'SUBSCRIBE':
      return plainRecord({
        ...header,
        properties: properties(type, version),
        subscriptions: list(subscription(version)),
      }) as Arbitrary<ControlPacket>;
    case 'UNSUBSCRIBE':
      return plainRecord({
        ...header,
        properties: properties(type, version),
        topicFilters: list(topicFilter(version)),
      }) as Arbitrary<ControlPacket>;
    case 'SUBACK':
      return plainRecord({
        ...header,
        properties: properties(type, version),
        reasonCodes: list(reasonCode(type, version)),
      }) as Arbitrary<ControlPacket>;
    case 'UNSUBACK':
      return plainRecord({
        ...header,
        properties: properties(type, version),
        reasonCodes: version === 5 ? list(reasonCode(type, version)) : fc.constant([]),
      }) as Arbitrary<ControlPacket>;
    case 'PINGREQ':
    case 'PINGRESP':
      return fc.constant({ type });
    case 'DISCONNECT':
      return plainRecord({
        type: fc.constant(type),
        reasonCode: code,
        properties: properties(type, version),
      });
    case 'AUTH':
      return plainRecord({
        type: fc.constant(type),
        reasonCode: code,
        properties: properties(type, version),
      }).map((packet) => (packet.properties === noProperties ? { ...packet, reasonCode: 0 } : packet));
  }
}

const packetTypes: readonly PacketType[] = [
  ...(['CONNECT', 'CONNACK', 'PUBLISH', 'PUBACK', 'PUBREC', 'PUBREL', 'PUBCOMP', 'SUBSCRIBE'] as const),
  ...(['SUBACK', 'UNSUBSCRIBE', 'UNSUBACK', 'PINGREQ', 'PINGRESP', 'DISCONNECT'] as const),
];

/** Any valid packet of any version. */
export const versionedPacket: Arbitrary<VersionedPacket> = fc.oneof(
  ...([3, 4, 5] as const).flatMap((version) =>
    [...packetTypes, ...(version === 5 ? (['AUTH'] as const) : [])].map((type) =>
      plainRecord({ version: fc.constant(version), packet: packetOf(type, version) }),
    ),
  ),
);

/** One way to damage bytes; places count from 0 to 1 over the whole. */
interface Mutation {
  readonly kind: 'set' | 'flip' | 'insert' | 'remove' | 'repeat' | 'cut';
  readonly place: number;
  readonly value: number;
}

/** Ways to damage bytes, for {@link mutate}. */
export const mutations: Arbitrary<readonly Mutation[]> = fc.array(
  plainRecord({
    kind: fc.constantFrom('set', 'flip', 'insert', 'remove', 'repeat', 'cut'),
    place: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    value: fc.oneof(byte, fc.constantFrom(0, 1, 0x23, 0x2b, 0x7f, 0x80, 0xff)),
  }),
  { minLength: 1, maxLength: 4 },
);

export function mutate(original: Uint8Array, damage: readonly Mutation[]): Uint8Array {
  let result = [...original];
  for (const { kind, place, value } of damage) {
    const at = Math.floor(place * result.length);
    const found = result[at] ?? 0;
    if (kind === 'set') result[at] = value;
    else if (kind === 'flip') result[at] = found ^ (1 << (value & 7));
    else if (kind === 'insert') result.splice(at, 0, value);
    else if (kind === 'remove') result.splice(at, 1 + (value & 3));
    else if (kind === 'repeat') result.splice(at, 0, ...result.slice(at, at + (value & 15)));
    else result = result.slice(0, at);
  }
  return Uint8Array.from(result);
}

/** The same with a Remaining Length that fits, so that the damage is met behind it. */
export function mendRemainingLength(packet: Uint8Array): Uint8Array {
  const content = packet.subarray(2);
  const first = packet[0] ?? 0x30;
  if (content.length > 0x7f) {
    return Uint8Array.from([first, (content.length & 0x7f) | 0x80, content.length >> 7, ...content]);
  }
  return Uint8Array.from([first, content.length, ...content]);
}
