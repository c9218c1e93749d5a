import { parseHexDump } from '../../src/base/hexDump';

/*
 * Texts on which a parser that looks ahead from every place, or back, takes time with the square of the length. At this
 * length that is minutes and more; each takes about a second at most, and mocha's limit stands for the difference.
 */

const times = 200_000;

const texts: readonly (readonly [name: string, text: string])[] = [
  ['quotes after an escape', `\\x30${'"\\'.repeat(times)}`],
  ['quotes of both kinds', `'${'"\\'.repeat(times)}`],
  ['strings over lines', '"\\\n'.repeat(times)],
  ['beginnings of comments', '/* '.repeat(times)],
  ['comments of a line', '//'.repeat(times)],
  ['slashes after letters', `${'a//'.repeat(times)} x`],
  ['beginnings of colours', '\x1b[0'.repeat(times)],
  ['colours', `${'\x1b[0m'.repeat(times)}x`],
  ['blanks', `30${' '.repeat(times)}x`],
  ['braces', `${'{'.repeat(times)}0x30`],
  ['digits of one number', `0x${'3'.repeat(times)} x`],
  ['a row of gaps', `00000000: ${'20  '.repeat(times)}`],
  ['a row parted in four', `00000000  ${'20 20 20 20  '.repeat(times / 4)}`],
  ['a row of bars', `0000  30${' |'.repeat(times)}`],
  ['rows that all begin a dump', '00000000: 30\n'.repeat(times / 10)],
  ['sides of a stream', Array.from({ length: 1000 }, (_, side) => `${' '.repeat(side)}0000  30`).join('\n')],
];

describe('parseHexDump takes time linear in the text', function () {
  this.timeout(20_000);
  for (const [name, text] of texts) it(`of ${name}`, () => void parseHexDump(text));
});
