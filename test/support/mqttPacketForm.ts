import type { Packet } from 'mqtt-packet';
import type {
  ControlPacket,
  ProtocolVersion,
  QoS,
  RetainHandling,
  WillMessage,
} from '../../src/protocol/controlPacket';
import type { Properties } from '../../src/protocol/properties';
import { noProperties, propertyTable } from '../../src/protocol/properties';

/*
 * Our packets as mqtt-packet's objects and back. What its objects cannot hold is left out of the comparison by
 * `comparable`: the order of User Properties with different names, and a User Property without a value beside others of
 * its name.
 */

type Bag = Record<string, unknown>;

/** mqtt-packet's names where they are not ours. */
const peerKeys: Readonly<Record<string, string>> = {
  subscriptionIdentifiers: 'subscriptionIdentifier',
  subscriptionIdentifierAvailable: 'subscriptionIdentifiersAvailable',
};

function peerProperties(properties: Properties): Bag | undefined {
  const bag: Bag = {};
  for (const { key, rule } of propertyTable) {
    const value = properties[key];
    if (value === undefined) continue;
    if (key === 'userProperties') bag[key] = byName(properties.userProperties ?? []);
    else if (value instanceof Uint8Array) bag[key] = Buffer.from(value);
    else bag[peerKeys[key] ?? key] = rule === 'boolean' && key !== 'maximumQoS' ? value === 1 : value;
  }
  return Object.keys(bag).length > 0 ? bag : undefined;
}

function byName(pairs: readonly (readonly [string, string])[]): Record<string, string[]> {
  const names = Object.create(null) as Record<string, string[]>;
  for (const [name, value] of pairs) (names[name] ??= []).push(value);
  return names;
}

function ownProperties(bag: Bag | undefined): Properties {
  const properties: Bag = {};
  for (const { key, type, repeatable } of propertyTable) {
    const value = bag?.[peerKeys[key] ?? key];
    if (value === undefined) continue;
    if (type === 'utf8Pair') {
      const pairs = Object.entries(value as Record<string, string | string[]>);
      properties[key] = pairs.flatMap(([name, values]) => [values].flat().map((one) => [name, one]));
    } else if (repeatable) properties[key] = [value].flat();
    else
      properties[key] =
        value instanceof Uint8Array
          ? Uint8Array.from(value)
          : typeof value === 'boolean'
            ? Number(value)
            : value;
  }
  return properties;
}

/** The object from which mqtt-packet generates this packet. */
export function toPeerPacket(packet: ControlPacket, version: ProtocolVersion): Packet {
  const properties = 'properties' in packet && version === 5 ? peerProperties(packet.properties) : undefined;
  const common = { cmd: packet.type.toLowerCase(), ...(properties && { properties }) };
  return { ...common, ...peerFields(packet, version) } as Packet;
}

function peerFields(packet: ControlPacket, version: ProtocolVersion): Bag {
  switch (packet.type) {
    case 'CONNECT':
      return {
        protocolId: packet.protocolName,
        protocolVersion: packet.protocolVersion,
        clean: packet.cleanStart,
        keepalive: packet.keepAlive,
        clientId: packet.clientIdentifier,
        ...(packet.userName !== undefined && { username: packet.userName }),
        ...(packet.password && { password: Buffer.from(packet.password) }),
        ...(packet.will && { will: peerWill(packet.will) }),
      };
    case 'CONNACK':
      return {
        sessionPresent: packet.sessionPresent,
        [version === 5 ? 'reasonCode' : 'returnCode']: packet.reasonCode,
      };
    case 'PUBLISH': {
      const { dup, qos, retain, topicName, packetIdentifier, payload } = packet;
      const identifier = qos > 0 ? { messageId: packetIdentifier } : {};
      return { dup, qos, retain, topic: topicName, payload: Buffer.from(payload), ...identifier };
    }
    case 'SUBSCRIBE': {
      const subscriptions = packet.subscriptions.map(
        ({ topicFilter, qos, noLocal, retainAsPublished, retainHandling }) => ({
          ...{ topic: topicFilter, qos },
          ...(version === 5 && { nl: noLocal, rap: retainAsPublished, rh: retainHandling }),
        }),
      );
      return { messageId: packet.packetIdentifier, subscriptions };
    }
    case 'UNSUBSCRIBE':
      return { messageId: packet.packetIdentifier, unsubscriptions: packet.topicFilters };
    case 'SUBACK':
    case 'UNSUBACK':
      return { messageId: packet.packetIdentifier, granted: packet.reasonCodes };
    case 'PINGREQ':
    case 'PINGRESP':
      return {};
    case 'DISCONNECT':
    case 'AUTH':
      return { reasonCode: packet.reasonCode };
    default:
      return { messageId: packet.packetIdentifier, reasonCode: packet.reasonCode };
  }
}

