import assert from 'node:assert/strict';
import { toHex } from '../../src/base/bytes';
import type { HexDumpProblem } from '../../src/base/hexDump';
import { parseHexDump } from '../../src/base/hexDump';

const publish = '30 05 00 03 61 2f 62';
const longer = '30 14 00 03 61 2f 62 30 31 32 33 34 35 36 37 38 39 61 62 63 64 65';

const accepted: readonly (readonly [name: string, text: string, hex: string])[] = [
  ['digits in pairs', '30 05 00 03 61 2f 62', publish],
  ['digits in one run', '30050003612F62', publish],
  ['digits with colons', '30:05:00:03:61:2F:62', publish],
  ['digits with dashes over two lines', '30-05-00-03\n61-2f-62\n', publish],
  ['digits in groups of four', '3005 0003 612f 62', publish],
  ['one long 0x number', '0x30050003612f62', publish],
  ['a list of 0x numbers', '0x30, 0x05, 0x00, 0x03, 0x61, 0x2f, 0x62', publish],
  [
    'a C array with decimals, characters and comments',
    "const uint8_t packet[7] = {\n  0x30, 5, /* length */ 0, 3, // topic\n  'a', '/', 'b'\n};",
    publish,
  ],
  ['a C string', 'char p[] = "\\x30\\x05\\x00" "\\x03a/b";', publish],
  ['xxd', '00000000: 3005 0003 612f 62                        0...a/b\n', publish],
  [
    'xxd over two rows whose text looks like digits',
    '00000000: 3014 0003 612f 6230 3132 3334 3536 3738  0...a/b012345678\n00000010: 3961 6263 6465                           9abcde\n',
    longer,
  ],
  [
    'hexdump -C',
    '00000000  30 14 00 03 61 2f 62 30  31 32 33 34 35 36 37 38  |0...a/b012345678|\n00000010  39 61 62 63 64 65                                 |9abcde|\n00000016\n',
    longer,
  ],
  [
    'hexdump -C with repeated rows',
    `00000000  ${'00 '.repeat(16)} |................|\n*\n00000030\n`,
    '00 '.repeat(48).trim(),
  ],
  [
    'Wireshark',
    '0000   30 14 00 03 61 2f 62 30 31 32 33 34 35 36 37 38   0...a/b012345678\n0010   39 61 62 63 64 65                                 9abcde\n',
    longer,
  ],
  ['od -t x1', '0000000 30 05 00 03 61 2f 62\n0000007\n', publish],
  ['ESP_LOG_BUFFER_HEX', 'I (312) mqtt: 30 05 00 03 \nI (312) mqtt: 61 2f 62\n', publish],
  [
    'ESP_LOG_BUFFER_HEXDUMP in colour',
    '\x1b[0;32mI (312) mqtt: 0x3ffb1a20   30 14 00 03 61 2f 62 30  31 32 33 34 35 36 37 38  |0...a/b012345678|\n\x1b[0;32mI (312) mqtt: 0x3ffb1a30   39 61 62 63 64 65                                 |9abcde|',
    longer,
  ],
  [
    'ESP_LOG_BUFFER_HEX in colour, with the reset at the end',
    '\x1b[0;32mI (1234) MQTT: 30 05 00 03 61 2f 62\x1b[0m\n',
    publish,
  ],
  ['ESP_LOG_BUFFER_HEX with the time of the system', 'I (12:34:56.789) MQTT: 30 05 00 03 61 2f 62', publish],
  [
    'ESP_LOG_BUFFER_HEXDUMP of two buffers',
    'I (1) a: 0x3ffb1a20   30 05 00 03 61 2f 62  |0...a/b|\nI (1) a: 0x3ffb2a20   c0 00  |..|\n',
    `${publish} c0 00`,
  ],
  ['text with a byte order mark', '\ufeff30 05 00 03 61 2f 62', publish],
  ['colons between groups of four', '3005:0003:612f:62', publish],
  ['a first group that only looks like an offset', '10100004  4d51545404', '10 10 00 04 4d 51 54 54 04'],
  ['a single row from the middle of a dump', '00000010  39 61 62 63  9abc', '39 61 62 63'],
  ['tcpdump -X', '\t0x0000:  3005 0003 612f 62  0...a/b', publish],
  [
    'two dumps of Wireshark',
    '0000   30 05 00 03 61 2f 62   0...a/b\n\n0000   c0 00   ..\n',
    `${publish} c0 00`,
  ],
  [
    'both sides of a stream that Wireshark follows, in turns',
    [
      '00000000  c0 00 30 05 00 03 61 2f  62                        ..0...a/ b',
      '    00000000  d0 00                                            ..',
      '00000009  e0 00                                              ..',
      '    00000002  d0 00                                            ..',
    ].join('\n'),
    'c0 00 30 05 00 03 61 2f 62 d0 00 e0 00 d0 00',
  ],
  [
    'rows whose text column is digits',
    '00000000: 3030 3030 3030 3030  00000000\n',
    '30 30 30 30 30 30 30 30',
  ],
  [
    'rows parted in the middle, without a text column',
    '0000   30 30 30 30 30 30 30 30  00 00 00 00\n',
    '30 30 30 30 30 30 30 30 00 00 00 00',
  ],
  ['base64', 'MAUAA2EvYg==', publish],
  ['base64 over lines, without padding', 'MAUAA2\nEvYg', publish],
];

