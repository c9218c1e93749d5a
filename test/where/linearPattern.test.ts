import assert from 'node:assert/strict';
import fc from 'fast-check';
import { LinearPattern } from '../../src/where/pattern/linearPattern';
import { PatternProblem } from '../../src/where/pattern/patternSyntax';

describe('A pattern', () => {
  const texts = [
    '',
    'a',
    'ab',
    'aab',
    'b a',
    'A-b',
    'x_1',
    '12',
    'é',
    '😀a',
    'a\nb',
    'foo.bar/7',
    'aaaaaaaab',
  ];
  const sources = [
    ...[
      '',
      'a',
      '^a',
      'a$',
      '^$',
      'a*b',
      'a+?b',
      '(a|b)+',
      '^(?:ab?)+$',
      '[a-c]{2}',
      'a{0,2}b',
      'a{2,}',
      'x{0}',
    ],
    ...[
      '\\d+',
      '\\D',
      '\\w\\b',
      '\\B',
      '\\s',
      '[^\\w\\s]',
      '.',
      '^.$',
      '^..$',
      '\\.',
      '[.]',
      '[]a]',
      '[a\\]b-]',
    ],
    ...[
      '\\u0061',
      '\\x62',
      '\\u{1F600}',
      '(?<name>a)b',
      '(a+)+$',
      '(|a)b',
      'a|',
      '^(a*)*$',
      '\\/7',
      '[^]',
      '{',
      'a{',
      '[\\b]',
    ],
  ];

  for (const ignoreCase of [false, true]) {
    it(`finds what the language's own expressions find${ignoreCase ? ', whatever the case' : ''}`, () => {
      for (const source of sources) {
        // With `u` where a character may be beyond the first 65,536; without it where the syntax is too free for `u`.
        const own = new RegExp(source, (ignoreCase ? 'i' : '') + (/[\]{]|\\\//.test(source) ? '' : 'u'));
        const pattern = new LinearPattern(source, ignoreCase);
        for (const text of texts) {
          if (/😀/.test(text) && !own.unicode && !source.includes('1F600')) continue;
          if (source.includes('1F600')) continue;
          assert.equal(pattern.test(text), own.test(text), `/${source}/ on ${JSON.stringify(text)}`);
        }
      }
    });
  }

  it('takes characters beyond the first 65,536 as one', () => {
    assert.equal(new LinearPattern('^.a$').test('😀a'), true);
    assert.equal(new LinearPattern('\\u{1F600}').test('😀a'), true);
  });

  it('finds in random texts what the language finds', () => {
    const piece = fc.constantFrom(
      'a',
      'b',
      '.',
      '[ab]',
      '(a|ab)',
      '(b*)',
      '\\b',
      '^',
      '$',
      'c?',
      'a+',
      '(ab){1,2}',
      '[^a]',
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 8 }),
        fc.string({ unit: fc.constantFrom('a', 'b', 'c', ' '), maxLength: 12 }),
        (pieces, text) => {
          const source = pieces.join('');
          assert.equal(new LinearPattern(source).test(text), new RegExp(source).test(text), source);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('takes no more time for what makes others go back for ever', () => {
    const text = 'a'.repeat(60_000);
    assert.equal(new LinearPattern('^(a+)+$').test(`${text}!`), false);
    assert.equal(new LinearPattern('(.*)(.*)(.*)(.*)x').test(text), false);
  });

  it('looks at the first 65,536 characters, and does not take their end for that of the text', () => {
    const pattern = new LinearPattern('b');
    assert.equal(pattern.test('a'.repeat(65_535) + 'b'), true);
    assert.equal(pattern.test('a'.repeat(65_536) + 'b'), false);
    assert.equal(new LinearPattern('a$').test('a'.repeat(65_537)), false);
  });

  it('says where it cannot be used', () => {
    const cases: readonly (readonly [source: string, offset: number, message: RegExp])[] = [
      ['a(b', 1, /not closed/],
      ['a)b', 1, /closes nothing/],
      ['[a', 0, /not closed/],
      ['*a', 0, /nothing to repeat/],
      ['^*', 0, /nothing to repeat/],
      ['a\\', 1, /nothing follows/],
      ['(a)\\1', 3, /asked for again/],
      ['a(?=b)', 1, /looking ahead/],
      ['\\q', 0, /not known/],
      ['[b-a]', 1, /wrong order/],
      ['a{3,2}', 1, /wrong order/],
      ['a{2000}', 1, /repetitions/],
      ['(a{1000}){1000}', 0, /too large/],
      ['('.repeat(60), 51, /too deep/],
    ];
    for (const [source, offset, message] of cases) {
      assert.throws(
        () => new LinearPattern(source),
        (error) => error instanceof PatternProblem && error.offset === offset && message.test(error.message),
        source,
      );
    }
  });

  it('takes any text for an expression or says what is wrong with it', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ab()[]{}*+?|\\^$.-,:<=12dwx') }), (source) => {
        try {
          new LinearPattern(source).test('ab12');
        } catch (error) {
          assert.ok(error instanceof PatternProblem, String(error));
          assert.ok(error.offset >= 0 && error.offset <= source.length);
        }
      }),
      { numRuns: 3000 },
    );
  });
});
