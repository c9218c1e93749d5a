import assert from 'node:assert/strict';
import { decode, encode } from '../../src/protocol/codec';
import type { Connect, ControlPacket } from '../../src/protocol/controlPacket';
import { packetTypeNames } from '../../src/protocol/controlPacket';
import { dissect } from '../../src/protocol/dissect';
import type {
  Properties,
  PropertyDefinition,
  PropertyScope,
  PropertyTypes,
} from '../../src/protocol/properties';
import { noProperties, propertyByIdentifier, propertyTable } from '../../src/protocol/properties';
import { violationOf } from '../support/violationOf';

/** Table 2-4 of 5.0, as it is printed; the last column of User Property stands for every packet with Properties. */
const table = `
  1 Payload Format Indicator; Byte; PUBLISH, Will Properties
  2 Message Expiry Interval; Four Byte Integer; PUBLISH, Will Properties
  3 Content Type; UTF-8 Encoded String; PUBLISH, Will Properties
  8 Response Topic; UTF-8 Encoded String; PUBLISH, Will Properties
  9 Correlation Data; Binary Data; PUBLISH, Will Properties
  11 Subscription Identifier; Variable Byte Integer; PUBLISH, SUBSCRIBE
  17 Session Expiry Interval; Four Byte Integer; CONNECT, CONNACK, DISCONNECT
  18 Assigned Client Identifier; UTF-8 Encoded String; CONNACK
  19 Server Keep Alive; Two Byte Integer; CONNACK
  21 Authentication Method; UTF-8 Encoded String; CONNECT, CONNACK, AUTH
  22 Authentication Data; Binary Data; CONNECT, CONNACK, AUTH
  23 Request Problem Information; Byte; CONNECT
  24 Will Delay Interval; Four Byte Integer; Will Properties
  25 Request Response Information; Byte; CONNECT
  26 Response Information; UTF-8 Encoded String; CONNACK
  28 Server Reference; UTF-8 Encoded String; CONNACK, DISCONNECT
  31 Reason String; UTF-8 Encoded String; CONNACK, PUBACK, PUBREC, PUBREL, PUBCOMP, SUBACK, UNSUBACK, DISCONNECT, AUTH
  33 Receive Maximum; Two Byte Integer; CONNECT, CONNACK
  34 Topic Alias Maximum; Two Byte Integer; CONNECT, CONNACK
  35 Topic Alias; Two Byte Integer; PUBLISH
  36 Maximum QoS; Byte; CONNACK
  37 Retain Available; Byte; CONNACK
  38 User Property; UTF-8 String Pair; CONNECT, CONNACK, PUBLISH, Will Properties, PUBACK, PUBREC, PUBREL, PUBCOMP, SUBSCRIBE, SUBACK, UNSUBSCRIBE, UNSUBACK, DISCONNECT, AUTH
  39 Maximum Packet Size; Four Byte Integer; CONNECT, CONNACK
  40 Wildcard Subscription Available; Byte; CONNACK
  41 Subscription Identifier Available; Byte; CONNACK
  42 Shared Subscription Available; Byte; CONNACK
`;

const typeNames: Readonly<Record<string, keyof PropertyTypes>> = {
  Byte: 'byte',
  'Two Byte Integer': 'uint16',
  'Four Byte Integer': 'uint32',
  'Variable Byte Integer': 'variableByteInteger',
  'UTF-8 Encoded String': 'utf8',
  'Binary Data': 'binary',
  'UTF-8 String Pair': 'utf8Pair',
};

const rows = table
  .trim()
  .split('\n')
  .map((line) => /^ *(\d+) (.+); (.+); (.+)$/.exec(line) ?? assert.fail(line))
  .map(([, identifier, name, type = '', places = '']) => ({
    identifier: Number(identifier),
    name,
    type: typeNames[type],
    scopes: places.split(', ').map((place) => (place === 'Will Properties' ? 'WILL' : place)),
  }));

const scopes: readonly PropertyScope[] = [
  ...packetTypeNames.filter((type) => type !== 'RESERVED' && type !== 'PINGREQ' && type !== 'PINGRESP'),
  'WILL',
];

const samples: Readonly<Record<keyof PropertyTypes, unknown>> = {
  byte: 1,
  uint16: 2,
  uint32: 3,
  variableByteInteger: [4],
  utf8: 'x',
  binary: Uint8Array.of(5),
  utf8Pair: [['n', 'v']],
};

