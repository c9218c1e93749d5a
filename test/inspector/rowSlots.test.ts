import assert from 'node:assert/strict';
import { RowSlots } from '../../media/inspector/rowSlots';

const rowHeight = 22;

function slots(of: RowSlots, first: number, end: number): readonly number[] {
  return Array.from({ length: end - first }, (_, index) => of.slotOf(first + index));
}

function places(of: RowSlots, first: number, end: number): readonly number[] {
  return Array.from({ length: end - first }, (_, index) => of.topOf(first + index));
}

function range(first: number, end: number): readonly number[] {
  return Array.from({ length: end - first }, (_, index) => first + index);
}

describe('The elements of the rows in sight', () => {
  it('are kept as long as the rows stay, in their place, and those that come get the others', () => {
    const rows = new RowSlots(rowHeight);
    rows.show(100, 110);
    const before = slots(rows, 100, 110);
    const placesBefore = places(rows, 100, 110);
    assert.equal(new Set(before).size, 10);
    rows.show(104, 114);
    assert.deepEqual(slots(rows, 104, 110), before.slice(4));
    assert.deepEqual(places(rows, 104, 110), placesBefore.slice(4));
    assert.deepEqual(slots(rows, 110, 114), before.slice(0, 4));
    rows.show(97, 107);
    assert.deepEqual(slots(rows, 104, 107), before.slice(4, 7));
    assert.deepEqual(places(rows, 104, 107), placesBefore.slice(4, 7));
    assert.equal(new Set(slots(rows, 97, 107)).size, 10);
  });

  it('stand a row below each other wherever the rows are', () => {
    const rows = new RowSlots(rowHeight);
    for (const first of [0, 7, 400_000, 399_995, 12_000_000]) {
      rows.show(first, first + 10);
      const [top = Number.NaN] = places(rows, first, first + 1);
      assert.deepEqual(
        places(rows, first, first + 10),
        range(0, 10).map((index) => top + index * rowHeight),
      );
    }
  });

  it('stay within what a browser places to the pixel, however far the list is scrolled row by row', () => {
    const rows = new RowSlots(rowHeight);
    for (let first = 0; first < 200_000; first += 5) {
      rows.show(first, first + 10);
      assert.ok(Math.abs(rows.topOf(first)) <= 1_000_000);
    }
  });

  it('do not change their order in the document while scrolling, and have that of the rows when it rests', () => {
    const rows = new RowSlots(rowHeight);
    rows.show(100, 110);
    assert.deepEqual(rows.rows, range(100, 110));
    const inDocument = rows.rows.map((row) => rows.slotOf(row));
    for (const first of [104, 107, 103, 95, 98]) {
      rows.show(first, first + 10);
      assert.deepEqual(
        [...rows.rows].sort((a, b) => a - b),
        range(first, first + 10),
      );
      assert.deepEqual(
        rows.rows.map((row) => rows.slotOf(row)),
        inDocument,
      );
    }
    assert.notDeepEqual(rows.rows, range(98, 108));
    assert.equal(rows.order(), true);
    assert.deepEqual(rows.rows, range(98, 108));
    assert.equal(rows.order(), false);
  });

  it('do not move where other rows come in sight altogether', () => {
    const rows = new RowSlots(rowHeight);
    rows.show(100, 110);
    rows.show(103, 113);
    const order = slots(rows, 103, 113);
    rows.show(50_000, 50_010);
    assert.deepEqual(slots(rows, 50_000, 50_010), order);
    rows.show(7, 17);
    assert.deepEqual(slots(rows, 7, 17), order);
  });

  it('are told to be of other rows only where they are', () => {
    const rows = new RowSlots(rowHeight);
    assert.deepEqual(
      (
        [
          [100, 110],
          [100, 110],
          [101, 111],
          [101, 112],
          [101, 112],
          [0, 0],
          [0, 0],
        ] as const
      ).map(([first, end]) => rows.show(first, end)),
      [true, false, true, true, false, true, false],
    );
  });

  it('are one each when their number changes', () => {
    const rows = new RowSlots(rowHeight);
    for (const [first, end] of [
      [0, 0],
      [0, 3],
      [1, 9],
      [4, 7],
      [4, 4],
      [90, 95],
    ] as const) {
      rows.show(first, end);
      assert.equal(new Set(slots(rows, first, end)).size, end - first);
      assert.deepEqual(rows.rows, range(first, end));
    }
    rows.show(92, 97);
    rows.order();
    rows.show(92, 95);
    assert.deepEqual(rows.rows, range(92, 95));
  });
});
