import assert from 'node:assert/strict';
import fc from 'fast-check';
import { concatBytes, equalBytes, fromHex, hexByte, toHex } from '../../src/base/bytes';

describe('Bytes', () => {
  it('are joined in order, into a buffer of their own', () => {
    const first = Uint8Array.of(1, 2);
    const whole = concatBytes([first, Uint8Array.of(), Uint8Array.of(3)]);
    first[0] = 9;
    assert.deepEqual(whole, Uint8Array.of(1, 2, 3));
    assert.deepEqual(concatBytes([]), new Uint8Array(0));
  });

  const pairs: readonly (readonly [string, string, boolean])[] = [
    ['', '', true],
    ['0102', '0102', true],
    ['0102', '0103', false],
    ['0102', '01', false],
    ['01', '0102', false],
  ];
  for (const [a, b, equal] of pairs) {
    it(`${a || 'none'} and ${b || 'none'} are ${equal ? 'equal' : 'different'}`, () => {
      assert.equal(equalBytes(fromHex(a) ?? assert.fail(), fromHex(b) ?? assert.fail()), equal);
    });
  }

  it('are shown as two digits each', () => {
    assert.deepEqual([hexByte(0), hexByte(10), hexByte(255), hexByte(0x1ff)], ['00', '0a', 'ff', 'ff']);
    assert.equal(toHex(Uint8Array.of(222, 173), ' '), 'de ad');
  });

  const digits: readonly (readonly [text: string, bytes: readonly number[] | undefined])[] = [
    ['', []],
    [' DE ad\n\tBEEF ', [0xde, 0xad, 0xbe, 0xef]],
    ['0', undefined],
    ['0g', undefined],
    ['0x01', undefined],
    ['-1', undefined],
  ];
  for (const [text, expected] of digits) {
    it(`of the digits ${JSON.stringify(text)} are ${expected ? `[${expected.join(' ')}]` : 'none'}`, () => {
      assert.deepEqual(fromHex(text), expected && Uint8Array.from(expected));
    });
  }

  it('come back from their digits', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (any) => assert.deepEqual(fromHex(toHex(any, ' ')), Uint8Array.from(any))),
    );
  });
});
