import assert from 'node:assert/strict';
import { encodeUtf8 } from '../../../src/base/utf8';
import { BackwardRowSearch } from '../../../src/capture/filter/backwardRowSearch';
import { ByteSearch } from '../../../src/capture/filter/byteSearch';
import { numbersFrom } from './randomLog';

describe('A search for bytes', () => {
  const below = numbersFrom(7);
  const letters = (count: number, of: string): string =>
    Array.from({ length: count }, () => of.charAt(below(of.length))).join('');

  it('finds the first and the last place as one of texts does, in any case too', () => {
    for (let round = 0; round < 2000; round++) {
      const text = letters(below(40), 'aAbB@`');
      const needle = letters(1 + below(5), 'aAbB@`');
      const bytes = encodeUtf8(text);
      const start = below(text.length + 1);
      const end = start + below(text.length - start + 1);
      const within = text.slice(start, end);
      const at = (found: number): number => (found < 0 ? -1 : start + found);
      const plain = new ByteSearch(encodeUtf8(needle));
      assert.equal(plain.find(bytes, start, end), at(within.indexOf(needle)));
      assert.equal(plain.findLast(bytes, start, end), at(within.lastIndexOf(needle)));
      const anyCase = new ByteSearch(encodeUtf8(needle), true);
      const lowered = within.toLowerCase();
      assert.equal(anyCase.find(bytes, start, end), at(lowered.indexOf(needle.toLowerCase())));
      assert.equal(anyCase.findLast(bytes, start, end), at(lowered.lastIndexOf(needle.toLowerCase())));
    }
  });

  it('goes back over rows of many windows, and takes nothing that lies in two of them', () => {
    const needle = 'needle';
    const parts = Array.from({ length: 9000 }, (_, row) => {
      const part = '.'.repeat(below(100)) + (row % 500 === 0 ? needle : '') + '.'.repeat(below(100));
      // The end of one row and the beginning of the next.
      return row % 700 === 1 ? `${part}nee` : row % 700 === 2 ? `dle${part}` : part;
    });
    const bytes = encodeUtf8(parts.join(''));
    const search = new BackwardRowSearch(new ByteSearch(encodeUtf8(needle.toUpperCase()), true));
    let end = bytes.length;
    const found: number[] = [];
    for (let row = parts.length - 1; row >= 0; row--) {
      const start = end - (parts[row]?.length ?? 0);
      if (search.isIn(parts, bytes, start, end)) found.push(row);
      end = start;
    }
    assert.deepEqual(
      found.reverse(),
      parts.flatMap((part, row) => (part.includes(needle) ? [row] : [])),
    );
    assert.equal(found.length, 18);
  });
});
