import assert from 'node:assert/strict';
import { csvField } from '../../src/base/csvText';

describe('A field of comma-separated values', () => {
  for (const [text, field] of [
    ['plain text', 'plain text'],
    ['a,"b"', '"a,""b"""'],
    ['=HYPERLINK("http://x")', '"\'=HYPERLINK(""http://x"")"'],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['-12.5', '-12.5'],
    ['+1+1', "'+1+1"],
    ['\n=1', '"\'\n=1"'],
  ] as const) {
    it(`is ${JSON.stringify(field)} for ${JSON.stringify(text)}`, () => assert.equal(csvField(text), field));
  }
});
