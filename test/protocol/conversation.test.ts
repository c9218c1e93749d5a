import assert from 'node:assert/strict';
import { fromHex } from '../../src/base/bytes';
import { Conversation } from '../../src/protocol/conversation';
import { dissect } from '../../src/protocol/dissect';
import type { Sender } from '../../src/protocol/dissectionContext';

type Step = readonly [sender: Sender, hex: string, ...violations: readonly string[]];

const connect5 = '10 11 0004 4d515454 05 02 003c 00 0004 64657631';
const connack5 = '20 03 00 00 00';
const publish1 = '32 07 0001 61 0005 6869';
const accepted311: readonly Step[] = [
  ['client', '10 10 0004 4d515454 04 02 003c 0004 64657631'],
  ['server', '20 02 0000'],
];

/** Conversations from their first packet; each step says which violations are found in it. */
const conversations: Readonly<Record<string, readonly Step[]>> = {
  'that keeps to the rules of 3.1.1': [
    ['client', '10 10 0004 4d515454 04 02 003c 0004 64657631'],
    ['server', '20 02 0000'],
    ['client', '82 08 000a 0003 612f62 01'],
    ['server', '90 03 000a 01'],
    ['server', '32 09 0003 612f62 0001 3132'],
    ['client', '40 02 0001'],
    ['client', 'c0 00'],
    ['server', 'd0 00'],
    ['client', 'e0 00'],
  ],
  'that keeps to the rules of 5.0': [
    ['client', connect5],
    ['server', '20 06 00 00 03 220005'],
    ['client', '30 09 0003 612f62 03 230005'],
    ['client', '30 06 0000 03 230005'],
    ['client', 'a2 08 000b 00 0003 612f62'],
    ['server', 'b0 04 000b 00 00'],
    ['server', 'e0 01 8b'],
  ],
  'whose client does not wait to be asked': [
    ['client', 'c0 00', 'firstPacketNotConnect'],
    ['client', connect5, 'secondConnect'],
  ],
  'whose server speaks first': [['server', 'd0 00', 'packetBeforeConnack']],
  'whose aliases are its own on each side': [
    ['client', '10 14 0004 4d515454 05 02 003c 03 220002 0004 64657631'],
    ['server', '20 06 00 00 03 220001'],
    ['client', '30 09 0003 612f62 03 230001'],
    ['server', '30 06 0000 03 230001', 'topicAliasUnknown'],
    ['server', '30 09 0003 632f64 03 230002'],
    ['server', '30 06 0000 03 230002'],
    ['client', '30 09 0003 612f62 03 230002', 'topicAliasTooLarge'],
  ],
  'whose answers have to fit the requests': [
    ['client', connect5],
    ['server', connack5],
    ['client', '82 0f 0001 00 0003 612f62 00 0003 632f64 00'],
    ['server', '90 04 0001 00 00', 'reasonCodesMissing'],
    // The request is answered: nothing waits for a second one.
    ['server', '90 04 0001 00 00', 'acknowledgementUnmatched'],
    ['client', '82 09 0002 00 0003 612f62 00'],
    ['client', '82 09 0002 00 0003 612f62 00', 'packetIdentifierInUse'],
    ['server', 'b0 04 0002 00 00', 'acknowledgementUnmatched'],
    ['server', '90 04 0002 00 00'],
    ['client', 'a2 08 0002 00 0003 612f62'],
    ['server', 'b0 04 0002 00 00'],
  ],
  'whose messages of QoS 1 are acknowledged [MQTT-2.2.1-3] [MQTT-2.2.1-5]': [
    ...accepted311,
    ['client', publish1],
    ['client', '32 07 0001 61 0006 6869'],
    ['server', '50 02 0005', 'acknowledgementOfOtherQos'],
    ['server', '40 02 0005'],
    ['server', '40 02 0005', 'acknowledgementUnmatched'],
    ['client', publish1],
    ['client', publish1, 'packetIdentifierInUse'],
    ['client', '3a 07 0001 61 0005 6869'],
    // One for each time it was sent; the first one frees the identifier.
    ['server', '40 02 0005'],
    ['client', publish1],
    ['server', '40 02 0005'],
    ['server', '40 02 0005'],
    ['server', '40 02 0005'],
    ['server', '40 02 0005', 'acknowledgementUnmatched'],
    // The other side has identifiers of its own.
    ['server', '32 07 0001 61 0006 6869'],
    ['client', '40 02 0006'],
    ['server', '40 02 0006'],
  ],
  'whose messages of QoS 2 are acknowledged': [
    ...accepted311,
    ['server', '34 07 0001 61 0005 6869'],
    ['client', '40 02 0005', 'acknowledgementOfOtherQos'],
    ['client', '70 02 0005', 'acknowledgementUnmatched'],
    ['client', '50 02 0005'],
    ['server', '34 07 0001 61 0005 6869', 'packetIdentifierInUse'],
    ['server', '62 02 0005'],
    ['client', '50 02 0005'],
    ['client', '70 02 0005'],
    // It answers the second PUBREC.
    ['server', '62 02 0005'],
    ['client', '70 02 0005'],
    ['server', '62 02 0005', 'acknowledgementUnmatched'],
    ['client', '70 02 0005'],
    ['server', '34 07 0001 61 0005 6869'],
  ],
  'whose PUBREC refuses the message': [
    ['client', connect5],
    ['server', connack5],
    ['client', '34 08 0001 61 0005 00 6869'],
    ['server', '50 03 0005 97'],
    ['client', '34 08 0001 61 0005 00 6869'],
    ['server', '50 02 0005'],
    ['client', '62 02 0005'],
    ['server', '70 02 0005'],
    // A PUBREC of nothing is the sender's fault and not that of who answers it.
    ['server', '50 02 0009', 'acknowledgementUnmatched'],
    ['client', '62 03 0009 92'],
    ['server', '70 02 0009'],
  ],
  'that keeps to the Receive Maximum of the other side or does not [MQTT-3.3.4-7] [MQTT-3.3.4-9]': [
    ['client', '10 14 0004 4d515454 05 02 003c 03 210002 0004 64657631'],
    ['server', '20 06 00 00 03 210001'],
    ['client', '32 08 0001 61 0001 00 6869'],
    ['client', '32 08 0001 61 0002 00 6869', 'receiveMaximumExceeded'],
    ['client', '30 06 0001 61 00 6869'],
    ['server', '40 02 0001'],
    ['server', '40 02 0002'],
    ['client', '34 08 0001 61 0003 00 6869'],
    ['server', '50 02 0003'],
    ['client', '62 02 0003'],
    ['client', '32 08 0001 61 0004 00 6869', 'receiveMaximumExceeded'],
    ['server', '70 02 0003'],
    ['server', '40 02 0004'],
    ['client', '32 08 0001 61 0005 00 6869'],
    ['server', '34 08 0001 61 0001 00 6869'],
    ['server', '34 08 0001 61 0002 00 6869'],
    ['client', '50 03 0001 80'],
    ['server', '34 08 0001 61 0003 00 6869'],
    ['server', '34 08 0001 61 0004 00 6869', 'receiveMaximumExceeded'],
  ],
  'that goes on with a session of an earlier connection': [
    ['client', '10 11 0004 4d515454 05 00 003c 00 0004 64657631'],
    ['server', '20 03 01 00 00'],
    ['client', '62 02 0007'],
    ['server', '70 02 0007'],
    ['client', '3a 08 0001 61 0008 00 6869'],
    ['server', '40 02 0008'],
    ['server', '40 02 0009', 'acknowledgementUnmatched'],
  ],
  'in which the end of an old message makes room for another (4.9)': [
    ['client', '10 14 0004 4d515454 05 00 003c 03 210001 0004 64657631'],
    ['server', '20 03 01 00 00'],
    ['server', '62 02 0007'],
    ['client', '70 03 0007 92'],
    ['server', '32 08 0001 61 0001 00 6869'],
    ['server', '32 08 0001 61 0002 00 6869'],
    ['server', '32 08 0001 61 0003 00 6869', 'receiveMaximumExceeded'],
  ],
  'whose authentication goes on until CONNACK [MQTT-4.12.0-2] [MQTT-4.12.0-3]': [
    ['client', '10 15 0004 4d515454 05 02 003c 04 15 0001 6d 0004 64657631'],
    ['server', 'f0 06 18 04 15 0001 6d'],
    ['client', 'f0 06 18 04 15 0001 6d'],
    ['server', 'f0 06 00 04 15 0001 6d', 'authenticationReasonCode'],
    ['client', 'f0 06 00 04 15 0001 6d', 'authenticationReasonCode'],
    ['server', '20 07 00 00 04 15 0001 6d'],
    ['client', 'f0 06 19 04 15 0001 6d'],
    ['server', 'f0 06 00 04 15 0001 6d'],
    ['client', 'f0 06 00 04 15 0001 6d', 'reasonCodeOfOtherSide'],
  ],
  'in which an acknowledgement cannot be read': [
    ...accepted311,
    ['client', publish1],
    ['server', '40 01 00', 'truncated'],
    ['client', publish1],
    ['server', '40 02 0007', 'acknowledgementOfUnknown'],
  ],
  'of which some packets cannot be read': [
    // CONNECT without a Client Identifier; then half a CONNACK, which may assign one.
    ['client', '10 0d 0004 4d515454 05 02 003c 00 0000'],
    ['server', '20 00', 'truncated'],
    [
      'server',
      '20 09 00 00 06 12 0003 61',
      'remainingLengthBeyondBytes',
      'propertyLengthBeyondPacket',
      'lengthBeyondPacket',
    ],
    ['client', '30 09 0003 612f62 03 230005'],
  ],
  'where each side keeps to what the other announced': [
    ['client', '10 16 0004 4d515454 05 02 003c 05 270000000a 0004 64657631'],
    ['server', '20 07 00 00 04 2401 2500'],
    ['client', '34 08 0003 612f62 0001 00', 'qosNotSupported'],
    ['client', '31 06 0003 612f62 00', 'retainNotSupported'],
    ['server', '31 08 0003 612f62 00 3132'],
    ['server', '31 09 0003 612f62 00 313233', 'packetTooLarge'],
    ['client', '30 09 0003 612f62 00 313233'],
  ],
};

