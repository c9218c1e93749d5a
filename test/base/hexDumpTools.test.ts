import assert from 'node:assert/strict';
import { toHex } from '../../src/base/bytes';
import { parseHexDump } from '../../src/base/hexDump';

/* What xxd 2022-01-14, hexdump of util-linux and od of coreutils 9.1 print for two packets. */

const connect = '101a00044d5154540402003c000e6465766963652d30313233343536';
const publish = '30050003612f62';

const printed: readonly (readonly [command: string, hex: string, text: string])[] = [
  [
    'xxd -c 32',
    connect,
    '00000000: 101a 0004 4d51 5454 0402 003c 000e 6465 7669 6365 2d30 3132 3334 3536            ....MQTT...<..device-0123456\n',
  ],
  [
    'xxd -c 32',
    publish,
    '00000000: 3005 0003 612f 62                                                                0...a/b\n',
  ],
  [
    'xxd -c 8 -g 1',
    connect,
    '00000000: 10 1a 00 04 4d 51 54 54  ....MQTT\n00000008: 04 02 00 3c 00 0e 64 65  ...<..de\n00000010: 76 69 63 65 2d 30 31 32  vice-012\n00000018: 33 34 35 36              3456\n',
  ],
  ['xxd -c 8 -g 1', publish, '00000000: 30 05 00 03 61 2f 62     0...a/b\n'],
  [
    'xxd -b',
    connect,
    '00000000: 00010000 00011010 00000000 00000100 01001101 01010001  ....MQ\n00000006: 01010100 01010100 00000100 00000010 00000000 00111100  TT...<\n0000000c: 00000000 00001110 01100100 01100101 01110110 01101001  ..devi\n00000012: 01100011 01100101 00101101 00110000 00110001 00110010  ce-012\n00000018: 00110011 00110100 00110101 00110110                    3456\n',
  ],
  [
    'xxd -b',
    publish,
    '00000000: 00110000 00000101 00000000 00000011 01100001 00101111  0...a/\n00000006: 01100010                                               b\n',
  ],
  [
    'xxd -e',
    connect,
    '00000000: 04001a10 5454514d 3c000204 65640e00  ....MQTT...<..de\n00000010: 65636976 3231302d 36353433           vice-0123456\n',
  ],
  ['xxd -e', publish, '00000000: 03000530   622f61                    0...a/b\n'],
  [
    'xxd -e -g 2',
    connect,
    '00000000: 1a10 0400 514d 5454 0204 3c00 0e00 6564  ....MQTT...<..de\n00000010: 6976 6563 302d 3231 3433 3635            vice-0123456\n',
  ],
  ['xxd -e -g 2', publish, '00000000: 0530 0300 2f61   62                      0...a/b\n'],
  [
    'xxd -g 4',
    connect,
    '00000000: 101a0004 4d515454 0402003c 000e6465  ....MQTT...<..de\n00000010: 76696365 2d303132 33343536           vice-0123456\n',
  ],
  ['xxd -g 4', publish, '00000000: 30050003 612f62                      0...a/b\n'],
  [
    'xxd -d',
    connect,
    '00000000: 101a 0004 4d51 5454 0402 003c 000e 6465  ....MQTT...<..de\n00000016: 7669 6365 2d30 3132 3334 3536            vice-0123456\n',
  ],
  ['xxd -d', publish, '00000000: 3005 0003 612f 62                        0...a/b\n'],
  [
    'hexdump',
    connect,
    '0000000 1a10 0400 514d 5454 0204 3c00 0e00 6564\n0000010 6976 6563 302d 3231 3433 3635          \n000001c\n',
  ],
  ['hexdump', publish, '0000000 0530 0300 2f61 0062                    \n0000007\n'],
  [
    'hexdump -x',
    connect,
    '0000000    1a10    0400    514d    5454    0204    3c00    0e00    6564\n0000010    6976    6563    302d    3231    3433    3635                \n000001c\n',
  ],
  [
    'hexdump -x',
    publish,
    '0000000    0530    0300    2f61    0062                                \n0000007\n',
  ],
  [
    'hexdump -b',
    connect,
    '0000000 020 032 000 004 115 121 124 124 004 002 000 074 000 016 144 145\n0000010 166 151 143 145 055 060 061 062 063 064 065 066                \n000001c\n',
  ],
  [
    'hexdump -b',
    publish,
    '0000000 060 005 000 003 141 057 142                                    \n0000007\n',
  ],
  [
    'hexdump -o',
    connect,
    '0000000  015020  002000  050515  052124  001004  036000  007000  062544\n0000010  064566  062543  030055  031061  032063  033065                \n000001c\n',
  ],
  [
    'hexdump -o',
    publish,
    '0000000  002460  001400  027541  000142                                \n0000007\n',
  ],
  [
    'od',
    connect,
    '0000000 015020 002000 050515 052124 001004 036000 007000 062544\n0000020 064566 062543 030055 031061 032063 033065\n0000034\n',
  ],
  ['od', publish, '0000000 002460 001400 027541 000142\n0000007\n'],
  [
    'od -x',
    connect,
    '0000000 1a10 0400 514d 5454 0204 3c00 0e00 6564\n0000020 6976 6563 302d 3231 3433 3635\n0000034\n',
  ],
  ['od -x', publish, '0000000 0530 0300 2f61 0062\n0000007\n'],
  [
    'od -b',
    connect,
    '0000000 020 032 000 004 115 121 124 124 004 002 000 074 000 016 144 145\n0000020 166 151 143 145 055 060 061 062 063 064 065 066\n0000034\n',
  ],
  ['od -b', publish, '0000000 060 005 000 003 141 057 142\n0000007\n'],
  [
    'od -t x4',
    connect,
    '0000000 04001a10 5454514d 3c000204 65640e00\n0000020 65636976 3231302d 36353433\n0000034\n',
  ],
  ['od -t x4', publish, '0000000 03000530 00622f61\n0000007\n'],
  [
    'od -t x8',
    connect,
    '0000000 5454514d04001a10 65640e003c000204\n0000020 3231302d65636976 0000000036353433\n0000034\n',
  ],
  ['od -t x8', publish, '0000000 00622f6103000530\n0000007\n'],
  [
    'od -t x1z',
    connect,
    '0000000 10 1a 00 04 4d 51 54 54 04 02 00 3c 00 0e 64 65  >....MQTT...<..de<\n0000020 76 69 63 65 2d 30 31 32 33 34 35 36              >vice-0123456<\n0000034\n',
  ],
  ['od -t x1z', publish, '0000000 30 05 00 03 61 2f 62                             >0...a/b<\n0000007\n'],
  [
    'od -t x2z',
    connect,
    '0000000 1a10 0400 514d 5454 0204 3c00 0e00 6564  >....MQTT...<..de<\n0000020 6976 6563 302d 3231 3433 3635            >vice-0123456<\n0000034\n',
  ],
  ['od -t x2z', publish, '0000000 0530 0300 2f61 0062                      >0...a/b<\n0000007\n'],
  [
    'od -A x -t x1',
    connect,
    '000000 10 1a 00 04 4d 51 54 54 04 02 00 3c 00 0e 64 65\n000010 76 69 63 65 2d 30 31 32 33 34 35 36\n00001c\n',
  ],
  ['od -A x -t x1', publish, '000000 30 05 00 03 61 2f 62\n000007\n'],
  [
    'od -A x -t x2',
    connect,
    '000000 1a10 0400 514d 5454 0204 3c00 0e00 6564\n000010 6976 6563 302d 3231 3433 3635\n00001c\n',
  ],
  ['od -A x -t x2', publish, '000000 0530 0300 2f61 0062\n000007\n'],
  [
    'od -A d -t x1',
    connect,
    '0000000 10 1a 00 04 4d 51 54 54 04 02 00 3c 00 0e 64 65\n0000016 76 69 63 65 2d 30 31 32 33 34 35 36\n0000028\n',
  ],
  ['od -A d -t x1', publish, '0000000 30 05 00 03 61 2f 62\n0000007\n'],
  [
    'od -A n -t x1',
    connect,
    ' 10 1a 00 04 4d 51 54 54 04 02 00 3c 00 0e 64 65\n 76 69 63 65 2d 30 31 32 33 34 35 36\n',
  ],
  ['od -A n -t x1', publish, ' 30 05 00 03 61 2f 62\n'],
];

