import * as assert from 'node:assert/strict';
import { captureBudget } from '../../src/ui/capture/captureBudget';

describe('The capture budget', () => {
  const mebibyte = 1024 * 1024;
  const cases: readonly [written: unknown, mebibytes: number][] = [
    [64, 64],
    [1.5, 1.5],
    [1, 1],
    [1024, 1024],
    [0, 1],
    [-5, 1],
    [1e9, 1024],
    [Number.POSITIVE_INFINITY, 1024],
    [Number.NaN, 256],
    ['32', 256],
    ['much', 256],
    [undefined, 256],
    [null, 256],
    [[8], 256],
  ];
  for (const [written, mebibytes] of cases) {
    it(`of ${typeof written} ${String(written)} is ${mebibytes} MiB`, () =>
      assert.equal(captureBudget(written), mebibytes * mebibyte));
  }
});
