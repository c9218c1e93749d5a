import assert from 'node:assert/strict';
import { parseHexDump } from '../../src/base/hexDump';
import { explainHexDump } from '../../src/base/hexDumpProblem';

const texts: readonly (readonly [text: string, beginning: string])[] = [
  ['', 'There are no bytes to decode (line 1, column 1).'],
  ['30 0', '"0" has an odd number of digits, so a byte is incomplete (line 1, column 4).'],
  ['0x30, 0x1ff', '0x1ff is more than a byte can hold (line 1, column 7).'],
  ['30 05\nhello world', '"h" is no byte (line 2, column 1).'],
  ['00000000: 3005\n00000008: 00\n', 'The row at offset 8 does not follow the row before it'],
  ['0000000   48    5', '"48" is a decimal number or a character where a byte in hexadecimal should be'],
  ['00000000: c000d000  ....', 'Nothing shows in which order the bytes of "c000d000" stand'],
  ['00000000  c0 00\n*\n', 'How many rows the * stands for cannot be told'],
];

describe('Why a text is not bytes', () => {
  for (const [text, beginning] of texts) {
    it(`is said of ${JSON.stringify(text)}`, () => {
      const parsed = parseHexDump(text);
      assert.ok('problem' in parsed);
      const said = explainHexDump(parsed.problem);
      assert.ok(said.startsWith(beginning), said);
    });
  }

  it('is placed in the document the text was selected in', () => {
    const said = explainHexDump({ code: 'notHex', line: 1, column: 3, found: 'x' }, { line: 41, column: 10 });
    assert.match(said, /\(line 42, column 13\)/);
  });
});
