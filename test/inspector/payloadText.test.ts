import assert from 'node:assert/strict';
import {
  lineTokens,
  longestText,
  mostLines,
  payloadText,
  type PayloadMode,
  type PayloadText,
} from '../../media/inspector/payloadText';
import { encodeUtf8 } from '../../src/base/utf8';
import type { PayloadFormatId } from '../../src/payload/payloadFormat';

const shown = ({ lines, form }: PayloadText): string =>
  lines
    .map((line) => ['  '.repeat(line.indent), ...lineTokens(line, form).map(({ text }) => text)].join(''))
    .join('\n');

describe('payloadText', () => {
  const everyByte = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  const object = encodeUtf8('{"on":true}');
  const cases: [string, Uint8Array, PayloadMode, PayloadFormatId][] = [
    ['an object', object, 'auto', 'json'],
    ['an object', object, 'text', 'text'],
    ['an object', object, 'hex', 'hex'],
    ['a word', encodeUtf8('online'), 'auto', 'text'],
    ['a word', encodeUtf8('online'), 'json', 'text'],
    ['every byte', everyByte, 'auto', 'hex'],
    ['every byte', everyByte, 'text', 'hex'],
    ['every byte', everyByte, 'json', 'hex'],
    ['a long text', new Uint8Array(longestText + 5).fill(0x41), 'auto', 'text'],
    ['many bytes', new Uint8Array(longestText + 5).fill(0x80), 'auto', 'hex'],
    ['many bytes', new Uint8Array(longestText + 5).fill(0x80), 'text', 'hex'],
  ];
  for (const [name, payload, mode, form] of cases) {
    it(`shows ${name} as ${form} where the choice is ${mode}`, () => {
      assert.equal(payloadText(payload, mode).form, form);
    });
  }

  it('says why something else is shown than what was chosen', () => {
    assert.match(payloadText(encodeUtf8('{"on":tr'), 'json').notices.join(), /^Not JSON: .* offset 6/);
    assert.match(payloadText(Uint8Array.of(0x41, 0xff), 'text').notices.join(), /^Not UTF-8: .* offset 1/);
    assert.deepEqual(payloadText(everyByte, 'auto').notices, []);
  });

  it('lays JSON out over lines and keeps every digit, repeated name and escape', () => {
    const text = payloadText(
      encodeUtf8('{"id":12345678901234567890,"id":1.50e+02,"s":"\\u00e9\\"{","a":[]}'),
      'auto',
    );
    assert.equal(
      shown(text),
      '{\n  "id": 12345678901234567890,\n  "id": 1.50e+02,\n  "s": "\\u00e9\\"{",\n  "a": []\n}',
    );
  });

  it('tells names, strings, numbers and literals apart', () => {
    const { lines, form } = payloadText(encodeUtf8('{"a:":["b",-1,true,null]}'), 'auto');
    const tokens = lines.flatMap((line) => lineTokens(line, form));
    assert.deepEqual(
      tokens.filter(({ kind }) => kind !== 'punctuation').map(({ kind, text }) => `${kind} ${text}`),
      ['name "a:"', 'string "b"', 'number -1', 'literal true', 'literal null'],
    );
  });

  it('breaks lines where the text does and where a line has no end', () => {
    const { lines } = payloadText(encodeUtf8(`a\r\nb\n\n${'c'.repeat(4500)}`), 'auto');
    assert.deepEqual(
      lines.map(({ text, continued }) => [text.length, continued]),
      [
        [1, false],
        [1, false],
        [0, false],
        [2000, false],
        [2000, true],
        [500, true],
      ],
    );
  });

  it('never breaks a line inside a character', () => {
    const { lines } = payloadText(encodeUtf8(`${'a'.repeat(1999)}\u{1f600}b`), 'auto');
    assert.deepEqual(
      lines.map(({ text }) => text.slice(-3)),
      ['aaa', '\u{1f600}b'],
    );
  });

  it('keeps the colour of a string that takes several lines', () => {
    const { lines, form } = payloadText(encodeUtf8(`["${'x'.repeat(3000)}"]`), 'auto');
    const kinds = lines.map((line) => lineTokens(line, form).map(({ kind }) => kind));
    assert.deepEqual(kinds, [['punctuation'], ['string'], ['string'], ['punctuation']]);
  });

  it('shows control characters as pictures and those that reorder text by their number', () => {
    const text = payloadText(encodeUtf8('a\0b\x7f\u202ec'), 'text');
    assert.equal(shown(text), 'a\u2400b\u2421\u27e8U+202E\u27e9c');
  });

  it('cuts a long payload at a whole character and says how much there is', () => {
    const payload = encodeUtf8(`${'a'.repeat(longestText - 1)}\u00e9${'b'.repeat(10)}`);
    const notice = 'The first 1,048,575 of 1,048,587 bytes. Hex shows all of them.';
    assert.deepEqual(payloadText(payload, 'auto').notices, [notice]);
    assert.deepEqual(payloadText(payload, 'json').notices, [
      'Too long to be laid out as JSON: shown as text.',
      notice,
    ]);
  });

  it('bounds the lines of a payload of line breaks', () => {
    const text = payloadText(new Uint8Array(longestText).fill(0x0a), 'auto');
    assert.equal(text.lines.length, mostLines);
    assert.deepEqual(text.notices, ['The first 100,000 of 1,048,577 lines. Hex shows all bytes.']);
  });
});
