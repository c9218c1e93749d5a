import type { PacketType } from './controlPacket';

/** Where a set of Properties stands: a packet, or the Will Properties in CONNECT's payload. */
export type PropertyScope = Exclude<PacketType, 'PINGREQ' | 'PINGRESP'> | 'WILL';

/** The data types of 1.5 that Properties use. */
export interface PropertyTypes {
  byte: number;
  uint16: number;
  uint32: number;
  variableByteInteger: number;
  utf8: string;
  binary: Uint8Array;
  utf8Pair: readonly [name: string, value: string];
}

/** What a value must keep to beyond its data type. */
export type PropertyRule = 'boolean' | 'nonZero' | 'topicName';

interface PropertyShape {
  readonly identifier: number;
  readonly key: string;
  readonly name: string;
  readonly type: keyof PropertyTypes;
  /** May appear more than once in this scope. */
  readonly repeatable?: readonly PropertyScope[];
  readonly rule?: PropertyRule;
  readonly unit?: 's' | 'bytes';
  /** What 0 and 1 mean. */
  readonly meanings?: readonly [zero: string, one: string];
  /** The section that defines the property, for each place it may appear in. */
  readonly sections: Partial<Readonly<Record<PropertyScope, string>>>;
}

const shapes = [
  {
    identifier: 0x01,
    key: 'payloadFormatIndicator',
    name: 'Payload Format Indicator',
    type: 'byte',
    rule: 'boolean',
    meanings: ['unspecified bytes', 'UTF-8 text'],
    sections: { PUBLISH: '3.3.2.3.2', WILL: '3.1.3.2.3' },
  },
  {
    identifier: 0x02,
    key: 'messageExpiryInterval',
    name: 'Message Expiry Interval',
    type: 'uint32',
    unit: 's',
    sections: { PUBLISH: '3.3.2.3.3', WILL: '3.1.3.2.4' },
  },
  {
    identifier: 0x03,
    key: 'contentType',
    name: 'Content Type',
    type: 'utf8',
    sections: { PUBLISH: '3.3.2.3.9', WILL: '3.1.3.2.5' },
  },
  {
    identifier: 0x08,
    key: 'responseTopic',
    name: 'Response Topic',
    type: 'utf8',
    rule: 'topicName',
    sections: { PUBLISH: '3.3.2.3.5', WILL: '3.1.3.2.6' },
  },
  {
    identifier: 0x09,
    key: 'correlationData',
    name: 'Correlation Data',
    type: 'binary',
    sections: { PUBLISH: '3.3.2.3.6', WILL: '3.1.3.2.7' },
  },
  {
    identifier: 0x0b,
    key: 'subscriptionIdentifiers',
    name: 'Subscription Identifier',
    type: 'variableByteInteger',
    rule: 'nonZero',
    repeatable: ['PUBLISH'],
    sections: { PUBLISH: '3.3.2.3.8', SUBSCRIBE: '3.8.2.1.2' },
  },
  {
    identifier: 0x11,
    key: 'sessionExpiryInterval',
    name: 'Session Expiry Interval',
    type: 'uint32',
    unit: 's',
    sections: { CONNECT: '3.1.2.11.2', CONNACK: '3.2.2.3.2', DISCONNECT: '3.14.2.2.2' },
  },
  {
    identifier: 0x12,
    key: 'assignedClientIdentifier',
    name: 'Assigned Client Identifier',
    type: 'utf8',
    sections: { CONNACK: '3.2.2.3.7' },
  },
  {
    identifier: 0x13,
    key: 'serverKeepAlive',
    name: 'Server Keep Alive',
    type: 'uint16',
    unit: 's',
    sections: { CONNACK: '3.2.2.3.14' },
  },
  {
    identifier: 0x15,
    key: 'authenticationMethod',
    name: 'Authentication Method',
    type: 'utf8',
    sections: { CONNECT: '3.1.2.11.9', CONNACK: '3.2.2.3.17', AUTH: '3.15.2.2.2' },
  },
  {
    identifier: 0x16,
    key: 'authenticationData',
    name: 'Authentication Data',
    type: 'binary',
    sections: { CONNECT: '3.1.2.11.10', CONNACK: '3.2.2.3.18', AUTH: '3.15.2.2.3' },
  },
  {
    identifier: 0x17,
    key: 'requestProblemInformation',
    name: 'Request Problem Information',
    type: 'byte',
    rule: 'boolean',
    meanings: ['not requested', 'requested'],
    sections: { CONNECT: '3.1.2.11.7' },
  },
  {
    identifier: 0x18,
    key: 'willDelayInterval',
    name: 'Will Delay Interval',
    type: 'uint32',
    unit: 's',
    sections: { WILL: '3.1.3.2.2' },
  },
  {
    identifier: 0x19,
    key: 'requestResponseInformation',
    name: 'Request Response Information',
    type: 'byte',
    rule: 'boolean',
    meanings: ['not requested', 'requested'],
    sections: { CONNECT: '3.1.2.11.6' },
  },
  {
    identifier: 0x1a,
    key: 'responseInformation',
    name: 'Response Information',
    type: 'utf8',
    sections: { CONNACK: '3.2.2.3.15' },
  },
  {
    identifier: 0x1c,
    key: 'serverReference',
    name: 'Server Reference',
    type: 'utf8',
    sections: { CONNACK: '3.2.2.3.16', DISCONNECT: '3.14.2.2.5' },
  },
  {
    identifier: 0x1f,
    key: 'reasonString',
    name: 'Reason String',
    type: 'utf8',
    sections: {
      CONNACK: '3.2.2.3.9',
      PUBACK: '3.4.2.2.2',
      PUBREC: '3.5.2.2.2',
      PUBREL: '3.6.2.2.2',
      PUBCOMP: '3.7.2.2.2',
      SUBACK: '3.9.2.1.2',
      UNSUBACK: '3.11.2.1.2',
      DISCONNECT: '3.14.2.2.3',
      AUTH: '3.15.2.2.4',
    },
  },
  {
    identifier: 0x21,
    key: 'receiveMaximum',
    name: 'Receive Maximum',
    type: 'uint16',
    rule: 'nonZero',
    sections: { CONNECT: '3.1.2.11.3', CONNACK: '3.2.2.3.3' },
  },
  {
    identifier: 0x22,
    key: 'topicAliasMaximum',
    name: 'Topic Alias Maximum',
    type: 'uint16',
    sections: { CONNECT: '3.1.2.11.5', CONNACK: '3.2.2.3.8' },
  },
  {
    identifier: 0x23,
    key: 'topicAlias',
    name: 'Topic Alias',
    type: 'uint16',
    rule: 'nonZero',
    sections: { PUBLISH: '3.3.2.3.4' },
  },
  {
    identifier: 0x24,
    key: 'maximumQoS',
    name: 'Maximum QoS',
    type: 'byte',
    rule: 'boolean',
    sections: { CONNACK: '3.2.2.3.4' },
  },
  {
    identifier: 0x25,
    key: 'retainAvailable',
    name: 'Retain Available',
    type: 'byte',
    rule: 'boolean',
    meanings: ['not available', 'available'],
    sections: { CONNACK: '3.2.2.3.5' },
  },
  {
    identifier: 0x26,
    key: 'userProperties',
    name: 'User Property',
    type: 'utf8Pair',
    repeatable: [
      'CONNECT',
      'CONNACK',
      'PUBLISH',
      'WILL',
      'PUBACK',
      'PUBREC',
      'PUBREL',
      'PUBCOMP',
      'SUBSCRIBE',
      'SUBACK',
      'UNSUBSCRIBE',
      'UNSUBACK',
      'DISCONNECT',
      'AUTH',
    ],
    sections: {
      CONNECT: '3.1.2.11.8',
      CONNACK: '3.2.2.3.10',
      PUBLISH: '3.3.2.3.7',
      WILL: '3.1.3.2.8',
      PUBACK: '3.4.2.2.3',
      PUBREC: '3.5.2.2.3',
      PUBREL: '3.6.2.2.3',
      PUBCOMP: '3.7.2.2.3',
      SUBSCRIBE: '3.8.2.1.3',
      SUBACK: '3.9.2.1.3',
      UNSUBSCRIBE: '3.10.2.1.2',
      UNSUBACK: '3.11.2.1.3',
      DISCONNECT: '3.14.2.2.4',
      AUTH: '3.15.2.2.5',
    },
  },
  {
    identifier: 0x27,
    key: 'maximumPacketSize',
    name: 'Maximum Packet Size',
    type: 'uint32',
    rule: 'nonZero',
    unit: 'bytes',
    sections: { CONNECT: '3.1.2.11.4', CONNACK: '3.2.2.3.6' },
  },
  {
    identifier: 0x28,
    key: 'wildcardSubscriptionAvailable',
    name: 'Wildcard Subscription Available',
    type: 'byte',
    rule: 'boolean',
    meanings: ['not available', 'available'],
    sections: { CONNACK: '3.2.2.3.11' },
  },
  {
    identifier: 0x29,
    key: 'subscriptionIdentifierAvailable',
    name: 'Subscription Identifier Available',
    type: 'byte',
    rule: 'boolean',
    meanings: ['not available', 'available'],
    sections: { CONNACK: '3.2.2.3.12' },
  },
  {
    identifier: 0x2a,
    key: 'sharedSubscriptionAvailable',
    name: 'Shared Subscription Available',
    type: 'byte',
    rule: 'boolean',
    meanings: ['not available', 'available'],
    sections: { CONNACK: '3.2.2.3.13' },
  },
] as const satisfies readonly PropertyShape[];

type Shape = (typeof shapes)[number];
export type PropertyKey = Shape['key'];

/**
 * The Properties of one packet. Those that may repeat somewhere are lists everywhere, in the order of the wire; the
 * numbers keep the unit of the wire (seconds, bytes). A property that is not sent is absent.
 */
export type Properties = {
  [S in Shape as S['key']]?: S extends { repeatable: readonly PropertyScope[] }
    ? PropertyTypes[S['type']][]
    : PropertyTypes[S['type']];
};

export interface PropertyDefinition extends PropertyShape {
  readonly key: PropertyKey;
}

/** All Properties of MQTT 5.0 (2.2.2.2, table 2-4), in the order of their identifiers, which is that of encoding. */
export const propertyTable: readonly PropertyDefinition[] = shapes;

const byIdentifier: readonly (PropertyDefinition | undefined)[] = Array.from(
  { length: 0x2b },
  (_, identifier) => propertyTable.find((definition) => definition.identifier === identifier),
);

export function propertyByIdentifier(identifier: number): PropertyDefinition | undefined {
  return byIdentifier[identifier];
}

/** Shared by every packet without Properties. */
export const noProperties: Properties = Object.freeze({});
