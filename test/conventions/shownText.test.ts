import { strict as assert } from 'node:assert';
import ts from 'typescript';
import { sourceFiles } from '../support/sources';

/** In these VS Code draws links of text, so that each has one file that takes them out. */
const guarded: readonly (readonly [name: RegExp, file: string])[] = [
  [/^show(Information|Warning|Error)Message$/, 'src/ui/reporting/notifications.ts'],
  [/^(createInputBox|showInputBox)$/, 'src/ui/reporting/askSteps.ts'],
];

/** Where a file shows text past the one that makes it harmless. */
function bypasses(path: string, text: string): string[] {
  // Parsing every file takes seconds, and most do not have the words at all.
  if (!/(show\w+Message|createInputBox|showInputBox)/.test(text)) return [];
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) {
      const owner = guarded.find(([name]) => name.test(node.text))?.[1];
      const { line } = source.getLineAndCharacterOfPosition(node.getStart());
      if (owner !== undefined && owner !== path)
        found.push(`${path}:${line + 1} uses ${node.text}, which ${owner} is for`);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

describe('Text that VS Code draws links of', () => {
  it('is shown by the files that take links out of it', () => {
    const files = sourceFiles('src', ['.ts']);
    assert.deepEqual(
      files.flatMap(({ path, text }) => bypasses(path, text)),
      [],
    );
    for (const [, owner] of guarded) assert.ok(files.some(({ path }) => path === owner));
  });

  it('is found where it is shown otherwise', () => {
    for (const text of [
      "vscode.window.showErrorMessage('a');",
      'const { showErrorMessage } = vscode.window;',
      'window.createInputBox();',
    ]) {
      assert.equal(bypasses('src/ui/a.ts', text).length, 1);
    }
    assert.deepEqual(bypasses('src/ui/a.ts', "showError('showErrorMessage');"), []);
  });
});
