import assert from 'node:assert/strict';
import fc from 'fast-check';
import { JsonTree } from '../../src/payload/jsonTree';
import { parsePayloadPath } from '../../src/payload/payloadPath';
import { whereVocabulary } from '../../src/protocol/whereVocabulary';
import { parseWhere } from '../../src/where/parser';

/** What a filter makes of a path. */
function asWhere(path: string): unknown {
  const parsed = parseWhere(`${path} exists`, whereVocabulary);
  assert.ok('expression' in parsed && parsed.expression.kind === 'exists', path);
  return parsed.expression.field.path;
}

const name = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '',
    'and',
    'not',
    'or',
    '__proto__',
    '0',
    'a-b',
    'a b',
    'größe',
    '"',
    '\\',
    "'",
    ']',
    '\u2028',
  ),
  fc.constantFrom('\ud83d', '\udc00', '\u0000', '\n', 'exists', '$x', '1a', 'a.b', '[0]'),
);

describe('A path into a payload', () => {
  it('is the same to the tree that makes it, to charts and to filters, whatever the names', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(name, fc.nat(3)), { maxLength: 5 }), (steps) => {
        let text = '1';
        for (const step of [...steps].reverse()) {
          text =
            typeof step === 'number' ? `[${'0,'.repeat(step)}${text}]` : `{${JSON.stringify(step)}:${text}}`;
        }
        const tree = JsonTree.parse(text);
        assert.ok(tree instanceof JsonTree);
        const path = tree.path(tree.nodes - 1);
        assert.deepEqual(parsePayloadPath(path), steps);
        assert.deepEqual(asWhere(path), steps);
        assert.equal(tree.find(steps), tree.nodes - 1);
      }),
      { numRuns: 500 },
    );
  });

  for (const path of ['payload.größe', 'payload.a-b.c', 'payload.not', 'payload["a"][0].x']) {
    it(`is ${path} to a chart as to a filter`, () => assert.deepEqual(parsePayloadPath(path), asWhere(path)));
  }
});
