import { strict as assert } from 'node:assert';
import { fromHex } from '../../src/base/bytes';
import type { Captures } from '../support/scripts/hexText';
import { bytesOf, matches, tokensOf } from '../support/scripts/hexText';
import { playWithNotes } from '../support/scripts/playAgainst';
import type { MosquittoNote, Script, Step } from '../support/scripts/script';
import { loadParts } from '../support/scripts/script';
import { playScript } from '../support/scripts/scriptPlayer';
import { memoryTarget } from '../support/scripts/scriptTargets';

const parts = loadParts();

function script(...steps: Step[]): Script {
  const nothing = { broker: undefined, fakeClock: undefined, notMosquitto: undefined };
  return { file: 'here', name: 'a script', ...nothing, steps };
}

const ping: Step = { send: 'a', hex: ['c0 00 # PINGREQ'] };

describe('The player of scripts', () => {
  const rows: readonly (readonly [pattern: string, packet: string, matching: boolean])[] = [
    ['40 02 0001', '40020001', true],
    ['40 02 0001', '4002000100', false],
    ['40 02 ?? 01', '40020501', true],
    ['20 len 00 ...', '20800100aabb', true],
    ['40 ( 02 0001 | 03 0001 10 )', '4003000110', true],
    ['40 ( 02 0001 | 03 0001 10 )', '4003000111', false],
    ['61*3 62', '61616162', true],
    ['<p> <p>', '00070007', true],
    ['<p> <p>', '00070008', false],
    ['<known> 00', '123400', true],
    ['<known> 00', '123500', false],
  ];
  for (const [pattern, packet, matching] of rows) {
    it(`${matching ? 'finds' : 'does not find'} ${pattern} in ${packet}`, () => {
      const bytes = fromHex(packet);
      assert.ok(bytes);
      assert.equal(matches(bytes, tokensOf([pattern], parts), new Map([['known', '1234']])), matching);
    });
  }

  it('sends what was captured', () => {
    const captures: Captures = new Map();
    assert.ok(matches(Uint8Array.of(0x32, 0, 7), tokensOf(['32 <p>'], parts), captures));
    assert.deepEqual(
      bytesOf(['40', '02', '<p>', '61*2'], captures),
      Uint8Array.of(0x40, 2, 0, 7, 0x61, 0x61),
    );
  });

  const wrong: readonly (readonly [what: string, steps: Step[], complaint: RegExp])[] = [
    ['another packet', [ping, { expect: 'a', hex: ['d0 01'] }], /step 3: d0 00 instead of d0 01/],
    ['no packet', [{ expect: 'a', hex: ['d0 00'] }], /step 2: nothing instead of d0 00/],
    ['a packet too many', [ping], /at the end, a: d0 00 instead of nothing/],
    ['a close', [{ send: 'a', hex: ['c1 00'] }], /at the end, a: closed instead of nothing/],
    ['no close', [{ expectClose: 'a' }], /step 2: nothing instead of closed/],
  ];
  for (const [what, steps, complaint] of wrong) {
    it(`complains about ${what}`, async () => {
      const target = memoryTarget(undefined);
      const playing = playScript(script({ connect: 'a', as: '3.1.1' }, ...steps), target, parts);
      await assert.rejects(playing, complaint);
      await target.stop();
    });
  }

  const noted: readonly (readonly [what: string, note: MosquittoNote, hex: string, complaint?: RegExp])[] = [
    ['takes what a note says', { got: 'd0 00', why: 'so' }, 'd0 01'],
    ['refuses a note that is stale', { got: 'd0 01', why: 'so' }, 'd0 00', /the note is stale/],
    [
      'refuses what no note says',
      { got: 'closed', why: 'so' },
      'd0 01',
      /was to answer otherwise \(closed\)/,
    ],
  ];
  for (const [what, mosquitto, hex, complaint] of noted) {
    it(what, async () => {
      const target = memoryTarget(undefined);
      const steps = [ping, { expect: 'a', hex: [hex], mosquitto }];
      const playing = playWithNotes(script({ connect: 'a', as: '3.1.1' }, ...steps), target, parts);
      await (complaint ? assert.rejects(playing, complaint) : playing);
      await target.stop();
    });
  }
});
