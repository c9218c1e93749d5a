import assert from 'node:assert/strict';
import type { Pace } from '../../../src/base/slices';
import { seek, TextTest } from '../../../src/capture/filter/seek';
import { PacketLog } from '../../../src/capture/packetLog';
import { fill } from './randomLog';

/** A clock that never says that time is up. */
const pace: Pace = { now: () => 0, rest: () => Promise.resolve() };

describe('A search for a text from row to row', () => {
  const log = new PacketLog({ byteBudget: 4 * 1024 * 1024, segmentBytes: 16 * 1024 });
  fill(log, 1500, 11, [log.openConnection('bench')]);
  const shown = (sequence: number): Uint8Array | undefined => log.bytesAt(sequence);
  const rows = { first: log.first, end: log.end, sequenceAt: (index: number) => index };

  /** All rows that one step after another finds. */
  async function all(test: TextTest, step: 1 | -1): Promise<readonly number[]> {
    const found: number[] = [];
    for (let from = step > 0 ? log.first - 1 : log.end; ;) {
      const sought = await seek({ log, rows, test, from, step, pace, wanted: () => true });
      if (!sought || sought.wrapped) return found;
      found.push(sought.sequence);
      from = sought.index;
    }
  }

  for (const [text, ignoreCase] of [
    ['on', false],
    ['HELLO', true],
    ['devices/7/STATE', true],
    ['"mV"', false],
    ['größe', false],
    ['nobody sent this', false],
    ['{', true],
  ] as const) {
    it(`finds the same both ways as a look at each row: ${text}${ignoreCase ? ', in any case' : ''}`, async () => {
      const plain = (value: string): string => (ignoreCase ? value.toLowerCase() : value);
      const expected: number[] = [];
      for (let sequence = log.first; sequence < log.end; sequence++) {
        const row = log.row(sequence);
        const bytes = plain(Buffer.from(log.bytesAt(sequence) ?? []).toString('utf8'));
        // The topic that an alias stands for is looked through as well.
        if (bytes.includes(plain(text)) || plain(row?.topic ?? '').includes(plain(text)))
          expected.push(sequence);
      }
      assert.deepEqual(await all(new TextTest(text, ignoreCase, shown), 1), expected);
      assert.deepEqual(await all(new TextTest(text, ignoreCase, shown), -1), [...expected].reverse());
    });
  }

  it('tells between slices how far it is', async () => {
    let now = 0;
    const slow: Pace = { now: () => (now += 100), rest: () => Promise.resolve() };
    const told: number[] = [];
    const test = new TextTest('nobody sent this', false, shown);
    const progress = (asked: number): void => void told.push(asked);
    await seek({ log, rows, test, from: 0, step: 1, pace: slow, wanted: () => true, progress });
    assert.equal(told.length, Math.floor(1500 / 64));
    assert.ok(told.every((each, index) => each > (told[index - 1] ?? 0) && each < 1));
  });
});
