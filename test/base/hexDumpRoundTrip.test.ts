import assert from 'node:assert/strict';
import fc from 'fast-check';
import { hexByte, toHex } from '../../src/base/bytes';
import { parseHexDump } from '../../src/base/hexDump';

const text = (row: Uint8Array) =>
  Array.from(row, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');

/** The rows of a dump, each made of its offset and bytes. */
function rows(bytes: Uint8Array, width: number, row: (offset: number, bytes: Uint8Array) => string): string {
  const count = Math.ceil(bytes.length / width);
  return Array.from({ length: count }, (_, index) => {
    return row(index * width, bytes.subarray(index * width, (index + 1) * width));
  }).join('\n');
}

const offset = (value: number, digits: number, radix = 16) => value.toString(radix).padStart(digits, '0');

function groups(bytes: Uint8Array, size: number): string {
  return toHex(bytes).replace(new RegExp(`.{${size * 2}}(?=.)`, 'g'), '$& ');
}

const xxd = (bytes: Uint8Array, width: number, size: number): string =>
  rows(bytes, width, (at, row) => {
    const columns = groups(new Uint8Array(width), size).length;
    return `${offset(at, 8)}: ${groups(row, size).padEnd(columns)}  ${text(row)}`;
  });

/** A gap after eight bytes, as hexdump -C and ESP-IDF have it. */
const parted = (row: Uint8Array) =>
  `${groups(row.subarray(0, 8), 1)}  ${groups(row.subarray(8), 1)}`.padEnd(48);

const notations: Readonly<Record<string, (bytes: Uint8Array, width: number) => string>> = {
  'xxd, any width': (bytes, width) => xxd(bytes, width, 2),
  'xxd -g 1, any width': (bytes, width) => xxd(bytes, width, 1),
  'hexdump -C': (bytes) =>
    `${rows(bytes, 16, (at, row) => `${offset(at, 8)}  ${parted(row)}  |${text(row)}|`)}\n${offset(bytes.length, 8)}`,
  'a dump with a gap and no text': (bytes) =>
    `${rows(bytes, 16, (at, row) => `${offset(at, 8)}  ${parted(row)}`)}\n${offset(bytes.length, 8)}`,
  Wireshark: (bytes) =>
    rows(bytes, 16, (at, row) => `${offset(at, 4)}   ${groups(row, 1).padEnd(47)}   ${text(row)}`),
  'od -t x1': (bytes, width) =>
    `${rows(bytes, width, (at, row) => `${offset(at, 7, 8)} ${groups(row, 1)}`)}\n${offset(bytes.length, 7, 8)}`,
  ESP_LOG_BUFFER_HEXDUMP: (bytes) =>
    rows(
      bytes,
      16,
      (at, row) => `I (12) a: 0x${offset(at + 0x3ffb1a20, 8)}   ${parted(row)}  |${text(row)}|`,
    ),
  'a C array': (bytes) => `char a[] = {${Array.from(bytes, (byte) => `0x${hexByte(byte)}`).join(', ')}};`,
  'a C array of decimals': (bytes) => `{ ${bytes.join(', ')} }`,
  'a C string of octal escapes': (bytes) =>
    `"${Array.from(bytes, (byte) => `\\${offset(byte, 3, 8)}`).join('')}"`,
  'plain digits': (bytes) => toHex(bytes, ' '),
};

const anyBytes = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 80 }),
  // Text that looks like bytes is what the end of a row is hardest to find in.
  fc
    .array(fc.constantFrom(...'0123456789abcdef |>.\0'), { minLength: 1, maxLength: 80 })
    .map((characters) => Uint8Array.from(characters, (character) => character.charCodeAt(0))),
);

describe('Any bytes come back', () => {
  for (const [name, write] of Object.entries(notations)) {
    it(`from ${name}`, () => {
      fc.assert(
        fc.property(anyBytes, fc.integer({ min: 2, max: 40 }), (bytes, width) => {
          const written = write(bytes, width);
          const result = parseHexDump(written);
          assert.ok('bytes' in result, `${written}\n${JSON.stringify(result)}`);
          assert.equal(toHex(result.bytes), toHex(bytes), written);
        }),
        { numRuns: 300 },
      );
    });
  }
});
