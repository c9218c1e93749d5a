import * as assert from 'node:assert/strict';
import { encodeUtf8 } from '../../src/base/utf8';
import { valueLine, valueText } from '../../src/ui/subscriptions/valueLine';

const everyByte = Uint8Array.from({ length: 256 }, (_, byte) => byte);

describe('A value in one line', () => {
  const texts: readonly [text: string, line: string][] = [
    ['{"on":true,"mV":3312}', '{"on":true,"mV":3312}'],
    ['{\r\n  "on": true\r\n}', '{"on":true}'],
    ['one\r\ntwo', 'one⏎two'],
    ['21,5 °C', '21,5 °C'],
    ['a\tb', 'a b'],
    ['\u202egnp.exe', '\\u202egnp.exe'],
    ['$(plug)', '$(plug)'],
  ];
  for (const [text, line] of texts) {
    it(`shows the text ${JSON.stringify(text)} as ${JSON.stringify(line)}`, () => {
      const bytes = encodeUtf8(text);
      assert.equal(valueLine(bytes, bytes.length, 80), line);
    });
  }

  it('says so where there are no bytes', () => {
    assert.equal(valueLine(new Uint8Array(0), 0, 80), '(empty)');
  });

  it('shows bytes that are no text in hexadecimal', () => {
    const bytes = Uint8Array.of(0xde, 0xad, 0xbe, 0xef, 0, 1);
    assert.equal(valueLine(bytes, 6, 80), 'DE AD BE EF 00 01');
  });

  it('shows text with a control character in hexadecimal, because it could not be told from its neighbours', () => {
    assert.equal(valueLine(encodeUtf8('a\0b'), 3, 80), '61 00 62');
  });

  it('ends in an ellipsis where there is more', () => {
    const long = encodeUtf8('x'.repeat(100));
    assert.equal(valueLine(long, 100, 10), 'xxxxxxxxx…');
    assert.equal(valueLine(everyByte, 256, 12), '00 01 02 03…');
    assert.equal(valueLine(long.subarray(0, 5), 100, 80), 'xxxxx…');
    assert.ok(
      valueLine(encodeUtf8(`x${'é'.repeat(3000)}`), 6001, 5000).endsWith('é…'),
      'a character that breaks off is left out',
    );
  });

  it('never is longer than it may be', () => {
    for (const most of [8, 9, 10, 11, 40]) {
      for (const bytes of [everyByte, encodeUtf8('word '.repeat(50))]) {
        assert.ok(valueLine(bytes, bytes.length, most).length <= most);
      }
    }
  });

  it('is copied whole and as it is', () => {
    const text = '{\n  "on": true\n}';
    assert.equal(valueText(encodeUtf8(text)), text);
    assert.equal(valueText(everyByte).length, 256 * 3 - 1);
  });
});
