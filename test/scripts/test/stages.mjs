const mochaOptions = ['--reporter', 'test/scripts/test/mochaReporter.cjs'];

const mocha = (name, ...patterns) => ({
  name,
  module: 'mocha/bin/mocha.js',
  arguments: [...mochaOptions, ...patterns],
  reports: true,
});

/** A program that either finds something to complain about or not counts as one test. */
const check = (name, module, ...commandArguments) => ({
  name,
  module,
  arguments: commandArguments,
  reports: false,
});

const typeCheck = (name, project, info) =>
  check(
    name,
    'typescript/bin/tsc',
    '--noEmit',
    '-p',
    project,
    '--incremental',
    '--tsBuildInfoFile',
    `.cache/tsc/${info}`,
  );

/**
 * Everything `npm test` runs, the longest first, so that two at a time end together. A module is the program of a package
 * in node_modules, which runs on this Node.
 */
export const stages = [
  mocha('workbench', 'test/workbench/*.test.ts', '--exclude', 'test/workbench/package.test.ts'),
  typeCheck('types', '.', 'whole.tsbuildinfo'),
  typeCheck('types of the core', 'src/tsconfig.core.json', 'core.tsbuildinfo'),
  check('lint', 'eslint/bin/eslint.js', '.'),
  check('format', 'prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.'),
  mocha(
    'unit',
    'test/**/*.test.{ts,mjs}',
    ...['conventions', 'interop', 'workbench', 'playground'].flatMap((folder) => [
      '--exclude',
      `test/${folder}/**`,
    ]),
  ),
  mocha('conventions', 'test/conventions/**/*.test.ts'),
  mocha('interop', 'test/interop/**/*.test.ts'),
  { name: 'host', module: 'tsx/dist/cli.mjs', arguments: ['test/support/hostSuite.ts'], reports: true },
  mocha('smoke', 'test/workbench/smoke/**/*.test.ts'),
  mocha('package', 'test/workbench/package.test.ts'),
];
