import assert from 'node:assert/strict';
import fc from 'fast-check';
import * as mqttPacket from 'mqtt-packet';
import type { Packet } from 'mqtt-packet';
import { decode, encode } from '../../src/protocol/codec';
import type { ControlPacket, ProtocolVersion } from '../../src/protocol/controlPacket';
import type { ViolationId } from '../../src/protocol/violations';
import { versionedPacket } from '../support/arbitraryPacket';
import { comparable, fromPeerPacket, toPeerPacket } from '../support/mqttPacketForm';
import type { Vector } from '../support/vectors';
import { loadVectors } from '../support/vectors';

/*
 * mqtt-packet 9.0.2, the codec of MQTT.js and aedes, wrote its packets independently of this project. Where both accept
 * bytes they have to find the same values; where only one does, a table below says who is right and by which clause.
 */

/** The only packet that mqtt-packet finds, or undefined where it finds an error, no packet, or more than one. */
function peerParse(bytes: Uint8Array, version: ProtocolVersion): Packet | undefined {
  const parser = mqttPacket.parser({ protocolVersion: version });
  const packets: Packet[] = [];
  let failed = false;
  parser.on('packet', (packet) => packets.push(packet));
  parser.on('error', () => (failed = true));
  try {
    // Lengths that lie make it read beyond its buffer, which is an error like any other.
    if (parser.parse(Buffer.from(bytes)) > 0) return undefined;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return undefined;
  }
  return failed || packets.length !== 1 ? undefined : packets[0];
}

function peerGenerate(packet: ControlPacket, version: ProtocolVersion): Uint8Array {
  return Uint8Array.from(mqttPacket.generate(toPeerPacket(packet, version), { protocolVersion: version }));
}

function isShortAuth(packet: ControlPacket): boolean {
  return packet.type === 'AUTH' && Object.keys(packet.properties).length === 0;
}

/** The code that table 2-6 gives to DISCONNECT and table 3-10 does not; mqtt-packet follows the latter. */
const badAuthenticationMethod = 0x8c;

/** Valid packets that mqtt-packet does not write, or writes as something else, and the clause that allows them. */
const notWritten: readonly { readonly clause: string; readonly is: (packet: ControlPacket) => boolean }[] = [
  {
    clause: '3.1.3.1: a Server may allow a Client Identifier of no bytes with any Clean Start (5.0)',
    is: (packet) => packet.type === 'CONNECT' && packet.clientIdentifier === '' && !packet.cleanStart,
  },
  {
    clause: '3.1 (2010) forbids the empty Client Identifier; we let the server decide',
    is: (packet) =>
      packet.type === 'CONNECT' && packet.clientIdentifier === '' && packet.protocolVersion === 3,
  },
  {
    clause: '3.1.2.9: a Password without a User Name is allowed in 5.0',
    is: (packet) =>
      packet.type === 'CONNECT' && packet.password !== undefined && packet.userName === undefined,
  },
  {
    clause: '3.15.2.1: AUTH may have a Remaining Length of 0',
    is: isShortAuth,
  },
];

/** Bytes that we accept and mqtt-packet refuses, by vector. */
const refusedByPeer: Readonly<Record<string, string>> = {
  'AUTH of 5.0 in its short form': 'we: 3.15.2.1 allows a Remaining Length of 0',
  'Reason Code 0x8C, Bad authentication method, is allowed in DISCONNECT':
    'both: table 2-6 has it and table 3-10 has not; a receiver does well to take it',
  'CONNACK of 3.1 whose reserved byte is not zero is tolerated':
    'we: the byte is "reserved, not used" in 3.1',
  'PUBREL of 3.1 with DUP': 'we: 3.1 has DUP in PUBREL',
  'SUBSCRIBE of 3.1 with DUP': 'we: 3.1 has DUP in SUBSCRIBE',
  'UNSUBSCRIBE of 3.1 with DUP': 'we: 3.1 has DUP in UNSUBSCRIBE',
};

/** Violations that mqtt-packet lets pass in at least one vector. The clause each breaks is in the catalogue: we are right. */
const acceptedByPeer: Readonly<Partial<Record<ViolationId, string>>> = {
  packetIdentifierZero: 'does not look at the identifier',
  truncated: 'takes -1 or undefined for what is missing at the end',
  lengthBeyondPacket: 'checks strings against the packet, not against the Property Length',
  trailingBytes: 'ignores what follows the fields it knows',
  illFormedUtf8: 'puts U+FFFD in its place',
  nullCharacter: 'keeps U+0000',
  variableByteIntegerNotMinimal: 'does not compare the length with the value',
  propertyNotAllowed: 'has one list of properties for all packets',
  duplicateProperty: 'makes a list of the values',
  booleanPropertyOutOfRange: 'takes any byte but 0 for true',
  zeroProperty: 'does not look at the value',
  topicAliasZero: 'does not look at the value',
  responseTopicWildcard: 'does not look at topics',
  willResponseTopicWildcard: 'does not look at topics',
  authenticationDataWithoutMethod: 'does not relate the two',
  authenticationMethodMissing: 'does not ask for it',
  protocolLevel: 'takes bit 7 for a bridge, and any name with any level',
  willQosThree: 'takes QoS 3 for a will',
  passwordWithoutUserName: 'does not relate the two flags',
  sessionPresentOnRefusal: 'does not relate the two',
  reasonCode: 'takes any code in CONNACK',
  subackReturnCode: 'takes the failure of 3.1.1 in 3.1',
  dupAtQosZero: 'does not relate the two flags',
  topicNameWildcard: 'does not look at topics',
  topicNameEmpty: 'does not look at topics',
  topicAliasMissing: 'does not look at topics',
  willTopicWildcard: 'does not look at topics',
  willTopicEmpty: 'does not look at topics',
  noTopicFilter: 'takes an empty list',
  noTopicFilterToRemove: 'takes an empty list',
  topicFilterEmpty: 'does not look at filters',
  topicFilterMultiLevelWildcard: 'does not look at filters',
  topicFilterSingleLevelWildcard: 'does not look at filters',
  shareNameMissing: 'does not look at filters',
  sharedFilterMissing: 'does not look at filters',
  noLocalOnShared: 'does not look at filters',
  noReasonCode: 'takes an empty list',
};

