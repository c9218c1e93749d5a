import assert from 'node:assert/strict';
import fc from 'fast-check';
import { JsonTree, mostJsonNodes } from '../../src/payload/jsonTree';
import { parsePayloadPath } from '../../src/payload/payloadPath';

function treeOf(text: string): JsonTree {
  const tree = JsonTree.parse(text);
  assert.ok(tree instanceof JsonTree);
  return tree;
}

const all = (tree: JsonTree): number[] => Array.from({ length: tree.nodes }, (_, node) => node);

describe('A JSON tree', () => {
  it('has every value with its path in the syntax of where', () => {
    const tree = treeOf('{"path":[{"x":1},{}],"odd name":true,"a\\"b":{"":null},"_ok9":"s"}');
    assert.deepEqual(
      all(tree).map(
        (node) => `${tree.path(node)} ${tree.isContainer(node) ? tree.kind(node) : tree.value(node)}`,
      ),
      [
        'payload {',
        'payload.path [',
        'payload.path[0] {',
        'payload.path[0].x 1',
        'payload.path[1] {',
        'payload["odd name"] true',
        'payload["a\\"b"] {',
        'payload["a\\"b"][""] null',
        'payload._ok9 "s"',
      ],
    );
  });

  it('keeps every digit, the sign of zero, escapes and repeated names as they were sent', () => {
    const tree = treeOf('{"id":12345678901234567890,"z":-0,"e":1.50e+02,"id":1,"\\u0069d":"\\u00e9"}');
    assert.deepEqual(
      [...tree.children(0)].map((node) => [tree.name(node), tree.value(node), tree.isRepeated(node)]),
      [
        ['"id"', '12345678901234567890', true],
        ['"z"', '-0', false],
        ['"e"', '1.50e+02', false],
        ['"id"', '1', true],
        ['"\\u0069d"', '"\\u00e9"', true],
      ],
    );
  });

  it('says where a text stops being JSON', () => {
    assert.deepEqual(JsonTree.parse('[1,'), { offset: 3, expected: 'value' });
  });

  it('needs no stack for a text that nests as deep as it is long', () => {
    const tree = treeOf(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);
    assert.equal(tree.nodes, 100_000);
    assert.equal(tree.after(1), 100_000);
  });

  it('refuses a text of more values than it may hold', () => {
    const text = `[${'1,'.repeat(mostJsonNodes)}1]`;
    assert.deepEqual(JsonTree.parse(text), { code: 'tooManyNodes' });
  });

  it('finds for any value what its text means, and names its place', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const tree = treeOf(text);
        const whole: unknown = JSON.parse(text);
        for (const node of all(tree)) {
          if (tree.isRepeated(node)) continue;
          const steps = parsePayloadPath(tree.path(node));
          assert.ok(steps);
          const found = steps.reduce<unknown>(
            (at, step) => (at as Record<string | number, unknown>)[step],
            whole,
          );
          assert.deepEqual(JSON.parse(tree.value(node)), found);
          assert.equal(tree.childCount(node), [...tree.children(node)].length);
        }
      }),
    );
  });
});

describe('A path into a payload', () => {
  const paths: readonly (readonly [string, readonly (string | number)[] | undefined])[] = [
    ['payload', []],
    ['payload.a[0].b', ['a', 0, 'b']],
    ['payload["a.b"][""]', ['a.b', '']],
    ['payload.', undefined],
    ['payload[x]', undefined],
    ['payload["\\x"]', undefined],
    ['payloads', undefined],
    ['topic', undefined],
  ];
  for (const [path, steps] of paths) {
    it(`${path} is ${JSON.stringify(steps) ?? 'none'}`, () =>
      assert.deepEqual(parsePayloadPath(path), steps));
  }
});