/** The smallest packet with these properties. */
function host(scope: PropertyScope, properties: Properties): ControlPacket {
  const connect: Connect = {
    ...{ type: 'CONNECT', protocolName: 'MQTT', protocolVersion: 5, cleanStart: true, keepAlive: 1 },
    ...{
      clientIdentifier: 'c',
      properties: noProperties,
      will: undefined,
      userName: undefined,
      password: undefined,
    },
  };
  switch (scope) {
    case 'CONNECT':
      return { ...connect, properties };
    case 'WILL': {
      const will = { topicName: 'w', payload: new Uint8Array(0), qos: 0, retain: false, properties } as const;
      return { ...connect, will };
    }
    case 'CONNACK':
      return { type: scope, sessionPresent: false, reasonCode: 0, properties };
    case 'PUBLISH':
      return {
        ...{ type: scope, dup: false, qos: 0, retain: false, topicName: 'abc', packetIdentifier: 0 },
        ...{ properties, payload: new Uint8Array(0) },
      };
    case 'PUBACK':
    case 'PUBREC':
    case 'PUBREL':
    case 'PUBCOMP':
      return { type: scope, packetIdentifier: 1, reasonCode: 0, properties };
    case 'SUBSCRIBE': {
      const options = { qos: 0, noLocal: false, retainAsPublished: false, retainHandling: 0 } as const;
      return {
        type: scope,
        packetIdentifier: 1,
        properties,
        subscriptions: [{ topicFilter: 'a', ...options }],
      };
    }
    case 'UNSUBSCRIBE':
      return { type: scope, packetIdentifier: 1, properties, topicFilters: ['a'] };
    case 'SUBACK':
    case 'UNSUBACK':
      return { type: scope, packetIdentifier: 1, properties, reasonCodes: [0] };
    case 'DISCONNECT':
    case 'AUTH':
      return { type: scope, reasonCode: 0, properties };
  }
}

/** The property with a value, and the method that AUTH and Authentication Data cannot be without. */
function sample({ key, type }: PropertyDefinition, scope: PropertyScope): Properties {
  const needsMethod = scope === 'AUTH' || (key === 'authenticationData' && scope !== 'WILL');
  const method =
    needsMethod && propertyByIdentifier(21)?.sections[scope] ? { authenticationMethod: 'm' } : {};
  return { ...method, [key]: samples[type] };
}

describe('Properties', () => {
  it('are those of table 2-4, in its order', () => {
    const ours = propertyTable.map(({ identifier, name, type, sections }) => ({
      ...{ identifier, name, type },
      scopes: Object.keys(sections).sort(),
    }));
    assert.deepEqual(
      ours,
      rows.map((row) => ({ ...row, scopes: [...row.scopes].sort() })),
    );
  });

  it('are found by their identifier, and no other is', () => {
    for (let identifier = 0; identifier < 300; identifier++) {
      const row = rows.find((candidate) => candidate.identifier === identifier);
      assert.equal(propertyByIdentifier(identifier)?.name, row?.name, String(identifier));
    }
  });

  it('may repeat only where the specification says so: User Property, and Subscription Identifier in PUBLISH', () => {
    const repeatable = propertyTable.flatMap(({ name, repeatable: where = [] }) =>
      where.map((scope) => [name, scope]),
    );
    const users = rows
      .find(({ name }) => name === 'User Property')
      ?.scopes.map((scope) => ['User Property', scope]);
    assert.deepEqual(repeatable.sort(), [['Subscription Identifier', 'PUBLISH'], ...(users ?? [])].sort());
  });

  for (const definition of propertyTable) {
    const row = rows.find(({ identifier }) => identifier === definition.identifier);
    it(`${definition.name} goes both ways exactly where it is allowed`, () => {
      for (const scope of scopes) {
        const packet = host(scope, sample(definition, scope));
        if (row?.scopes.includes(scope)) assert.deepEqual(decode(encode(packet, 5), 5), packet, scope);
        else assert.equal(violationOf(() => encode(packet, 5))?.id, 'propertyNotAllowed', scope);
      }
    });

    it(`${definition.name} is refused by decoding wherever it is not allowed`, () => {
      for (const scope of scopes.filter((candidate) => !definition.sections[candidate])) {
        const bytes = withProperty(scope, [definition.identifier, ...wireSamples[definition.type]]);
        const { violations, packet } = dissect(bytes, { version: 5 });
        assert.deepEqual(
          violations.map(({ id, value }) => [id, value]),
          [['propertyNotAllowed', definition.name]],
          scope,
        );
        assert.equal(packet?.type, scope === 'WILL' ? 'CONNECT' : scope);
        assert.equal(violationOf(() => decode(bytes, 5))?.id, 'propertyNotAllowed', scope);
      }
    });
  }
});

const wireSamples: Readonly<Record<keyof PropertyTypes, readonly number[]>> = {
  byte: [1],
  uint16: [0, 1],
  uint32: [0, 0, 0, 1],
  variableByteInteger: [1],
  utf8: [0, 2, 0x61, 0x62],
  binary: [0, 2, 1, 2],
  utf8Pair: [0, 0, 0, 0],
};

/** A packet that has a User Property already, with the bytes of another property behind it. All its lengths are one byte. */
function withProperty(scope: PropertyScope, property: readonly number[]): Uint8Array {
  const method = scope === 'AUTH' ? { authenticationMethod: 'm' } : {};
  const bytes = encode(host(scope, { ...method, userProperties: [['a', 'b']] }), 5);
  const userProperty = Buffer.from(bytes).lastIndexOf(Uint8Array.of(0x26, 0, 1, 0x61));
  const propertyLength = userProperty - 1 - (scope === 'AUTH' ? 4 : 0);
  const end = userProperty + 7;
  const longer = [...bytes.subarray(0, end), ...property, ...bytes.subarray(end)];
  for (const at of [1, propertyLength]) longer[at] = (longer[at] ?? 0) + property.length;
  return Uint8Array.from(longer);
}
