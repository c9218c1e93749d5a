import assert from 'node:assert/strict';
import {
  automaticForm,
  jsonText,
  longestText,
  plainText,
  type PayloadForm,
  type PayloadText,
} from '../../media/inspector/payloadText';
import { encodeUtf8 } from '../../src/base/utf8';

const shown = (text: PayloadText): string =>
  text.lines
    .map((line) => '  '.repeat(line.indent) + line.tokens.map((token) => token.text).join(''))
    .join('\n');

describe('automaticForm', () => {
  const everyByte = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  const cases: [string, Uint8Array, PayloadForm][] = [
    ['nothing', new Uint8Array(0), 'text'],
    ['an object', encodeUtf8('{"on":true}'), 'json'],
    ['an array', encodeUtf8(' [1, 2]\n'), 'json'],
    ['a bare number', encodeUtf8('21.5'), 'json'],
    ['a word', encodeUtf8('online'), 'text'],
    ['text with line breaks and tabs', encodeUtf8('a\tb\r\nc'), 'text'],
    ['text outside ASCII', encodeUtf8('21 \u00b0C'), 'text'],
    ['an object cut short', encodeUtf8('{"on":tr'), 'text'],
    ['every byte', everyByte, 'hex'],
    ['a packed struct', Uint8Array.of(0xde, 0xad, 0xbe, 0xef, 0, 1), 'hex'],
    ['ASCII with a zero at its end', encodeUtf8('online\0'), 'hex'],
    ['a long text', new Uint8Array(longestText + 5).fill(0x41), 'text'],
    ['many bytes', new Uint8Array(longestText + 5).fill(0x80), 'hex'],
  ];
  for (const [name, payload, form] of cases) {
    it(`takes ${name} for ${form}`, () => assert.equal(automaticForm(payload), form));
  }
});

describe('jsonText', () => {
  it('lays objects and arrays out over lines', () => {
    const text = jsonText(
      encodeUtf8('{"on":true,"empty":{},"none":[],"list":[1,{"a":null}],"text":"a, b: {c}"}'),
    );
    assert.deepEqual(shown(text).split('\n'), [
      '{',
      '  "on": true,',
      '  "empty": {},',
      '  "none": [],',
      '  "list": [',
      '    1,',
      '    {',
      '      "a": null',
      '    }',
      '  ],',
      '  "text": "a, b: {c}"',
      '}',
    ]);
    assert.deepEqual(text.notices, []);
  });

  it('keeps every digit, every repeated name and every escape as it was sent', () => {
    const text = jsonText(encodeUtf8('{"id":12345678901234567890,"id":1.50e+02,"s":"\\u00e9\\"\\\\"}'));
    assert.equal(
      shown(text),
      '{\n  "id": 12345678901234567890,\n  "id": 1.50e+02,\n  "s": "\\u00e9\\"\\\\"\n}',
    );
  });

  it('tells names, strings, numbers and literals apart', () => {
    const tokens = jsonText(encodeUtf8('{"a":["b",-1,true,null]}')).lines.flatMap((line) => line.tokens);
    const kinds = tokens
      .filter(({ kind }) => kind !== 'punctuation')
      .map(({ kind, text }) => `${kind} ${text}`);
    assert.deepEqual(kinds, ['name "a"', 'string "b"', 'number -1', 'literal true', 'literal null']);
  });

  it('shows what is not JSON as text and says so', () => {
    const text = jsonText(encodeUtf8('{"on":tr'));
    assert.equal(shown(text), '{"on":tr');
    assert.deepEqual(text.notices, ['Not JSON: shown as text.']);
  });

  it('survives arrays nested as deep as a payload allows', () => {
    const depth = 50_000;
    const text = jsonText(encodeUtf8('['.repeat(depth) + ']'.repeat(depth)));
    assert.equal(text.lines.length, 2 * depth - 1);
  });
});

describe('plainText', () => {
  it('breaks lines where the text does and where a line has no end', () => {
    const { lines } = plainText(encodeUtf8(`a\r\nb\n\n${'c'.repeat(4500)}`));
    assert.deepEqual(
      lines.map((line) => line.tokens[0]?.text.length),
      [1, 1, 0, 2000, 2000, 500],
    );
  });

  it('never breaks a line inside a character', () => {
    const { lines } = plainText(encodeUtf8(`${'a'.repeat(1999)}\u{1f600}b`));
    assert.deepEqual(
      lines.map((line) => line.tokens[0]?.text.slice(-3)),
      ['aaa', '\u{1f600}b'],
    );
  });

  it('shows control characters as pictures and those that reorder text by their number', () => {
    assert.equal(shown(plainText(encodeUtf8('a\0b\x7f\u202ec'))), 'a\u2400b\u2421\u27e8U+202E\u27e9c');
  });

  it('says that bytes are not UTF-8', () => {
    const text = plainText(Uint8Array.of(0x41, 0xff, 0x42));
    assert.equal(shown(text), 'A\ufffdB');
    assert.deepEqual(text.notices, ['Not UTF-8: what could not be read is shown as \ufffd.']);
  });

  it('cuts a long payload at a whole character and says how much there is', () => {
    const payload = encodeUtf8(`${'a'.repeat(longestText - 1)}\u00e9${'b'.repeat(10)}`);
    const text = plainText(payload);
    assert.deepEqual(text.notices, ['The first 1,048,575 of 1,048,587 bytes. Hex shows all of them.']);
  });
});