const refused: readonly (readonly [command: string, text: string, code: string])[] = [
  [
    'hexdump -c',
    '0000000 020 032  \\0 004   M   Q   T   T 004 002  \\0   <  \\0 016   d   e\n0000010   v   i   c   e   -   0   1   2   3   4   5   6                \n000001c\n',
    'notHex',
  ],
  [
    'hexdump -d',
    '0000000   01328   00768   12129   00098                                \n0000007\n',
    'decimal',
  ],
  ['od -c', '0000000   0 005  \\0 003   a   /   b\n0000007\n', 'decimal'],
  ['od -t d1', '0000000   48    5    0    3   97   47   98\n0000007\n', 'decimal'],
  [
    'od -t u1',
    '0000000  16  26   0   4  77  81  84  84   4   2   0  60   0  14 100 101\n0000020 118 105  99 101  45  48  49  50  51  52  53  54\n0000034\n',
    'decimal',
  ],
  [
    'od -t u2',
    '0000000  6672  1024 20813 21588   516 15360  3584 25956\n0000020 26998 25955 12333 12849 13363 13877\n0000034\n',
    'decimal',
  ],
  [
    'od -t d4',
    '0000000    67115536  1414811981  1006633476  1701056000\n0000020  1701013878   842084397   909456435\n0000034\n',
    'decimal',
  ],
];

describe('The output of xxd, hexdump and od', () => {
  for (const [command, hex, text] of printed) {
    it(`is read: ${command} of ${hex.length / 2} bytes`, () => {
      const result = parseHexDump(text);
      assert.ok('bytes' in result, JSON.stringify(result));
      assert.equal(toHex(result.bytes), hex);
    });
  }

  for (const [command, text, code] of refused) {
    it(`is refused where it is no hexadecimal, octal or binary: ${command}`, () => {
      const result = parseHexDump(text);
      assert.equal('problem' in result ? result.problem.code : result.notation, code);
    });
  }

  it('is refused where nothing shows the order of the bytes in words of four', () => {
    const result = parseHexDump('00000000: c000d000                            ....\n');
    assert.equal('problem' in result ? result.problem.code : result.notation, 'byteOrder');
  });

  it('is refused where the offset after * is octal or hexadecimal, and both fit', () => {
    const row = '0000000 0000 0000 0000 0000 0000 0000 0000 0000';
    assert.deepEqual(parseHexDump(`${row}\n*\n0000200\n`), {
      problem: { code: 'openRepeat', line: 2, column: 1, found: '*' },
    });
  });
});
