import assert from 'node:assert/strict';
import type { ProtocolVersion } from '../../src/protocol/controlPacket';
import { dissect } from '../../src/protocol/dissect';
import type { ClauseSubject, ViolationId } from '../../src/protocol/violations';
import { describeViolation, ProtocolViolation, violationTable } from '../../src/protocol/violations';
import { loadVectors } from '../support/vectors';

/** What the specification of 5.0 says to answer with, where it says it in the clause of the rule. */
const reasonCodes: Partial<Readonly<Record<ViolationId, number>>> = {
  // "it is a Malformed Packet"
  illFormedUtf8: 0x81, // 1.5.4
  nullCharacter: 0x81, // 1.5.4
  reservedFlags: 0x81, // 2.1.3
  unknownProperty: 0x81, // 2.2.2.2
  propertyNotAllowed: 0x81, // 2.2.2.2
  connectReservedFlag: 0x81, // 3.1.2.3
  willQosThree: 0x81, // 3.1.2.6
  publishQosThree: 0x81, // 3.3.1.2
  subscriptionReservedBits: 0x81, // 3.8.3.1
  // "it is a Protocol Error"
  duplicateProperty: 0x82,
  booleanPropertyOutOfRange: 0x82,
  zeroProperty: 0x82,
  authenticationDataWithoutMethod: 0x82, // 3.1.2.11.10
  authenticationMethodMissing: 0x82, // 3.15.2.2.2
  topicAliasMissing: 0x82, // 3.3.2.1
  topicAliasUnknown: 0x82, // 3.3.4
  noTopicFilter: 0x82, // 3.8.3
  subscriptionQosThree: 0x82, // 3.8.3.1
  retainHandlingThree: 0x82, // 3.8.3.1
  noLocalOnShared: 0x82, // 3.8.3.1
  noTopicFilterToRemove: 0x82, // 3.10.3
  secondConnect: 0x82, // 3.1.0
  sessionExpiryAfterZero: 0x82, // 3.14.2.2.2
  // 0x90 is for a Topic Name that is not malformed (3.2.2.2, 3.4.2.1, 3.14.2.1)
  topicNameWildcard: 0x81,
  topicNameEmpty: 0x81,
  willTopicWildcard: 0x81,
  willTopicEmpty: 0x81,
  // A code of its own
  protocolName: 0x84, // 3.1.2.1
  protocolLevel: 0x84, // 3.1.2.2
  receiveMaximumExceeded: 0x93, // 3.3.4
  topicAliasZero: 0x94, // 3.3.4
  topicAliasTooLarge: 0x94, // 3.3.4
  packetTooLarge: 0x95, // 3.1.2.11.4
  payloadNotUtf8: 0x99, // 3.3.2.3.2
  retainNotSupported: 0x9a, // 3.2.2.3.5
  qosNotSupported: 0x9b, // 3.2.2.3.4
  sharedSubscriptionNotSupported: 0x9e, // 3.2.2.3.13
  subscriptionIdentifierNotSupported: 0xa1, // 3.2.2.3.12
  wildcardSubscriptionNotSupported: 0xa2, // 3.2.2.3.11
};

/** What a person reads about a vector. */
const messages: readonly (readonly [vector: string, ...message: readonly string[]])[] = [
  ['PUBACK of 5.0 with half a Packet Identifier', 'The packet ends 1 byte before the end of this field.'],
  [
    'PUBLISH of 5.0 with a property cut off by the Property Length',
    'The packet ends 2 bytes before the end of this field.',
  ],
  [
    'CONNECT of 3.1.1 whose Client Identifier length is in little-endian order',
    'The length prefix announces 1024 bytes, more than are left here.',
  ],
  [
    'a string is ill-formed where its first bad character starts',
    'The string is not well-formed UTF-8 at byte 5 of the string.',
  ],
  [
    'PUBLISH of 3.1.1 with a terminating zero in its topic',
    'The string contains the null character U+0000 at byte 3 of the string.',
  ],
  [
    'a Topic Name may hold U+1FFFE, a non-character, which is suspicious',
    'The string contains the control or non-character U+1FFFE, which senders should avoid.',
  ],
  [
    'PUBREL of 5.0 with the flags 0011',
    'The reserved flag bits of the fixed header are 0011 instead of 0010.',
  ],
  [
    'PUBLISH of 3.1 whose payload is not all there',
    'The Remaining Length announces 3 bytes more than there are.',
  ],
  ['PUBLISH of 3.1 with bytes behind it', 'The packet is followed by 2 bytes.'],
  [
    'CONNACK of 5.0 with bytes behind its properties',
    'The Remaining Length counts 2 bytes after the last field.',
  ],
  ['a property identifier of two bytes does not exist', 'Property identifier 0x80 does not exist.'],
  ['Topic Alias is not allowed in PUBCOMP', 'Topic Alias is not allowed in this packet.'],
  ['Will Delay Interval must not appear twice in the will', 'Will Delay Interval appears more than once.'],
  [
    'PUBLISH of 5.0 encoded as 3.1.1 with a JSON payload',
    'The Property Length announces 123 bytes, more than are left in the packet.',
    'Topic Alias Maximum is not allowed in this packet.',
    'Property identifier 0x3a does not exist.',
  ],
  [
    'CONNACK of 3.1 whose reserved byte is not zero is tolerated',
    'The first byte after the fixed header is 0xA1; it is reserved in MQTT 3.1.',
  ],
  [
    'CONNACK of 5.0 that refuses and has Session Present',
    'Session Present is 1 although the connection was refused with 0x87.',
  ],
  ['CONNACK of 5.0 with a Reason Code that nobody defined', 'Reason Code 0xff is not one of this packet’s.'],
  [
    'SUBSCRIBE of 3.1.1 with options of 5.0',
    'The reserved bits of the Subscription Options are 000001 instead of 0.',
  ],
  ['SUBSCRIBE of 3.1.1 to sport+', 'In the Topic Filter "sport+" a + is not a whole level.'],
  ['PUBLISH of 5.0 to a topic with #', 'The Topic Name "t/#" contains a wildcard.'],
  [
    'PUBLISH of 5.0 with a payload that is not the UTF-8 it says is tolerated',
    'The payload is not UTF-8 at byte 1, although the Payload Format Indicator says so.',
  ],
  [
    'a packet is larger than CONNACK allows',
    'The packet is larger than its receiver accepts: 21 bytes, above the 20 announced in CONNACK.',
  ],
];

