import * as assert from 'node:assert/strict';
import { LineChanges, type LineChange } from '../../src/ui/snippets/lineChanges';

function replaced(startLine: number, endLine: number, addedBreaks: number): LineChange {
  return { startLine, endLine, addedBreaks };
}

describe('A line of an earlier version', () => {
  const cases: readonly [
    what: string,
    changes: readonly LineChange[],
    line: number,
    now: number | undefined,
  ][] = [
    ['stays when something is typed in it', [replaced(5, 5, 0)], 5, 5],
    ['stays when something changes below', [replaced(6, 9, 20)], 5, 5],
    ['moves down when lines come in above', [replaced(2, 2, 3)], 5, 8],
    ['moves up when lines above go', [replaced(1, 4, 0)], 5, 2],
    ['is gone when it is replaced with its neighbours', [replaced(3, 7, 4)], 5, undefined],
    ['is not known when it is broken in two', [replaced(5, 5, 1)], 5, undefined],
    ['moves with each of several changes', [replaced(8, 9, 0), replaced(2, 2, 1), replaced(0, 1, 0)], 5, 5],
  ];
  for (const [what, changes, line, now] of cases) {
    it(what, () => {
      const history = new LineChanges();
      history.record(2, changes);
      assert.equal(history.lineNow(line, 1, 2), now);
    });
  }

  it('moves through all versions since', () => {
    const history = new LineChanges();
    for (let version = 2; version <= 5; version++) history.record(version, [replaced(0, 0, 1)]);
    assert.equal(history.lineNow(7, 1, 5), 11);
    assert.equal(history.lineNow(7, 4, 5), 8);
    assert.equal(history.lineNow(7, 5, 5), 7);
  });

  it('is not known when there were more changes than are kept', () => {
    const history = new LineChanges();
    for (let version = 2; version <= 1000; version++) history.record(version, [replaced(0, 0, 0)]);
    assert.equal(history.lineNow(7, 1, 1000), undefined);
    assert.equal(history.lineNow(7, 990, 1000), 7);
  });
});
