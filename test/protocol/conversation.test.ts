import assert from 'node:assert/strict';
import { fromHex } from '../../src/base/bytes';
import { Conversation } from '../../src/protocol/conversation';
import type { Sender } from '../../src/protocol/dissectionContext';

type Step = readonly [sender: Sender, hex: string, ...violations: readonly string[]];

const connect5 = '10 11 0004 4d515454 05 02 003c 00 0004 64657631';
const connack5 = '20 03 00 00 00';

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
    // The request is answered: a second answer is held against nothing.
    ['server', '90 04 0001 00 00'],
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

  it('forgets the oldest of too many requests that nobody answers', () => {
    const conversation = new Conversation(4);
    const identifier = (value: number) => value.toString(16).padStart(4, '0');
    for (let value = 1; value <= 1100; value++) {
      conversation.next(
        'client',
        fromHex(`82 0c ${identifier(value)} 0001 61 00 0003 612f62 00`) ?? assert.fail(),
      );
    }
    const answered = (value: number) =>
      conversation
        .next('server', fromHex(`90 03 ${identifier(value)} 00`) ?? assert.fail())
        .violations.map(({ id }) => id);
    assert.ok(!answered(1).includes('reasonCodesMissing'));
    assert.ok(answered(1100).includes('reasonCodesMissing'));
  });
});
