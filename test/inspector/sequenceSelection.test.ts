import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  allSelected,
  contains,
  countOf,
  extended,
  nothingSelected,
  onlySelected,
  toggled,
  within,
} from '../../src/inspector/sequenceSelection';

describe('A selection of packets', () => {
  it('grows and shrinks from its anchor with Shift', () => {
    const five = onlySelected(5);
    assert.deepEqual(extended(five, 8).ranges, [{ start: 5, end: 9 }]);
    const back = extended(extended(five, 8), 3);
    assert.deepEqual(back, { ranges: [{ start: 3, end: 6 }], anchor: 5, lead: 3 });
  });

  it('takes single packets in and out with Ctrl', () => {
    const three = toggled(toggled(onlySelected(5), 7), 6);
    assert.deepEqual(three.ranges, [{ start: 5, end: 8 }]);
    assert.deepEqual(toggled(three, 6).ranges, [
      { start: 5, end: 6 },
      { start: 7, end: 8 },
    ]);
    assert.deepEqual(toggled(onlySelected(5), 5).ranges, []);
  });

  it('keeps what is selected besides with Ctrl and Shift', () => {
    const { ranges } = extended(toggled(onlySelected(2), 10), 12, true);
    assert.deepEqual(ranges, [
      { start: 2, end: 3 },
      { start: 10, end: 13 },
    ]);
  });

  it('takes all, with the details of what they were', () => {
    assert.deepEqual(allSelected(onlySelected(5), { start: 1, end: 1_000_001 }), {
      ranges: [{ start: 1, end: 1_000_001 }],
      anchor: 5,
      lead: 5,
    });
    assert.deepEqual(allSelected(nothingSelected, { start: 4, end: 9 }).lead, 4);
    assert.deepEqual(allSelected(onlySelected(5), { start: 7, end: 7 }), nothingSelected);
  });

  it('loses what the log loses', () => {
    assert.deepEqual(
      within(
        [
          { start: 1, end: 5 },
          { start: 8, end: 9 },
        ],
        { start: 3, end: 8 },
      ),
      [{ start: 3, end: 5 }],
    );
  });

  it('is what a set of numbers would be', () => {
    const step = fc.tuple(fc.constantFrom('toggle', 'only', 'extend', 'add'), fc.nat(20));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        let selection = nothingSelected;
        let set = new Set<number>();
        let anchor: number | undefined;
        for (const [kind, at] of steps) {
          const from = anchor ?? at;
          const range = Array.from(
            { length: Math.abs(at - from) + 1 },
            (_, index) => Math.min(at, from) + index,
          );
          if (kind === 'toggle') {
            selection = toggled(selection, at);
            if (!set.delete(at)) set.add(at);
            anchor = at;
          } else if (kind === 'only') {
            selection = onlySelected(at);
            set = new Set([at]);
            anchor = at;
          } else {
            selection = extended(selection, at, kind === 'add');
            set = new Set([...(kind === 'add' ? set : []), ...range]);
            anchor = from;
          }
          assert.equal(countOf(selection.ranges), set.size);
          for (let number = 0; number <= 20; number++)
            assert.equal(contains(selection.ranges, number), set.has(number));
        }
      }),
    );
  });
});