const vectors = loadVectors();
const valid = vectors.flatMap((vector) => (vector.packet ? [{ ...vector, packet: vector.packet }] : []));
const writable = (packet: ControlPacket) => !notWritten.some(({ is }) => is(packet));

describe('mqtt-packet', () => {
  for (const file of new Set(valid.map((vector) => vector.file))) {
    const its = valid.filter((vector) => vector.file === file);

    it(`reads what we encode of the vectors of ${file} as the same values`, () => {
      for (const { name, version, packet } of its) {
        const bytes = encode(packet, version);
        const peer = peerParse(bytes, version);
        if (peer) assert.deepEqual(comparable(fromPeerPacket(peer, version)), comparable(packet), name);
        else assert.ok(name in refusedByPeer, name);
      }
    });

    it(`writes the vectors of ${file} as bytes that we decode to the same values`, () => {
      for (const { name, version, packet } of its.filter((vector) => writable(vector.packet))) {
        assert.deepEqual(
          comparable(decode(peerGenerate(packet, version), version)),
          comparable(packet),
          name,
        );
      }
    });
  }

  it('reads what we encode of arbitrary packets as the same values', () => {
    fc.assert(
      fc.property(versionedPacket, ({ version, packet }) => {
        fc.pre(!isShortAuth(packet));
        fc.pre(packet.type !== 'DISCONNECT' || packet.reasonCode !== badAuthenticationMethod);
        const peer = peerParse(encode(packet, version), version);
        assert.ok(peer, 'one packet');
        assert.deepEqual(comparable(fromPeerPacket(peer, version)), comparable(packet));
      }),
      { numRuns: 500 },
    );
  });

  it('writes arbitrary packets as bytes that we decode to the same values', () => {
    fc.assert(
      fc.property(versionedPacket, ({ version, packet }) => {
        fc.pre(writable(packet));
        assert.deepEqual(comparable(decode(peerGenerate(packet, version), version)), comparable(packet));
      }),
      { numRuns: 500 },
    );
  });
});

describe('Where mqtt-packet and we disagree', () => {
  const accepts = ({ bytes, version }: Vector) => peerParse(bytes, version) !== undefined;

  it('it refuses exactly these packets that we accept', () => {
    const refused = valid.filter((vector) => !accepts(vector)).map(({ name }) => name);
    assert.deepEqual(refused.sort(), Object.keys(refusedByPeer).sort());
  });

  for (const [name, reason] of Object.entries(refusedByPeer)) {
    it(`${name}: right are ${reason}`, () => {
      const vector = valid.find((candidate) => candidate.name === name) ?? assert.fail('no such vector');
      assert.deepEqual(decode(vector.bytes, vector.version), vector.packet);
    });
  }

  const lax = vectors.filter((vector) => vector.fatal && accepts(vector));

  it('it accepts packets with these violations and no other', () => {
    const ids = new Set(lax.map(({ fatal }) => fatal?.id));
    assert.deepEqual([...ids].sort(), Object.keys(acceptedByPeer).sort());
  });

  for (const [id, how] of Object.entries(acceptedByPeer)) {
    const its = lax.filter(({ fatal }) => fatal?.id === id);
    const clauses = [...new Set(its.map(({ fatal }) => fatal?.clause))].join(', ');
    it(`${id}: it ${how}; right are we by ${clauses}`, () => {
      assert.ok(its.length > 0);
      for (const { bytes, version, name } of its) assert.throws(() => decode(bytes, version), name);
    });
  }

  for (const { clause, is } of notWritten) {
    it(`it does not write a packet that may be sent: ${clause}`, () => {
      const its = valid.filter(({ packet }) => is(packet));
      assert.ok(its.length > 0);
      for (const { packet, version } of its) {
        let bytes: Uint8Array | undefined;
        try {
          bytes = peerGenerate(packet, version);
        } catch (error) {
          assert.ok(error instanceof Error);
        }
        // What it writes instead of the short form is an AUTH that 3.15.2.2.2 forbids.
        const written = bytes;
        if (written) assert.throws(() => decode(written, version));
      }
    });
  }
});