const refused: readonly (readonly [name: string, text: string, problem: HexDumpProblem])[] = [
  ['nothing', ' \n', { code: 'empty', line: 1, column: 1, found: '' }],
  ['half a byte', '30 5', { code: 'oddDigits', line: 1, column: 4, found: '5' }],
  ['digits of which one is missing', '300', { code: 'oddDigits', line: 1, column: 1, found: '300' }],
  ['a letter that is no digit', '30 05\n00 0g', { code: 'notHex', line: 2, column: 5, found: 'g' }],
  ['a number above a byte', '0x30, 0x100', { code: 'byteTooLarge', line: 1, column: 7, found: '0x100' }],
  ['a word in an array', '{ 0x30, LEN }', { code: 'notHex', line: 1, column: 9, found: 'LEN' }],
  [
    'a missing row',
    '00000000: 3005 0003\n00000010: 612f\n',
    { code: 'offsetGap', line: 2, column: 1, found: '10' },
  ],
  [
    'a word among the bytes of a row of xxd',
    '00000000: c0 zz 00 c0',
    { code: 'notHex', line: 1, column: 14, found: 'zz' },
  ],
  [
    'a word among the bytes of a row of hexdump',
    '00000000  c0 00 xx c0 00',
    { code: 'notHex', line: 1, column: 17, found: 'xx' },
  ],
  [
    'bytes where a text column would be',
    '0000  c0 00  00 c0',
    { code: 'notHex', line: 1, column: 14, found: '00 c0' },
  ],
  [
    'an end that the last row does not reach',
    '00000000  c0 00 c0 00 |....|\n00000010\n',
    { code: 'offsetGap', line: 2, column: 1, found: '10' },
  ],
  [
    'an end that the last row goes beyond',
    '00000000  c0 00 c0 00 |....|\n00000002\n',
    { code: 'offsetGap', line: 2, column: 1, found: '2' },
  ],
  [
    'a missing row of addresses after a full one',
    `I (1) a: 0x3ffb1a20   ${'00 '.repeat(16)} |................|\nI (1) a: 0x3ffb2a20   c0 00  |..|\n`,
    { code: 'offsetGap', line: 2, column: 10, found: '3ffb2a20' },
  ],
  ['a * at the end', '00000000  c0 00  |..|\n*\n', { code: 'openRepeat', line: 2, column: 1, found: '*' }],
  [
    'a * that stands for more than memory',
    '00000000  c0 00  |..|\n*\nfffffff0\n',
    { code: 'tooLong', line: 3, column: 1, found: '*' },
  ],
  [
    'the column in a line with colours',
    '\x1b[0;32mI (1) M: 30 05 0g\x1b[0m',
    { code: 'notHex', line: 1, column: 24, found: 'g' },
  ],
];

describe('parseHexDump', () => {
  for (const [name, text, hex] of accepted) {
    it(`reads ${name}`, () => {
      const result = parseHexDump(text);
      assert.ok('bytes' in result, JSON.stringify(result));
      assert.equal(toHex(result.bytes, ' '), hex);
    });
  }
  for (const [name, text, problem] of refused) {
    it(`names what and where: ${name}`, () => {
      assert.deepEqual(parseHexDump(text), { problem });
    });
  }
});
