import assert from 'node:assert/strict';
import fc from 'fast-check';
import { SequenceMap } from '../../src/base/sequenceMap';

describe('A map whose numbers are given in sequence', () => {
  /** Adds so many, or takes what was added the given part of the way back. */
  const step = fc.oneof(
    fc.record({ add: fc.integer({ min: 1, max: 100 }) }),
    fc.record({ take: fc.double({ min: 0, max: 1, noNaN: true }), count: fc.integer({ min: 1, max: 100 }) }),
    { weight: 1, arbitrary: fc.constant('clear' as const) },
  );

  it('says what a Map says, in the same order', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const map = new SequenceMap<string>();
        const model = new Map<number, string>();
        let last = 0;
        for (const each of steps) {
          if (each === 'clear') {
            map.clear();
            model.clear();
          } else if ('add' in each) {
            for (let count = 0; count < each.add; count++) {
              const number = map.add(`value ${++last}`);
              assert.equal(number, last);
              model.set(number, `value ${number}`);
            }
          } else {
            const start = Math.floor(each.take * last);
            for (let number = start; number < start + each.count; number++) {
              assert.equal(map.has(number), model.has(number));
              assert.equal(map.take(number), model.get(number));
              model.delete(number);
            }
          }
          assert.equal(map.size, model.size);
          assert.deepEqual([...map], [...model]);
        }
      }),
    );
  });

  it('keeps one that stays for ever without a place for each that comes after it', () => {
    const map = new SequenceMap<string>();
    const stays = map.add('stays');
    for (let count = 0; count < 100_000; count++) assert.equal(map.take(map.add('passes')), 'passes');
    assert.ok(map['ring'].length <= 64);
    assert.deepEqual([...map], [[stays, 'stays']]);
    assert.equal(map.take(stays), 'stays');
    assert.equal(map.size, 0);
  });
});
