import assert from 'node:assert/strict';
import { toHex } from '../../src/base/bytes';
import type { HexDumpProblem } from '../../src/base/hexDump';
import { parseHexDump } from '../../src/base/hexDump';

const publish = '30 05 00 03 61 2f 62';

const accepted: readonly (readonly [name: string, text: string, hex: string])[] = [
  ['a comment that could be base64', '{0x30, //flags\n 0x05 }', '30 05'],
  ['a comment right after bare digits', '3005//flags', '30 05'],
  ['slashes in base64', '////', 'ff ff ff'],
  ['octal escapes of a C string', '"\\x30\\005\\0\\003a/b"', publish],
  ['every named escape', '"\\a\\b\\t\\n\\v\\f\\r\\\\\\\'\\"\\?"', '07 08 09 0a 0b 0c 0d 5c 27 22 3f'],
  ['a bytes literal of Python', "b'0\\x05\\x00\\x03a/b'", publish],
  ['a call with a bytes literal', "sock.send(b'0\\x05' b'\\x00\\x03a/b')", publish],
  ['escapes without quotes', '\\x30\\x05\\x00\\x03a/b', publish],
  ['what is like a comment inside a string', '"\\x30//\\x05/*"', '30 2f 2f 05 2f 2a'],
  ['a string over two lines', '"\\x30\\\n\\x05"', '30 05'],
  ['text of a string in UTF-8', '"\\x30é"', '30 c3 a9'],
  ['numbers of C: octal, binary, suffixes', '{ 011, 0, 0b101, 0x30u, 255UL }', '09 00 05 30 ff'],
  ['characters of C', "{ '\\x30', '\\005', '\\0', '\\n', '{' }", '30 05 00 0a 7b'],
  ['strings between braces', '{ "\\x30\\x05", 0 }', '30 05 00'],
  [
    'two arrays of Wireshark',
    'char peer0_0[] = { /* Packet 4 */\n0x30, 0x05 };\nchar peer1_0[2] = { /* Packet 6 */\n0xc0, 0x00 };\n',
    '30 05 c0 00',
  ],
  [
    'a selection from the middle of one array into the next',
    '5, 0x00 };\nchar b[] = { 0xc0, 0x00',
    '05 00 c0 00',
  ],
];

const refused: readonly (readonly [name: string, text: string, problem: HexDumpProblem])[] = [
  ['a digit that is not octal', '{ 09 }', { code: 'notHex', line: 1, column: 3, found: '09' }],
  ['an escape above a byte', '"\\x30\n"\n"\\777"', { code: 'notHex', line: 1, column: 1, found: '"' }],
  ['octal above a byte', '"\\x30"\n"a\\777"', { code: 'byteTooLarge', line: 2, column: 3, found: '\\777' }],
  ['an unknown escape', '"\\q"', { code: 'notHex', line: 1, column: 2, found: '\\q' }],
  ['a string that the selection cuts', '"\\x30\\x05', { code: 'notHex', line: 1, column: 1, found: '"' }],
  [
    'half a string before a whole one',
    '\\x30" "\\x05"',
    { code: 'notHex', line: 1, column: 1, found: '\\x30' },
  ],
  ['two characters in one', "{ 'ab' }", { code: 'byteTooLarge', line: 1, column: 3, found: "'ab'" }],
  ['a comment without an end', '30 /* 05', { code: 'notHex', line: 1, column: 4, found: '/' }],
];

describe('Bytes in source text', () => {
  for (const [name, text, hex] of accepted) {
    it(`are read: ${name}`, () => {
      const result = parseHexDump(text);
      assert.ok('bytes' in result, JSON.stringify(result));
      assert.equal(toHex(result.bytes, ' '), hex);
    });
  }
  for (const [name, text, problem] of refused) {
    it(`are refused with what and where: ${name}`, () => {
      assert.deepEqual(parseHexDump(text), { problem });
    });
  }
});
