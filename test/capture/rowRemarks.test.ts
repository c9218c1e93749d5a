import assert from 'node:assert/strict';
import { RowRemarks } from '../../src/capture/rowRemarks';
import type { Violation } from '../../src/protocol/violations';

const remark = (value: number): Violation => ({ id: 'acknowledgementUnmatched', offset: 2, value });

describe('Remarks on rows', () => {
  it('are several of one row, in their order', () => {
    const remarks = new RowRemarks({ first: 1 });
    remarks.add(5, remark(1));
    remarks.add(5, remark(2));
    remarks.add(7, remark(3));
    assert.deepEqual(remarks.of(5), [remark(1), remark(2)]);
    assert.deepEqual(
      remarks.between(1, 7).map(({ sequence }) => sequence),
      [5, 5],
    );
  });

  it('go with their rows', () => {
    const log = { first: 1 };
    const remarks = new RowRemarks(log);
    for (let sequence = 1; sequence <= 10; sequence++) remarks.add(sequence, remark(sequence));
    log.first = 8;
    remarks.add(11, remark(11));
    assert.deepEqual(
      remarks.between(0, Infinity).map(({ sequence }) => sequence),
      [8, 9, 10, 11],
    );
    remarks.add(3, remark(3));
    assert.equal(remarks.of(3), undefined);
  });

  it('are those of the newest rows where there are too many, however many there were', () => {
    const remarks = new RowRemarks({ first: 1 });
    for (let sequence = 1; sequence <= 35_000; sequence++) remarks.add(sequence, remark(1));
    const kept = remarks.between(0, Infinity).map(({ sequence }) => sequence);
    assert.deepEqual([kept.length, kept[0], kept.at(-1)], [10_000, 25_001, 35_000]);
  });
});
