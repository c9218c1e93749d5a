import * as assert from 'node:assert/strict';
import '../support/vscodeFake';
import { markdownLines } from '../../src/ui/reporting/markdownLines';

describe('Text in a tooltip', () => {
  it('stands there as it is, line by line, and can be broken at its spaces', () => {
    assert.equal(
      markdownLines('bench: down\n<b> [a](command:x) $(zap)\n').value,
      ['**bench\\: down**', '\\<b\\> \\[a\\]\\(command\\:x\\) \\$\\(zap\\)', ''].join('  \n'),
    );
  });
});
