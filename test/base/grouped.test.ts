import assert from 'node:assert/strict';
import fc from 'fast-check';
import { grouped } from '../../src/base/grouped';

describe('A number with its digits in groups', () => {
  it('reads as Intl has it, whatever whole number it is', () => {
    const whole = fc.oneof(
      fc.integer({ min: -1_000_000, max: 1_000_000 }),
      fc.maxSafeInteger(),
      fc.constantFrom(0, 999, 1000, -999, -1000, 999_999, 1_000_000),
    );
    fc.assert(fc.property(whole, (value) => assert.equal(grouped(value), value.toLocaleString('en'))));
  });
});
