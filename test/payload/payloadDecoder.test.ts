import assert from 'node:assert/strict';
import fc from 'fast-check';
import { fromHex } from '../../src/base/bytes';
import { encodeUtf8 } from '../../src/base/utf8';
import {
  decodePayload,
  describePayloadProblem,
  oneLine,
  type PayloadChoice,
} from '../../src/payload/payloadDecoder';

const bytes = (hex: string): Uint8Array => fromHex(hex) ?? assert.fail(`${hex} is hexadecimal`);

const allBytes = Uint8Array.from({ length: 256 }, (_, value) => value);

function shown(payload: Uint8Array, choice?: PayloadChoice): string[] {
  const { format, problem, lineCount, line } = decodePayload(payload, choice);
  const lines = Array.from(
    { length: lineCount },
    (_, index) => '  '.repeat(line(index).indent) + line(index).text,
  );
  return [problem ? `${format}: ${describePayloadProblem(problem)}` : format, ...lines];
}

describe('A decoded payload', () => {
  const cases: readonly (readonly [
    name: string,
    payload: Uint8Array,
    choice: PayloadChoice,
    ...lines: string[],
  ])[] = [
    [
      'is indented JSON, with its numbers, names and order as they were sent',
      encodeUtf8('{"n":12345678901234567890,"n":1.0,"list":[1,{}],"empty":[ ]}'),
      'auto',
      'json',
      '{',
      '  "n": 12345678901234567890,',
      '  "n": 1.0,',
      '  "list": [',
      '    1,',
      '    {}',
      '  ],',
      '  "empty": []',
      '}',
    ],
    ['is text where it is no JSON', encodeUtf8('{"a":'), 'auto', 'text', '{"a":'],
    ['is text for a number alone', encodeUtf8('21.5'), 'auto', 'text', '21.5'],
    ['is text in lines', encodeUtf8('one\r\ntwo\nthree\rä'), 'auto', 'text', 'one', 'two', 'three', 'ä'],
    ['is one empty line of text for no bytes', new Uint8Array(0), 'auto', 'text', ''],
    ['is hex where it is not UTF-8', bytes('deadbeef0001'), 'auto', 'hex', 'DE AD BE EF 00 01'],
    ['is hex where it holds control characters', bytes('4100'), 'auto', 'hex', '41 00'],
    [
      'is hex in lines of 16 bytes',
      allBytes.subarray(0, 33),
      'auto',
      'hex',
      '00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F',
      '10 11 12 13 14 15 16 17 18 19 1A 1B 1C 1D 1E 1F',
      '20',
    ],
    ['is what was chosen: a number as JSON', encodeUtf8('21.5'), 'json', 'json', '21.5'],
    ['is what was chosen: control characters as text', bytes('4100'), 'text', 'text', 'A\0'],
    ['is what was chosen: text as hex', encodeUtf8('{}'), 'hex', 'hex', '7B 7D'],
    [
      'says at which byte it is not the JSON that was chosen, and shows what it is',
      encodeUtf8('{"ä":1,}'),
      'json',
      'text: Not JSON: a name in double quotes is expected at offset 8.',
      '{"ä":1,}',
    ],
    [
      'says at which byte it is not the text that was chosen, and shows what it is',
      bytes('41c328'),
      'text',
      'hex: Not UTF-8: the byte at offset 1 belongs to no character.',
      '41 C3 28',
    ],
  ];
  for (const [name, payload, choice, ...lines] of cases) {
    it(name, () => assert.deepEqual(shown(payload, choice), lines));
  }

  it('is text when its first 4096 bytes look like JSON and the rest is none', () => {
    const [format] = shown(encodeUtf8(`[${'1,'.repeat(4000)}]`));
    assert.equal(format, 'text');
  });

  it('is hex when its first 4096 bytes look like text and the rest is none', () => {
    const [format] = shown(Uint8Array.of(...encodeUtf8('a'.repeat(5000)), 0xff));
    assert.equal(format, 'hex');
  });

  it('loses no character of a JSON text', () => {
    const compact = (text: string): string => text.replace(/\s+/g, '');
    fc.assert(
      fc.property(fc.json(), (json) => {
        const [format, ...lines] = shown(encodeUtf8(json), 'json');
        assert.equal(format, 'json');
        assert.equal(compact(lines.join('')), compact(json));
      }),
    );
  });

  it('is never refused, whatever the bytes are and whatever is chosen', () => {
    fc.assert(
      fc.property(
        fc.uint8Array(),
        fc.constantFrom<PayloadChoice>('auto', 'json', 'text', 'hex'),
        (payload, choice) => {
          const { format, problem } = decodePayload(payload, choice);
          assert.equal(problem === undefined, choice === 'auto' || format === choice);
        },
      ),
    );
  });
});

