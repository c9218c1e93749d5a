import * as fs from 'node:fs';
import * as path from 'node:path';
import { root } from '../setup.mjs';

const mochaOptions = ['--reporter', 'test/scripts/test/mochaReporter.cjs'];

const mocha = (name, ...patterns) => ({
  name,
  module: 'mocha/bin/mocha.js',
  arguments: [...mochaOptions, ...patterns],
  reports: true,
});

const except = (...folders) => folders.flatMap((folder) => ['--exclude', `test/${folder}/**`]);

/**
 * A program that either finds something to complain about or not counts as one test. It is `patient`: no time limit of its
 * own can run out while it leaves the processor to others.
 */
const check = (name, module, ...commandArguments) => ({
  name,
  module,
  arguments: commandArguments,
  reports: false,
  patient: true,
});

/**
 * Three checks in one program, each of which counts: what TypeScript finds out for one the others need not find out again.
 * There is much of it at once, so that room for what is young spares a tenth of the time.
 */
const typesAndLint = {
  name: 'types and lint',
  module: '../test/scripts/test/typesAndLint.mjs',
  arguments: [],
  nodeArguments: ['--max-semi-space-size=64'],
  reports: true,
  patient: true,
};

/** Small suites that share a VS Code: sharedWorkbench.ts. Each can do without the others. */
const sharing = ['decode', 'keptSession', 'network', 'waysToServers'];

/** Each suite that opens a VS Code of its own is a stage, so that several can run at once. */
const suitesInVscode = [
  ...fs
    .readdirSync(path.join(root, 'test/workbench'))
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => file.replace('.test.ts', ''))
    .filter((suite) => !sharing.includes(suite))
    .map((suite) => mocha(`workbench/${suite}`, `test/workbench/${suite}.test.ts`)),
  mocha('workbench/shared', ...sharing.map((suite) => `test/workbench/${suite}.test.ts`)),
];

/**
 * How many seconds of processor time a stage takes, about; of one that is not here, few. Nothing but the order follows from
 * it, so a figure that has become wrong costs a little time and no test.
 */
const seconds = {
  inspector: 140,
  'types and lint': 90,
  unit: 85,
  'workbench/shared': 85,
  'workbench/inspector': 80,
  'workbench/panel': 60,
  'workbench/captureFiles': 55,
  'workbench/connections': 55,
  interop: 55,
  simulation: 50,
  'workbench/broker': 45,
  'workbench/filter': 45,
  'workbench/analysis': 40,
  'workbench/payload': 35,
  'workbench/snippets': 35,
  'workbench/subscriptions': 30,
};

/** A stage that is not in the table is taken for one of medium length: it should not be what is waited for in the end. */
const weight = ({ name }) => seconds[name] ?? 25;

/**
 * Everything `npm test` runs, the longest first, so that what runs at the same time ends together. A module is the program
 * of a package in node_modules, which runs on this Node. A stage that `waits` for other programs and for time to go by does
 * little of its own, and runs beside those that do. After it those that are `patient` do so, with what processor time the
 * others leave; nobody else takes one before there is nothing else to do.
 */
export const stages = [
  ...suitesInVscode,
  mocha('inspector', 'test/inspector/**/*.test.ts'),
  mocha(
    'unit',
    'test/**/*.test.{ts,mjs}',
    ...except('conventions', 'inspector', 'interop', 'playground', 'simulation', 'workbench'),
  ),
  mocha('simulation', 'test/simulation/**/*.test.ts'),
  typesAndLint,
  mocha('smoke', 'test/workbench/smoke/**/*.test.ts'),
  { name: 'host', module: 'tsx/dist/cli.mjs', arguments: ['test/support/hostSuite.ts'], reports: true },
  { ...mocha('interop', 'test/interop/**/*.test.ts'), waits: true },
  check('format', 'prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.'),
  mocha('conventions', 'test/conventions/**/*.test.ts'),
].sort((a, b) => Number(a.patient ?? false) - Number(b.patient ?? false) || weight(b) - weight(a));