function peerWill({ topicName, payload, qos, retain, properties }: WillMessage): Bag {
  const bag = peerProperties(properties);
  return { topic: topicName, payload: Buffer.from(payload), qos, retain, ...(bag && { properties: bag }) };
}

/** What mqtt-packet's parser emits, as our packet. */
export function fromPeerPacket(peer: Packet, version: ProtocolVersion): ControlPacket {
  const bag = peer as unknown as Bag;
  const properties = ownProperties(bag['properties'] as Bag | undefined);
  const packetIdentifier = peer.messageId ?? 0;
  switch (peer.cmd) {
    case 'connect': {
      const protocolVersion = peer.protocolVersion ?? 4;
      return {
        type: 'CONNECT',
        protocolName: peer.protocolId ?? '',
        protocolVersion,
        cleanStart: peer.clean ?? false,
        keepAlive: peer.keepalive ?? 0,
        properties,
        clientIdentifier: peer.clientId,
        will: peer.will && ownWill(peer.will),
        userName: peer.username,
        password: peer.password && Uint8Array.from(peer.password),
      };
    }
    case 'connack':
      return {
        type: 'CONNACK',
        sessionPresent: peer.sessionPresent,
        reasonCode: (version === 5 ? peer.reasonCode : peer.returnCode) ?? 0,
        properties,
      };
    case 'publish': {
      const { dup, qos, retain, topic, payload } = peer;
      const content = Uint8Array.from(Buffer.from(payload));
      return {
        type: 'PUBLISH',
        dup,
        qos,
        retain,
        topicName: topic,
        packetIdentifier,
        properties,
        payload: content,
      };
    }
    case 'puback':
      return { type: 'PUBACK', packetIdentifier, reasonCode: peer.reasonCode ?? 0, properties };
    case 'pubrec':
      return { type: 'PUBREC', packetIdentifier, reasonCode: peer.reasonCode ?? 0, properties };
    case 'pubrel':
      return { type: 'PUBREL', packetIdentifier, reasonCode: peer.reasonCode ?? 0, properties };
    case 'pubcomp':
      return { type: 'PUBCOMP', packetIdentifier, reasonCode: peer.reasonCode ?? 0, properties };
    case 'subscribe': {
      const subscriptions = peer.subscriptions.map(({ topic, qos, nl = false, rap = false, rh = 0 }) => ({
        ...{ topicFilter: topic, qos, noLocal: nl, retainAsPublished: rap },
        retainHandling: rh as RetainHandling,
      }));
      return { type: 'SUBSCRIBE', packetIdentifier, properties, subscriptions };
    }
    case 'suback':
      return { type: 'SUBACK', packetIdentifier, properties, reasonCodes: peer.granted as number[] };
    case 'unsubscribe':
      return { type: 'UNSUBSCRIBE', packetIdentifier, properties, topicFilters: peer.unsubscriptions };
    case 'unsuback':
      return { type: 'UNSUBACK', packetIdentifier, properties, reasonCodes: peer.granted ?? [] };
    case 'pingreq':
      return { type: 'PINGREQ' };
    case 'pingresp':
      return { type: 'PINGRESP' };
    case 'disconnect':
      return { type: 'DISCONNECT', reasonCode: peer.reasonCode ?? 0, properties };
    case 'auth':
      return { type: 'AUTH', reasonCode: peer.reasonCode, properties };
  }
}

function ownWill(will: Bag): WillMessage {
  return {
    topicName: String(will['topic']),
    payload: Uint8Array.from(will['payload'] as Buffer),
    qos: will['qos'] as QoS,
    retain: Boolean(will['retain']),
    properties: ownProperties(will['properties'] as Bag | undefined),
  };
}

/** The packet without what mqtt-packet's objects cannot hold. */
export function comparable(packet: ControlPacket): ControlPacket {
  if (!('properties' in packet)) return packet;
  const own = { ...packet, properties: grouped(packet.properties) };
  if (own.type !== 'CONNECT' || !own.will) return own;
  return { ...own, will: { ...own.will, properties: grouped(own.will.properties) } };
}

function grouped(properties: Properties): Properties {
  const { userProperties, ...others } = properties;
  if (!userProperties) return Object.keys(others).length > 0 ? others : noProperties;
  const pairs = Object.entries(byName(userProperties)).flatMap(([name, values]) => {
    const kept = values.filter((value) => value !== '');
    return (kept.length > 0 ? kept : ['']).map((value): readonly [string, string] => [name, value]);
  });
  return { ...others, userProperties: pairs };
}
