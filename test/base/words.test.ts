import assert from 'node:assert/strict';
import fc from 'fast-check';
import { areSame, copyTo, viewOf } from '../../src/base/words';

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

  it('are the same where each of them is', () => {
    const places = fc.tuple(fc.nat(20), fc.nat(20), fc.nat(12));
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 32, maxLength: 32, max: 1 }),
        places,
        (bytes, [one, other, length]) => {
          const part = (start: number) => [...bytes.slice(start, start + length)];
          const expected = part(one).join() === part(other).join();
          assert.equal(areSame(viewOf(bytes), one, other, length), expected);
        },
      ),
    );
  });
});
