import assert from 'node:assert/strict';
import { isoTime } from '../../src/base/isoTime';

describe('A time in ISO 8601', () => {
  it('has the microsecond that was captured, though a double lies beside it', () => {
    const second = Date.UTC(2026, 10, 22, 14, 2, 11);
    for (let micros = 0; micros < 1_000_000; micros += 37) {
      const expected = `2026-11-22T14:02:11.${String(micros).padStart(6, '0')}Z`;
      assert.equal(isoTime(second + micros / 1000), expected);
    }
  });

  it('is a number where no calendar reaches', () => assert.equal(isoTime(1e17), '100000000000000000'));
});
