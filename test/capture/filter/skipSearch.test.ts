import assert from 'node:assert/strict';
import { encodeUtf8 } from '../../../src/base/utf8';
import { BackwardRowSearch } from '../../../src/capture/filter/backwardRowSearch';
import { ByteSearch } from '../../../src/capture/filter/byteSearch';
import { numbersFrom } from './randomLog';

/** Bytes that count how often one of them is read. What the platform reads by itself does not count. */
class CountedBytes {
  readonly bytes: Uint8Array;
  private reads = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = new Proxy(bytes, {
      get: (target, key) => {
        if (typeof key === 'string' && /^\d+$/.test(key)) this.reads++;
        const value: unknown = Reflect.get(target, key);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
  }

  /** How many reads there were since the last call. */
  take(): number {
    const { reads } = this;
    this.reads = 0;
    return reads;
  }
}

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

  it('finds them where nearly all of the text is at one place after another', () => {
    const runs = (count: number): string =>
      Array.from({ length: count }, () => letters(1, 'aaab').repeat(1 + below(12))).join('');
    for (let round = 0; round < 2000; round++) {
      const text = runs(20);
      const needle = runs(1 + below(4));
      const [bytes, wanted] = [encodeUtf8(text), encodeUtf8(needle)];
      for (const search of [new ByteSearch(wanted), new ByteSearch(wanted, true)]) {
        assert.equal(search.find(bytes, 0, bytes.length), text.indexOf(needle), `${needle} in ${text}`);
        assert.equal(
          search.findLast(bytes, 0, bytes.length),
          text.lastIndexOf(needle),
          `${needle} in ${text}`,
        );
      }
    }
  });

  const zeros = (count: number): string => '0'.repeat(count);
  const hostile: readonly (readonly [name: string, text: (length: number) => string, sent: string])[] = [
    ['begins with a run', (length) => `${zeros(length - 1)}1`, '0'],
    ['ends with a run', (length) => `1${zeros(length - 1)}`, '0'],
    ['has runs around something', (length) => `${zeros(length / 2)}1${zeros(length / 2 - 1)}`, '0'],
    [
      'repeats itself but for one place',
      (length) => `${'ab'.repeat(length / 4)}c${'ab'.repeat(length / 4)}`,
      'ab',
    ],
  ];
  for (const [name, textOf, sent] of hostile) {
    it(`reads a byte a few times at most where the text ${name} and most of it was sent again and again`, () => {
      const counted = new CountedBytes(encodeUtf8(sent.repeat(30_000)));
      const { bytes } = counted;
      for (const length of [8, 64, 248, 1000, 8000]) {
        for (const ignoreCase of [false, true]) {
          const search = new ByteSearch(encodeUtf8(textOf(length)), ignoreCase);
          assert.equal(search.find(bytes, 0, bytes.length), -1);
          const onward = counted.take();
          assert.equal(search.findLast(bytes, 0, bytes.length), -1);
          const back = counted.take();
          const most = 8 * bytes.length;
          assert.ok(
            Math.max(onward, back) < most,
            `${length}: ${onward} forwards, ${back} backwards of ${most}`,
          );
        }
      }
    });
  }

  it('goes back by no more at a time than a window and the text, however long what was sent is', () => {
    const counted = new CountedBytes(encodeUtf8(zeros(600_000)));
    const { bytes } = counted;
    for (const ignoreCase of [false, true]) {
      const rows = new BackwardRowSearch(new ByteSearch(encodeUtf8(`${zeros(899)}1`), ignoreCase));
      for (let end = bytes.length; end > 0; end -= 100_000) {
        assert.equal(rows.isIn(counted, bytes, end - 100_000, end), false);
        assert.ok(counted.take() < 8 * 2 * 256 * 1024);
      }
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
