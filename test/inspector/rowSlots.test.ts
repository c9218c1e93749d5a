import assert from 'node:assert/strict';
import fc from 'fast-check';
import { RowSlots } from '../../media/inspector/rowSlots';

const rowHeight = 22;

/** Rows [`first`, `end`). */
function range(first: number, end: number): readonly number[] {
  return Array.from({ length: end - first }, (_, index) => first + index);
}

function inDocument(slots: RowSlots): readonly number[] {
  return slots.inDocument.map(({ row }) => row);
}

/** Which element each row has. */
function elements(slots: RowSlots): ReadonlyMap<number, number> {
  return new Map(slots.inDocument.map(({ id, row }) => [row, id]));
}

describe('The elements of the rows in sight', () => {
  it('are kept in their place by the rows that stay, and those of rows that went are taken', () => {
    const span = fc.record({ first: fc.nat(60), count: fc.nat(12), ordered: fc.boolean() });
    fc.assert(
      fc.property(fc.array(span), (steps) => {
        const slots = new RowSlots(rowHeight);
        for (const { first, count, ordered } of steps) {
          const before = elements(slots);
          const places = new Map([...before.keys()].map((row) => [row, slots.topOf(row)]));
          slots.show(first, first + count);
          const after = elements(slots);
          assert.deepEqual(
            [...after.keys()].sort((a, b) => a - b),
            range(first, first + count),
          );
          const ids = new Set(after.values());
          assert.equal(ids.size, count);
          for (const [row, id] of before) {
            if (!after.has(row)) continue;
            assert.equal(after.get(row), id);
            assert.equal(slots.topOf(row), places.get(row));
          }
          const made = [...ids].filter((id) => ![...before.values()].includes(id));
          assert.equal(made.length, Math.max(0, count - before.size));
          if (ordered) {
            slots.order();
            assert.deepEqual(inDocument(slots), range(first, first + count));
            assert.deepEqual(elements(slots), new Map([...after].sort(([a], [b]) => a - b)));
          }
        }
      }),
    );
  });

  it('come to rest as soon as the same rows stay, however often they are drawn', () => {
    const rows = new RowSlots(rowHeight);
    assert.equal(rows.show(100, 110), true);
    assert.equal(rows.show(100, 110), false);
    assert.equal(rows.show(101, 111), true);
    assert.equal(rows.show(101, 112), true);
  });

  it('stand a row below each other wherever the rows are', () => {
    const slots = new RowSlots(rowHeight);
    for (const first of [0, 7, 400_000, 399_995, 12_000_000]) {
      slots.show(first, first + 10);
      const top = slots.topOf(first);
      assert.deepEqual(
        range(first, first + 10).map((row) => slots.topOf(row)),
        range(0, 10).map((index) => top + index * rowHeight),
      );
    }
  });

  it('stay within what a browser places to the pixel, however far the list is scrolled row by row', () => {
    const slots = new RowSlots(rowHeight);
    for (let first = 0; first < 100_000; first += 5) {
      slots.show(first, first + 10);
      assert.ok(Math.abs(slots.topOf(first)) <= 1_000_000);
    }
  });

  it('do not move in the document while it is scrolled, and have the order of the rows when that rests', () => {
    const slots = new RowSlots(rowHeight);
    slots.show(100, 110);
    const order = slots.inDocument.map(({ id }) => id);
    for (const first of [104, 107, 103, 95, 98, 50_000]) {
      slots.show(first, first + 10);
      assert.deepEqual(
        slots.inDocument.map(({ id }) => id),
        order,
      );
    }
    slots.show(50_003, 50_013);
    assert.notDeepEqual(inDocument(slots), range(50_003, 50_013));
    assert.equal(slots.order(), true);
    assert.deepEqual(inDocument(slots), range(50_003, 50_013));
    assert.equal(slots.order(), false);
  });

  it('are in the order of the rows at once where other rows come in sight altogether', () => {
    const slots = new RowSlots(rowHeight);
    slots.show(100, 110);
    slots.show(50_000, 50_010);
    assert.deepEqual(inDocument(slots), range(50_000, 50_010));
    slots.show(3, 15);
    assert.deepEqual(inDocument(slots), range(3, 15));
  });

  it('are told to be of other rows only where they are', () => {
    const slots = new RowSlots(rowHeight);
    const spans = [
      [100, 110],
      [100, 110],
      [101, 111],
      [101, 112],
      [101, 112],
      [0, 0],
      [0, 0],
    ] as const;
    assert.deepEqual(
      spans.map(([first, end]) => slots.show(first, end)),
      [true, false, true, true, false, true, false],
    );
  });
});