describe('A conversation', () => {
  for (const [what, steps] of Object.entries(conversations)) {
    it(what, () => {
      const conversation = new Conversation();
      for (const [sender, hex, ...expected] of steps) {
        const { violations } = conversation.next(sender, fromHex(hex) ?? assert.fail(hex));
        assert.deepEqual(
          violations.map(({ id }) => id),
          expected,
          `${sender}: ${hex}`,
        );
      }
    });
  }

  it('takes the version it is given until a CONNECT says another', () => {
    const conversation = new Conversation(5);
    const next = (hex: string) => conversation.next('client', fromHex(hex) ?? assert.fail()).version;
    assert.deepEqual(
      [next('c0 00'), next('10 10 0004 4d515454 04 02 003c 0004 64657631'), next('c0 00')],
      [5, 4, 4],
    );
  });

  const idsOf = (violations: readonly { readonly id: string }[]) => violations.map(({ id }) => id);

  it('that is joined in the middle finds answers without a request suspicious', () => {
    const conversation = new Conversation(4, false);
    const next = (sender: Sender, hex: string) =>
      idsOf(conversation.next(sender, fromHex(hex) ?? assert.fail()).violations);
    assert.deepEqual(next('server', '90 03 000a 01'), ['acknowledgementOfUnknown']);
    assert.deepEqual(next('client', '40 02 0001'), ['acknowledgementOfUnknown']);
    assert.deepEqual(next('client', '62 02 0001'), ['acknowledgementOfUnknown']);
    assert.deepEqual(next('client', publish1), []);
    assert.deepEqual(next('client', publish1), ['packetIdentifierInUse']);
  });

  it('of which only one side is known says nothing of the answers of the other', () => {
    const conversation = new Conversation(5, true, true);
    const found = [
      '10 15 0004 4d515454 05 02 003c 04 15 0001 6d 0004 64657631',
      'f0 06 19 04 15 0001 6d',
      '32 08 0001 61 0005 00 6869',
      '32 08 0001 61 0005 00 6869',
      '40 02 0001',
    ].flatMap((hex) => conversation.next('client', fromHex(hex) ?? assert.fail()).violations);
    assert.deepEqual(found, []);
  });

  it('remembers as many open requests as there are Packet Identifiers', () => {
    const conversation = new Conversation(4);
    const read = dissect(fromHex('82 0c 0001 0001 61 00 0003 612f62 00') ?? assert.fail(), { version: 4 });
    const packet = read.packet?.type === 'SUBSCRIBE' ? read.packet : assert.fail();
    for (let packetIdentifier = 1; packetIdentifier <= 65_535; packetIdentifier++) {
      conversation.learn('client', read, { ...packet, packetIdentifier });
    }
    for (const value of [1, 65_535]) {
      const answer = fromHex(`90 03 ${value.toString(16).padStart(4, '0')} 00`) ?? assert.fail();
      assert.ok(idsOf(conversation.next('server', answer).violations).includes('reasonCodesMissing'));
    }
  });
});
