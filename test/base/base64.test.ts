import assert from 'node:assert/strict';
import fc from 'fast-check';
import { fromBase64 } from '../../src/base/base64';

describe('Base64', () => {
  const texts: readonly (readonly [text: string, bytes: string])[] = [
    ['', ''],
    ['Zg==', 'f'],
    ['Zm8=', 'fo'],
    ['Zm9v', 'foo'],
    ['Zm9vYg', 'foob'],
    [' Zm9v\r\nYmE = ', 'fooba'],
  ];
  for (const [text, bytes] of texts) {
    it(`${JSON.stringify(text)} is ${JSON.stringify(bytes)}`, () => {
      const read = fromBase64(text);
      assert.ok(read instanceof Uint8Array);
      assert.equal(Buffer.from(read).toString('latin1'), bytes);
    });
  }

  const wrong: readonly (readonly [text: string, offset: number, why: string])[] = [
    ['Zm9v!', 4, 'a character that is no digit'],
    ['Zm-v', 2, 'a digit of the alphabet for file names'],
    ['Z', 0, 'a digit alone'],
    ['Zg=', 2, 'padding that is too short'],
    ['Zg===', 4, 'padding that is too long'],
    ['Zm8==', 4, 'padding that is too long'],
    ['Zm9v=', 4, 'padding where none belongs'],
    ['=', 0, 'padding alone'],
    ['Zg==Zg==', 4, 'digits after padding'],
    ['Zh==', 3, 'bits beyond the last byte'],
    ['Zm9', 2, 'bits beyond the last byte, without padding'],
  ];
  for (const [text, offset, why] of wrong) {
    it(`does not take ${text}: ${why}`, () => assert.equal(fromBase64(text), offset));
  }

  it('gives back what the platform wrote, with and without padding', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (any) => {
        const text = Buffer.from(any).toString('base64');
        assert.deepEqual(fromBase64(text), Uint8Array.from(any));
        assert.deepEqual(fromBase64(text.replace(/=+$/, '')), Uint8Array.from(any));
      }),
    );
  });

  it('takes no text that the platform would write otherwise', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...'AQgwZh/+=')).map((list) => list.join('')),
        (text) => {
          const read = fromBase64(text);
          if (read instanceof Uint8Array) {
            assert.equal(Buffer.from(read).toString('base64').replace(/=+$/, ''), text.replace(/=+$/, ''));
          } else assert.ok(read >= 0 && read < text.length);
        },
      ),
    );
  });
});