describe('A payload on one line', () => {
  const cases: readonly (readonly [name: string, payload: Uint8Array, limit: number, line: string])[] = [
    ['is compact JSON', encodeUtf8('{ "on" : true,\n "mV": 3312 }'), 80, '{"on":true,"mV":3312}'],
    ['keeps white space inside of JSON strings', encodeUtf8('["a b"]'), 80, '["a b"]'],
    ['is upper-case hex where it is binary', bytes('deadbeef0001'), 80, 'DE AD BE EF 00 01'],
    ['shows line breaks of text', encodeUtf8('one\r\ntwo\n'), 80, 'one⏎two⏎'],
    ['is empty for no bytes', new Uint8Array(0), 80, ''],
    ['marks JSON that is cut', encodeUtf8('{"on":true,"mV":3312}'), 11, '{"on":true…'],
    ['does not mark JSON that just fits', encodeUtf8('{ "on": true }'), 11, '{"on":true}'],
    ['marks text that is cut', encodeUtf8('0123456789ab'), 10, '012345678…'],
    ['marks text of one character too many', encodeUtf8('0123456789a'), 10, '012345678…'],
    ['does not mark text that just fits', encodeUtf8('0123456789'), 10, '0123456789'],
    [
      'does not mark text that fits with its breaks as signs',
      encodeUtf8('\r\n'.repeat(10)),
      10,
      '⏎'.repeat(10),
    ],
    [
      'marks text that does not fit with its breaks as signs',
      encodeUtf8('\r\n'.repeat(11)),
      10,
      `${'⏎'.repeat(9)}…`,
    ],
    ['shows what turns the direction of text around', encodeUtf8('\u202egnp.exe'), 80, '\\u202egnp.exe'],
    ['marks hex that is cut, at a whole byte', allBytes, 12, '00 01 02 03…'],
    ['does not mark hex that just fits', allBytes.subarray(0, 4), 11, '00 01 02 03'],
    ['does not cut a character in half', encodeUtf8('abc😀def'), 5, 'abc…'],
    ['is text for JSON with an error', encodeUtf8('{"a" 1}'), 80, '{"a" 1}'],
  ];
  for (const [name, payload, limit, line] of cases) {
    it(name, () => assert.equal(oneLine(payload, payload.length, limit), line));
  }

  for (const length of [4094, 4095, 4096, 4097, 4098, 4099]) {
    it(`is text when the sample ends inside a character, of ${length} bytes in front`, () => {
      const payload = encodeUtf8(`${'a'.repeat(length - 5)}😀😀😀`);
      assert.equal(oneLine(payload, payload.length, 5), 'aaaa…');
    });
  }

  it('is JSON when the sample is a beginning of JSON, wherever it was cut', () => {
    const json = encodeUtf8('{"name":"a\\u00e4\\"ä😀","list":[-12.5e+10,true,null,false,{"a":[]}],"last":0}');
    for (let length = 1; length < json.length; length++) {
      const line = oneLine(json.subarray(0, length), json.length, 200);
      assert.match(line, /^\{.*…$/, `${length} bytes`);
    }
  });

  it('marks what is only the beginning of a longer payload', () => {
    assert.equal(oneLine(bytes('00ff'), 3), '00 FF…');
    assert.equal(oneLine(encodeUtf8('ab'), 3), 'ab…');
  });

  it('has no more than the characters asked for, and no line break', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.uint8Array(), fc.json().map(encodeUtf8), fc.string({ unit: 'binary' }).map(encodeUtf8)),
        fc.integer({ min: 1, max: 60 }),
        (payload, limit) => {
          const line = oneLine(payload, payload.length, limit);
          assert.ok(line.length <= limit);
          assert.doesNotMatch(line, /[\r\n]/);
        },
      ),
    );
  });
});
