import assert from 'node:assert/strict';
import fc from 'fast-check';
import { fromHex, toHex } from '../../src/base/bytes';
import {
  asciiText,
  decodeUtf8,
  encodeUtf8,
  findIllFormedUtf8,
  utf8Length,
  writeUtf8,
} from '../../src/base/utf8';

const bytes = (hex: string): Uint8Array => fromHex(hex) ?? assert.fail(`${hex} is hexadecimal`);
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

describe('UTF-8', () => {
  const wellFormed: readonly (readonly [string, string])[] = [
    ['', ''],
    ['00417f', '\0A\x7f'],
    ['c280 dfbf', '\u0080\u07ff'],
    ['e0a080 ed9fbf ee8080 efbfbf', '\u0800\ud7ff\ue000\uffff'],
    ['f0908080 f48fbfbf', '\u{10000}\u{10ffff}'],
    ['efbbbf61', '\ufeffa'],
  ];
  for (const [hex, text] of wellFormed) {
    it(`reads and writes ${hex === '' ? 'nothing' : hex}`, () => {
      assert.equal(decodeUtf8(bytes(hex)), text);
      assert.equal(toHex(encodeUtf8(text)), toHex(bytes(hex)));
      assert.equal(findIllFormedUtf8(bytes(hex), 0, bytes(hex).length), -1);
    });
  }

  const illFormed: readonly (readonly [name: string, hex: string, offset: number])[] = [
    ['a continuation byte alone', '6180', 1],
    ['a two-byte form of ASCII', 'c1bf', 0],
    ['a three-byte form of what needs two', 'e09fbf', 0],
    ['a four-byte form of what needs three', 'f08fbfbf', 0],
    ['a surrogate', '41eda080', 1],
    ['a code point beyond U+10FFFF', 'f4908080', 0],
    ['a lead byte that no character has', 'f5808080', 0],
    ['a character that the end cuts', '61e282', 1],
    ['a character that another cuts', 'e28261', 0],
  ];
  for (const [name, hex, offset] of illFormed) {
    it(`finds ${name}`, () => {
      assert.equal(findIllFormedUtf8(bytes(hex), 0, bytes(hex).length), offset);
      assert.equal(decodeUtf8(bytes(hex)), undefined);
    });
  }

  it('looks only at the bytes it is pointed to', () => {
    assert.equal(decodeUtf8(bytes('ff c3a4 41 ff'), 1, 4), 'äA');
    assert.equal(findIllFormedUtf8(bytes('ff c3a4 ff'), 1, 3), -1);
    assert.equal(asciiText(bytes('ff4142ff'), 1, 3), 'AB');
  });

  it('writes a lone surrogate as U+FFFD and counts it so', () => {
    for (const text of ['\ud800', 'a\udc00b', '\udc00\ud800']) {
      assert.equal(toHex(encodeUtf8(text)), toHex(new TextEncoder().encode(text)));
      assert.equal(utf8Length(text), new TextEncoder().encode(text).length);
    }
  });

  it('writes where it is told and says where it ended', () => {
    const buffer = new Uint8Array(6);
    assert.equal(writeUtf8('ä1', buffer, 2), 5);
    assert.equal(toHex(buffer), '0000c3a43100');
  });

  it('reads texts longer than its pieces', () => {
    const text = `${'a'.repeat(20_000)}${'😀ä'.repeat(5000)}`;
    assert.equal(decodeUtf8(encodeUtf8(text)), text);
  });

  it('agrees with the platform on any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const expected = new TextEncoder().encode(text);
        assert.equal(toHex(encodeUtf8(text)), toHex(expected));
        assert.equal(utf8Length(text), expected.length);
      }),
    );
  });

  it('agrees with the platform on any bytes', () => {
    const likely = fc.array(
      fc.constantFrom(0x41, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc2, 0xe0, 0xe1, 0xed, 0xf0, 0xf1, 0xf4),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          likely.map((list) => Uint8Array.from(list)),
        ),
        (any) => {
          let expected: string | undefined;
          try {
            expected = strict.decode(any);
          } catch {
            expected = undefined;
          }
          assert.equal(decodeUtf8(any), expected);
          assert.equal(findIllFormedUtf8(any, 0, any.length) === -1, expected !== undefined);
        },
      ),
      { numRuns: 2000 },
    );
  });
});