describe('Violations', () => {
  for (const [id, reasonCode] of Object.entries(reasonCodes) as [ViolationId, number][]) {
    it(`${id} is answered with 0x${reasonCode.toString(16)}`, () => {
      assert.equal(violationTable[id].reasonCode, reasonCode);
      assert.equal(new ProtocolViolation({ id, offset: 0 }).reasonCode, reasonCode);
    });
  }

  for (const [id, { message, cause, clause, clause311, reasonCode, severity, tolerated }] of Object.entries(
    violationTable,
  )) {
    it(`${id} is described in whole sentences`, () => {
      for (const text of [message, cause]) assert.match(text, /^[A-Z{].*\.$/);
      for (const text of [clause, clause311 ?? clause])
        assert.match(text, /^(MQTT-\d+\.\d+\.\d+-\d+|\d+(\.\d+)*)$/);
      // A rule that is broken has an answer; what is only odd is let pass.
      assert.equal(reasonCode === 0, severity !== 'violation');
      if (severity !== 'violation') assert.equal(tolerated, true);
    });
  }

  const vectors = loadVectors();
  for (const [name, ...expected] of messages) {
    it(`${name}: ${expected.join(' ')}`, () => {
      const { bytes, version, context } =
        vectors.find((vector) => vector.name === name) ?? assert.fail('no such vector');
      const described = dissect(bytes, context).violations.map(
        (violation) => describeViolation(violation, version).message,
      );
      assert.deepEqual(
        described.filter((message) => !message.startsWith('MQTT 3.1 was')),
        expected,
      );
    });
  }

  it('name the clause of the packet type or the side, where each has its own', () => {
    const clause = (subject: ClauseSubject, version: ProtocolVersion) =>
      describeViolation({ id: 'acknowledgementUnmatched', offset: 0, value: 7, subject }, version).clause;
    assert.deepEqual(
      [clause('PUBACK', 5), clause('SUBACK', 5), clause('PUBACK', 4), clause('SUBACK', 4)],
      ['MQTT-2.2.1-5', 'MQTT-2.2.1-6', 'MQTT-2.3.1-6', 'MQTT-2.3.1-7'],
    );
  });

  it('show what was found as it is, whatever characters it has', () => {
    const value = '$& $1 $$ {offset} {value}#';
    const { message } = describeViolation({ id: 'topicNameWildcard', offset: 3, value }, 5);
    assert.equal(message, `The Topic Name "${value}" contains a wildcard.`);
  });

  it('name the clause of the version', () => {
    const clauses = ([3, 4, 5] as const).map(
      (version) => describeViolation({ id: 'illFormedUtf8', offset: 0 }, version).clause,
    );
    assert.deepEqual(clauses, ['MQTT-1.5.3-1 of 3.1.1', 'MQTT-1.5.3-1', 'MQTT-1.5.4-1']);
  });

  it('are errors that say what and where', () => {
    const error = new ProtocolViolation({ id: 'packetIdentifierZero', offset: 2 });
    assert.ok(error instanceof Error);
    assert.equal(error.name, 'ProtocolViolation');
    assert.equal(error.message, 'packetIdentifierZero at offset 2');
  });
});
