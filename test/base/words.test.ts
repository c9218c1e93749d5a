import assert from 'node:assert/strict';
import fc from 'fast-check';
import { equalBytes } from '../../src/base/bytes';
import { copyTo, equalsAt, viewOf } from '../../src/base/words';

describe('Bytes four at a time', () => {
  const some = fc.uint8Array({ maxLength: 20 });

  it('are equal where they are byte by byte, wherever they start', () => {
    fc.assert(
      fc.property(some, some, fc.nat(5), fc.option(fc.nat(19)), (name, rest, start, changed) => {
        const buffer = new Uint8Array(start + name.length + rest.length);
        buffer.set(name, start);
        if (changed !== null && changed < buffer.length) buffer[changed] = (buffer[changed] as number) ^ 1;
        const there = buffer.subarray(start, start + name.length);
        assert.equal(equalsAt(viewOf(name), viewOf(buffer), start), equalBytes(name, there));
      }),
    );
  });

  it('are copied as they are, and nothing beside them', () => {
    fc.assert(
      fc.property(some, fc.nat(5), (bytes, start) => {
        const buffer = new Uint8Array(30).fill(0xee);
        copyTo(viewOf(buffer), start, viewOf(bytes));
        const expected = new Uint8Array(30).fill(0xee);
        expected.set(bytes, start);
        assert.deepEqual(buffer, expected);
      }),
    );
  });
});
