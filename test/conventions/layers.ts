import { isBuiltin } from 'node:module';
import * as path from 'node:path';
import ts from 'typescript';

interface Folder {
  /** 0 is the lowest layer; folders of one layer see each other's types only. */
  readonly layer: number;
  /** Folders whose code it may use. */
  readonly uses: readonly FolderName[];
  /** Folders of which it may know the types on top of that: the ports it implements. */
  readonly knows?: readonly FolderName[];
  /** Packages; `node:*` stands for everything that comes with Node. */
  readonly packages?: readonly string[];
}

type FolderName =
  | 'base'
  | 'contributions'
  | 'where'
  | 'protocol'
  | 'payload'
  | 'session'
  | 'capture'
  | 'snippets'
  | 'inspector'
  | 'client'
  | 'broker'
  | 'transport'
  | 'storage'
  | 'ui'
  | 'cli'
  | 'media';

const wire: readonly FolderName[] = ['protocol', 'payload', 'where', 'base'];
const everythingBelow: readonly FolderName[] = [
  ...['base', 'contributions', 'protocol', 'payload', 'where', 'session', 'capture', 'snippets', 'inspector'],
  ...['client', 'broker', 'transport', 'storage'],
] as readonly FolderName[];
const ports: readonly FolderName[] = ['session', 'capture', 'client', 'broker'];

/** What says what this project is, its version too. */
const manifest = 'package.json';

/** Who may see whom. `src/extension.ts` builds the object graph: it sees everything and nothing sees it. */
export const folders: Readonly<Record<FolderName, Folder>> = {
  base: { layer: 0, uses: [], packages: ['uqr'] },
  contributions: { layer: 0, uses: [] },
  protocol: { layer: 1, uses: ['base'] },
  payload: { layer: 1, uses: ['base'] },
  where: { layer: 1, uses: ['base'] },
  session: { layer: 2, uses: ['protocol', 'base'] },
  capture: { layer: 2, uses: wire },
  snippets: { layer: 2, uses: wire },
  inspector: { layer: 2, uses: wire },
  client: { layer: 3, uses: ['session', 'protocol', 'base'] },
  broker: { layer: 3, uses: ['session', 'protocol', 'base'] },
  transport: { layer: 3, uses: ['base'], knows: ports, packages: ['node:*', 'ws', 'socks'] },
  storage: { layer: 3, uses: ['base'], knows: ports, packages: ['node:*', 'node-sqlite3-wasm'] },
  ui: { layer: 4, uses: everythingBelow, packages: ['vscode'] },
  cli: { layer: 4, uses: everythingBelow, packages: ['node:*', 'jsonc-parser', manifest] },
  media: {
    layer: 4,
    uses: ['inspector', ...wire],
    packages: ['lit', '@vscode-elements/elements', '@tanstack/virtual-core', 'uplot'],
  },
};

/** What one file imports although it must not, a sentence each. */
export function forbiddenImports(file: string, text: string): string[] {
  if (file === 'src/extension.ts') return [];
  const from = folderOf(file);
  if (from === undefined) return [`${file} lies in no folder of the table`];
  return importsOf(file, text).flatMap(({ module, typeOnly, line }) => {
    const why = objection(file, from, module, typeOnly);
    return why === undefined ? [] : [`${file}:${line} imports ${module}: ${why}`];
  });
}

function objection(file: string, from: FolderName, module: string, typeOnly: boolean): string | undefined {
  const rules = folders[from];
  const target = path.posix.normalize(path.posix.join(path.posix.dirname(file), module));
  if (!module.startsWith('.') || target === manifest) {
    const name = isBuiltin(module) ? 'node:*' : target === manifest ? manifest : module;
    const allowed = (rules.packages ?? []).some((each) => name === each || name.startsWith(`${each}/`));
    return allowed ? undefined : `${from} may not use ${name}`;
  }
  if (target === 'src/extension') return 'nothing imports the top';
  const to = folderOf(`${target}.ts`);
  if (to === undefined) return `${target} lies in no folder of the table`;
  if (to === from || rules.uses.includes(to)) return undefined;
  if (rules.knows?.includes(to) ?? folders[to].layer === rules.layer) {
    return typeOnly ? undefined : `${from} may only know the types of ${to}`;
  }
  return `${from} may not know ${to}`;
}

function folderOf(file: string): FolderName | undefined {
  const [top, name, ...rest] = file.split('/');
  const folder = top === 'media' ? 'media' : top === 'src' && rest.length > 0 ? name : undefined;
  return folder !== undefined && folder in folders ? (folder as FolderName) : undefined;
}

interface Import {
  readonly module: string;
  readonly typeOnly: boolean;
  readonly line: number;
}

/** Every way a TypeScript file can name another module. */
function importsOf(file: string, text: string): Import[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);
  const found: Import[] = [];
  const note = (module: ts.Node | undefined, typeOnly: boolean): void => {
    if (module === undefined || !ts.isStringLiteralLike(module)) return;
    const { line } = source.getLineAndCharacterOfPosition(module.getStart());
    found.push({ module: module.text, typeOnly, line: line + 1 });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) note(node.moduleSpecifier, isTypeOnly(node));
    else if (ts.isExportDeclaration(node)) note(node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isImportEqualsDeclaration(node) && ts.isExternalModuleReference(node.moduleReference)) {
      note(node.moduleReference.expression, node.isTypeOnly);
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
      note(node.argument.literal, true);
    else if (ts.isCallExpression(node) && isLoader(node.expression)) note(node.arguments[0], false);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** `import type …`, and `import { type A, type B }`, of which nothing remains at run time either. */
function isTypeOnly({ importClause }: ts.ImportDeclaration): boolean {
  if (importClause === undefined) return false;
  if (importClause.isTypeOnly) return true;
  const { name, namedBindings } = importClause;
  if (name !== undefined || namedBindings === undefined || !ts.isNamedImports(namedBindings)) return false;
  return namedBindings.elements.length > 0 && namedBindings.elements.every((element) => element.isTypeOnly);
}

function isLoader(callee: ts.Expression): boolean {
  return (
    callee.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(callee) && callee.text === 'require')
  );
}
