import assert from 'node:assert/strict';
import { toHex } from '../../src/base/bytes';
import { parseHexDump } from '../../src/base/hexDump';
import { explainHexDump, explainOmitted } from '../../src/base/hexDumpProblem';

const publish = '30050003612f62';
const bytes = '30 05 00 03 61 2f 62';

const logs: readonly (readonly [name: string, text: string, leftOut?: readonly number[]])[] = [
  [
    'ESP-IDF between ordinary lines',
    `I (12345) mqtt_client: connecting\nI (12346) mqtt: ${bytes}\nW (9) wifi: 12 APs found\n`,
    [1, 3],
  ],
  [
    'ESP-IDF with addresses between ordinary lines',
    `I (1) a: free heap: 0x3ffb1a20 free\nI (1) a: 0x3ffb1a20   ${bytes}  |0...a/b|\nE (2) a: failed`,
    [1, 3],
  ],
  ['an ISO time stamp and an arrow', `2024-05-01T10:11:12.123 > ${bytes}`],
  [
    'an ISO time stamp with a zone, a level and a tag',
    `2024-05-01T10:11:12.123Z DEBUG mqtt: ${bytes}\n2024-05-01T10:11:13+02:00 INFO done`,
    [2],
  ],
  ['the serial monitor of Arduino', `10:11:12.123 -> TX: ${bytes}\n10:11:12.223 -> connected`, [2]],
  ['a time without a fraction before an arrow', `10:11:12 -> ${bytes}`],
  ['a direction and the number of bytes', `TX (7 bytes): ${bytes}`],
  ['an arrow', `> ${bytes}`],
  ['a direction without a colon, behind a time', `[10:11:12.123] TX ${bytes}`],
  ['the core of Arduino for ESP32', `[  1234][D][mqtt.cpp:123] send(): ${bytes}`],
  ['Zephyr', `[00:00:01.234,000] <dbg> mqtt: sending\n[00:00:01.234,000] <dbg> mqtt: ${bytes}`, [1]],
  [
    'Zephyr with rows that have no prefix',
    `[00:00:01.234,000] <dbg> mqtt: out\n        30 05 00 03 61 2f 62     |0...a/b `,
    [1],
  ],
  ['a list behind a level', `[DEBUG] 0x30, 0x05, 0x00, 0x03, 0x61, 0x2f, 0x62`],
  ['a buffer of Node', `<Buffer ${bytes}>`],
  ['a buffer of Node behind a time', `2024-05-01 10:11:12.123 <Buffer ${bytes}>`],
  ['an array in JSON', '[48, 5, 0, 3, 97, 47, 98]'],
  ['an array in JSON on lines of its own', '[\n  48, 5, 0,\n  3, 97, 47, 98\n]\n'],
  [
    'what Wireshark copies',
    `Frame 1: 7 bytes on wire (56 bits), 7 bytes captured (56 bits) on interface lo, id 0\n\n0000  ${bytes}   0...a/b\n`,
    [1],
  ],
];

describe('Bytes in a log', () => {
  for (const [name, text, leftOut] of logs) {
    it(`are read from ${name}, and the lines without bytes are told`, () => {
      const parsed = parseHexDump(text);
      if ('problem' in parsed) assert.fail(explainHexDump(parsed.problem));
      assert.equal(toHex(parsed.bytes), publish);
      assert.deepEqual(parsed.omitted, leftOut && [{ what: 'log', lines: leftOut }]);
    });
  }

  const refused: readonly (readonly [name: string, text: string, beginning: string])[] = [
    ['prose without a prefix', `I (1) a: ${bytes}\nconnecting`, '"o" is no byte (line 2, column 2)'],
    [
      'hexadecimal words',
      `I (1) a: ${bytes}\nI (1) a: dead beef`,
      '"dead beef" in a line of a log may be words or bytes',
    ],
    ['a byte that is misspelt', 'I (1) a: 30 05 0g', '"g" is no byte (line 1, column 17)'],
    ['bytes that go on as words', 'I (1) a: 30 05 hello', '"h" is no byte (line 1, column 16)'],
    [
      'a buffer of which Node left bytes out',
      '<Buffer 30 05 ... 14 more bytes>',
      '"." is no byte (line 1, column 15)',
    ],
    ['words alone', 'I (1) a: connecting', 'There are no bytes to decode'],
    ['an array with a number above 255', '[48, 256]', '"[" is no byte'],
  ];
  for (const [name, text, beginning] of refused) {
    it(`are not made of ${name}`, () => {
      const parsed = parseHexDump(text);
      assert.ok('problem' in parsed);
      const said = explainHexDump(parsed.problem);
      assert.ok(said.startsWith(beginning), said);
    });
  }

  it('come with a sentence about what is left out', () => {
    assert.equal(explainOmitted(undefined), undefined);
    assert.equal(
      explainOmitted([{ what: 'log', lines: [2] }], 10),
      '1 line of log without bytes left out (line 12).',
    );
    assert.equal(
      explainOmitted([{ what: 'log', lines: [1, 2, 3, 4, 5, 6] }]),
      '6 lines of log without bytes left out (lines 1, 2, 3, 4, 5, …).',
    );
  });
});
