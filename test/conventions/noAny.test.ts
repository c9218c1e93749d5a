import { strict as assert } from 'node:assert';
import ts from 'typescript';
import { sourceFiles } from '../support/sources';

const forbidden: readonly (readonly [what: string, comment: RegExp])[] = [
  ['@ts-ignore or @ts-nocheck', /@ts-(ignore|nocheck)/],
  ['@ts-expect-error without a reason', /@ts-expect-error(?! *\S)/],
  ['eslint-disable without a reason', /eslint-disable(?!.* -- \S)/],
  ['a TODO', /\b(TODO|FIXME|XXX|HACK)\b/],
];

/** Where a file gives up on its types or its checks, a place each. */
function concessions(path: string, text: string): string[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);
  const found: string[] = [];
  const note = (what: string, position: number): void => {
    found.push(`${path}:${source.getLineAndCharacterOfPosition(position).line + 1} has ${what}`);
  };
  const visit = (node: ts.Node): void => {
    if (node.kind === ts.SyntaxKind.AnyKeyword) note('any', node.getStart());
    ts.forEachChild(node, visit);
  };
  visit(source);
  for (const { start, end } of comments(source)) {
    for (const [what, pattern] of forbidden) if (pattern.test(text.slice(start, end))) note(what, start);
  }
  return found;
}

/** Comments as the compiler sees them, so that a string that looks like one is none. */
function comments(source: ts.SourceFile): { start: number; end: number }[] {
  const found = new Map<number, { start: number; end: number }>();
  const visit = (node: ts.Node): void => {
    if (node.getChildCount(source) === 0) {
      for (const range of [
        ...(ts.getLeadingCommentRanges(source.text, node.getFullStart()) ?? []),
        ...(ts.getTrailingCommentRanges(source.text, node.getEnd()) ?? []),
      ]) {
        found.set(range.pos, { start: range.pos, end: range.end });
      }
    }
    node.getChildren(source).forEach(visit);
  };
  visit(source);
  return [...found.values()];
}

describe('Sources', () => {
  for (const folder of ['src', 'media', 'test']) {
    it(`in ${folder} have no any, no silenced check and no TODO`, () => {
      const files = sourceFiles(folder, ['.ts', '.mjs', '.cjs', '.js']);
      assert.deepEqual(
        files.flatMap(({ path, text }) => concessions(path, text)),
        [],
      );
    }).timeout(60_000); // Reads every file, on a machine that may be busy.
  }
});

describe('The check of sources', () => {
  const cases: readonly (readonly [text: string, found: readonly string[]])[] = [
    ['const a: unknown = 1;', []],
    ['const a: any = 1;', ['a.ts:1 has any']],
    ['\nfunction f(...parts: any[]): void {}', ['a.ts:2 has any']],
    ['const a = b as any;', ['a.ts:1 has any']],
    ["const any = 'any';", []],
    ["const a = '// @ts-ignore TODO';", []],
    ['// @ts-ignore\nf();', ['a.ts:1 has @ts-ignore or @ts-nocheck']],
    ['// @ts-expect-error\nf();', ['a.ts:1 has @ts-expect-error without a reason']],
    ['// @ts-expect-error a misspelt method\nf();', []],
    ['f(); // TODO later', ['a.ts:1 has a TODO']],
    ['// eslint-disable-next-line no-console\nf();', ['a.ts:1 has eslint-disable without a reason']],
    ['// eslint-disable-next-line no-console -- the terminal is the interface\nf();', []],
  ];

  for (const [text, found] of cases) {
    it(`finds ${found.length} in ${JSON.stringify(text)}`, () =>
      assert.deepEqual(concessions('a.ts', text), found));
  }
});
