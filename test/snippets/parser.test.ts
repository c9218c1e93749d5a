import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parse } from '../../src/snippets/parser';
import { describeProblem } from '../../src/snippets/problems';
import { positionAt, type SnippetDocument } from '../../src/snippets/syntax';

/** Each problem as `line:column code "text"`, lines and columns from 1. */
function problemsOf(document: SnippetDocument): string[] {
  return document.problems.map(({ code, start, end }) => {
    const { line, column } = positionAt(document, start);
    return `${line + 1}:${column + 1} ${code} ${JSON.stringify(document.text.slice(start, end))}`;
  });
}

const body = (text: string): string | undefined => parse(text).blocks[0]?.body?.text;

describe('The parser of .mqtt files', () => {
  it('reads every part of a block, each with its place', () => {
    const text = [
      '@base = devices/1',
      '',
      '### LED on ',
      '# @name ledOn',
      '// a comment',
      '#@tag  two words ',
      '@level = {{base}}/led',
      '',
      'PUBLISH  {{level}} ',
      'QoS: 1',
      '# between headers',
      'user-property :  a = b:c ',
      '',
      '{"on": true}',
      '',
      '### Next',
      'EXPECT  NONE a/#',
    ].join('\n');
    const document = parse(text);
    const [leading, led, next] = document.blocks;
    assert.equal(document.blocks.length, 3);
    assert.deepEqual(
      document.variables.map(({ name, value }) => [name.text, value.text]),
      [['base', 'devices/1']],
    );
    assert.deepEqual([leading?.title, leading?.request], [undefined, undefined]);
    assert.ok(led && next);
    assert.equal(led.title?.text, 'LED on');
    assert.deepEqual(
      led.metadata.map(({ name, value }) => [name.text, value.text]),
      [
        ['name', 'ledOn'],
        ['tag', 'two words'],
      ],
    );
    assert.deepEqual([led.request?.verb, led.request?.argument.text], ['PUBLISH', '{{level}}']);
    assert.deepEqual(
      led.headers.map(({ name, value }) => [name.text, value.text]),
      [
        ['QoS', '1'],
        ['user-property', 'a = b:c'],
      ],
    );
    assert.equal(led.body?.text, '{"on": true}');
    assert.deepEqual(
      led.parts.map(({ kind }) => kind),
      [
        ...[
          'separator',
          'metadata',
          'comment',
          'metadata',
          'variable',
          'blank',
          'request',
          'header',
          'comment',
          'header',
        ],
        ...['blank', 'body', 'blank'],
      ],
    );
    assert.deepEqual(
      [next.request?.verb, next.request?.word.text, next.request?.argument.text],
      ['EXPECT NONE', 'EXPECT  NONE', 'a/#'],
    );
    for (const word of [
      led.title,
      led.request?.word,
      led.request?.argument,
      led.body,
      ...led.headers.map(({ value }) => value),
    ]) {
      assert.equal(text.slice(word?.start, word?.end), word?.text);
    }
    assert.deepEqual(document.problems, []);
  });

  const bodies: readonly (readonly [name: string, file: string, body: string | undefined])[] = [
    ['has no body without an empty line', 'PUBLISH a\nQoS: 1', undefined],
    ['has no body where nothing follows the empty line', 'PUBLISH a\n\n### b', undefined],
    ['drops the one line break before the next block', 'PUBLISH a\n\nbody\n### b', 'body'],
    ['drops blank lines before the next block', 'PUBLISH a\n\nbody\n\n\n### b', 'body'],
    ['drops blank lines at the end of the file', 'PUBLISH a\n\nbody\n\n', 'body'],
    ['keeps white space that is no line break', 'PUBLISH a\n\n \tbody \t\n  \n### b', ' \tbody \t\n  '],
    ['keeps blank lines before and in the body', 'PUBLISH a\n\n\none\n\ntwo\n', '\none\n\ntwo'],
    [
      'keeps the line endings of the file',
      'PUBLISH a\r\n\r\none\r\ntwo\nthree\r\n\r\n### b',
      'one\r\ntwo\nthree',
    ],
    ['keeps a carriage return that ends no line', 'PUBLISH a\n\none\rtwo\r\n', 'one\rtwo'],
    [
      'keeps what looks like a comment, a variable or a header',
      'PUBLISH a\n\n# no\n// no\n@a = 1\nQoS: 2',
      '# no\n// no\n@a = 1\nQoS: 2',
    ],
    ['is empty where only blank lines follow', 'PUBLISH a\n\n\n\n### b', ''],
    ['begins after the first line of white space alone', 'PUBLISH a\n \t\nbody', 'body'],
    [
      'keeps trailing blank lines where it ends exactly',
      'PUBLISH a\nBody-End: exact\n\nbody\n\n\n### b',
      'body\n\n',
    ],
    [
      'keeps everything to the end of the file where it ends exactly',
      'PUBLISH a\nbody-end: Exact\n\nbody\r\n\r\n',
      'body\r\n\r\n',
    ],
    [
      'keeps all but the CRLF before the next block where it ends exactly',
      'PUBLISH a\nBody-End: exact\n\nbody\r\n\r\n### b',
      'body\r\n',
    ],
    [
      'may hold two signs of number',
      'PUBLISH a\n\n## not a block\n ### nor this',
      '## not a block\n ### nor this',
    ],
  ];
  for (const [name, file, expected] of bodies) {
    it(`reads a body that ${name}`, () => assert.equal(body(file), expected));
  }

  const wrong: readonly (readonly [name: string, file: string, problems: readonly string[]])[] = [
    ['a word that is no request', 'PUBLISHED a', ['1:1 unknownVerb "PUBLISHED"']],
    ['a request in lower case', '### x\n publish a', ['2:2 unknownVerb "publish"']],
    [
      'a body without the empty line before it',
      'PUBLISH a\n{"on":true}',
      ['2:1 malformedHeader "{\\"on\\":true}"'],
    ],
    [
      'a header without a colon',
      'PUBLISH a\r\nRetain true\r\n\r\nbody',
      ['2:1 malformedHeader "Retain true"'],
    ],
    [
      'a variable without a value',
      '@a b\n@1 = 2\n### x',
      ['1:1 malformedVariable "@a b"', '2:1 malformedVariable "@1 = 2"'],
    ],
    ['a variable that is defined twice', '@a = 1\n@b = 1\n@a = 2', ['1:2 duplicateVariable "a"']],
  ];
  for (const [name, file, expected] of wrong) {
    it(`finds ${name}`, () => assert.deepEqual(problemsOf(parse(file)), expected));
  }

  it('says every problem without a gap in the sentence', () => {
    for (const [, file] of wrong) {
      for (const found of parse(file).problems)
        assert.match(describeProblem(found), /^[^{}]*(\{\{[^{}]*)?\.$/);
    }
  });

  it('takes definitions after ### for the block’s own', () => {
    const document = parse('### first\n@a = 1\nPUBLISH x\n');
    assert.deepEqual([document.variables.length, document.blocks[0]?.variables.length], [0, 1]);
  });

  it('has no block in an empty file', () => {
    assert.deepEqual(parse('').blocks, []);
  });

  const line = fc.oneof(
    fc.constantFrom(
      '###',
      '### title',
      '# c',
      '# @name x',
      '// y',
      '@a = {{b}}',
      '@',
      'PUBLISH a',
      'EXPECT NONE',
      'QoS: 1',
      'Body-End: exact',
      '',
      ' ',
      '{"a":1}',
    ),
    fc.string({ maxLength: 12 }),
    fc.string({ unit: 'binary', maxLength: 6 }),
  );
  const file = fc
    .array(fc.tuple(line, fc.constantFrom('\n', '\r\n', '\r', '')), { maxLength: 30 })
    .map((lines) => lines.flat().join(''));
  it('never throws, and blocks and their parts tile any file', () => {
    fc.assert(
      fc.property(file, (text) => {
        const { blocks, problems, lineStarts } = parse(text);
        let at = 0;
        for (const block of blocks) {
          assert.equal(block.start, at);
          for (const part of block.parts) {
            assert.equal(part.start, at);
            assert.ok(part.end > part.start);
            at = part.end;
          }
          assert.equal(block.end, at);
        }
        assert.equal(blocks.map(({ start, end }) => text.slice(start, end)).join(''), text);
        assert.equal(at, text.length);
        for (const { start, end } of problems) assert.ok(start >= 0 && start <= end && end <= text.length);
        assert.ok(lineStarts.every((start, index) => start === 0 || (text[start - 1] === '\n' && index > 0)));
      }),
      { numRuns: 1000 },
    );
  });
});
