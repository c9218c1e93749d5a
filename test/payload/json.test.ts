import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describeJsonExpectation, scanJson, type JsonTokenKind } from '../../src/payload/json';

function tokens(text: string): string[] {
  const found: string[] = [];
  scanJson(text, (kind: JsonTokenKind, start, end) => found.push(`${kind} ${text.slice(start, end)}`));
  return found;
}

describe('The JSON scanner', () => {
  it('gives every token as it is written', () => {
    assert.deepEqual(tokens(' {"a" : [1.50, -0e+2,true ], "a":"\\u00e4\\n" } '), [
      'open {',
      'key "a"',
      'colon :',
      'open [',
      'scalar 1.50',
      'comma ,',
      'scalar -0e+2',
      'comma ,',
      'scalar true',
      'close ]',
      'comma ,',
      'key "a"',
      'colon :',
      'scalar "\\u00e4\\n"',
      'close }',
    ]);
  });

  const wrong: readonly (readonly [text: string, offset: number, expected: string])[] = [
    ['', 0, 'value'],
    ['  ', 2, 'value'],
    ['{"a":1,}', 7, 'key'],
    ['{a:1}', 1, 'keyOrEnd'],
    ['{"a" 1}', 5, 'colon'],
    ['{"a":}', 5, 'value'],
    ['{"a":1 "b":2}', 7, 'commaInObject'],
    ['{"a":1]', 6, 'commaInObject'],
    ['[1 2]', 3, 'commaInArray'],
    ['[1,]', 3, 'value'],
    ['[,]', 1, 'valueOrEnd'],
    ['[01]', 2, 'commaInArray'],
    ['[1.]', 2, 'commaInArray'],
    ['[.5]', 1, 'valueOrEnd'],
    ['[+1]', 1, 'valueOrEnd'],
    ['[NaN]', 1, 'valueOrEnd'],
    ['true false', 5, 'end'],
    ["['a']", 1, 'valueOrEnd'],
    ['["a', 3, 'quote'],
    ['["a\\', 3, 'escape'],
    ['["\\x"]', 2, 'escape'],
    ['["\\u12g4"]', 2, 'escape'],
    ['["a\nb"]', 3, 'printable'],
    ['[1] // no', 4, 'end'],
    ['[1]\u00a0', 3, 'end'],
  ];
  for (const [text, offset, expected] of wrong) {
    it(`stops in ${JSON.stringify(text)} at ${offset}, where ${expected} would have gone on`, () => {
      assert.deepEqual(
        scanJson(text, () => undefined),
        { offset, expected },
      );
    });
  }

  it('says in words what would have gone on', () => {
    for (const [text] of wrong) {
      const { expected } = scanJson(text, () => undefined) ?? assert.fail('it is wrong');
      assert.match(describeJsonExpectation(expected), /^\S.*\S$/);
    }
  });

  it('needs no stack for a million brackets', () => {
    const deep = 1_000_000;
    assert.equal(
      scanJson('['.repeat(deep) + ']'.repeat(deep), () => undefined),
      undefined,
    );
  });

  it('agrees with JSON.parse on what is JSON', () => {
    const piece = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ':',
      ',',
      '"a"',
      '"',
      '\\',
      '1',
      '-',
      '0',
      '.',
      'e',
      'true',
      'null',
      ' ',
      '\n',
      '\t',
      '\f',
    );
    const text = fc.oneof(
      fc.json(),
      fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
      fc.tuple(fc.json(), fc.nat(), piece).map(([json, at, more]) => {
        const cut = at % (json.length + 1);
        return json.slice(0, cut) + more + json.slice(cut);
      }),
    );
    fc.assert(
      fc.property(text, (one) => {
        let valid = true;
        try {
          JSON.parse(one);
        } catch {
          valid = false;
        }
        const problem = scanJson(one, () => undefined);
        assert.equal(problem === undefined, valid);
        if (problem) assert.ok(problem.offset >= 0 && problem.offset <= one.length);
      }),
      { numRuns: 3000 },
    );
  });
});
