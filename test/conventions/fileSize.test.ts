import { strict as assert } from 'node:assert';
import { sourceFiles } from '../support/sources';

const longest = 400;

describe('Files', () => {
  for (const folder of ['src', 'media', 'test']) {
    it(`in ${folder} have at most ${longest} lines`, () => {
      const files = sourceFiles(folder, ['.ts', '.mjs', '.cjs', '.js', '.css']);
      assert.notEqual(files.length, 0);
      const tooLong = files
        .map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }))
        .filter(({ lines }) => lines > longest);
      assert.deepEqual(tooLong, []);
    });
  }
});
