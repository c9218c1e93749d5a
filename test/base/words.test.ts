import assert from 'node:assert/strict';
import fc from 'fast-check';
import { copyTo, viewOf } from '../../src/base/words';

describe('Bytes four at a time', () => {
  const some = fc.uint8Array({ maxLength: 20 });

  it('are copied as they are, and nothing beside them', () => {
    fc.assert(
      fc.property(some, fc.nat(5), (bytes, start) => {
        const buffer = new Uint8Array(30).fill(0xee);
        copyTo(viewOf(buffer), start, viewOf(bytes), bytes.length);
        const expected = new Uint8Array(30).fill(0xee);
        expected.set(bytes, start);
        assert.deepEqual(buffer, expected);
      }),
    );
  });
});
