import { strict as assert } from 'node:assert';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { root } from '../setup.mjs';
import { runStage } from './runStage.mjs';

const reporter = path.join(root, 'test/scripts/test/mochaReporter.cjs');

describe('A stage of npm test', () => {
  let folder;
  before(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mqtt-workbench-stage-'));
    fs.symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
  });
  after(() => fs.rmSync(folder, { recursive: true }));

  const suites = [
    [
      'passes and skips',
      "it('a', () => {}); it.skip('b', () => {}); it('c');",
      { passed: 1, failed: 0, skipped: 2 },
      /skipped: b/,
    ],
    [
      'fails a test',
      "it('a', () => {}); it('b', () => { throw new Error('why'); });",
      { passed: 1, failed: 1, skipped: 0 },
      /failed: b\n +Error: why/,
    ],
    [
      'fails in a hook',
      "before(() => { throw new Error('why'); }); it('a', () => {});",
      { passed: 0, failed: 1, skipped: 0 },
      /"before all" hook/,
    ],
    [
      'skips a whole suite',
      "before(function () { this.skip(); }); it('a', () => {}); it('b', () => {});",
      { passed: 0, failed: 0, skipped: 2 },
      /skipped: b/,
    ],
    [
      'ends in the middle',
      "it('a', () => {}); it('b', () => process.exit(0));",
      { passed: 0, failed: 1, skipped: 0 },
      /ended before it could report/,
    ],
    ['has no test', 'describe("nothing", () => {});', { passed: 0, failed: 1, skipped: 0 }, /no test to run/],
    [
      'goes wrong after its last test',
      "it('a', () => {}); process.on('exit', () => process.exit(7));",
      { passed: 1, failed: 1, skipped: 0 },
      /ended with the code 7/,
    ],
    [
      'leaves something open',
      "it('a', () => {}); setInterval(() => {}, 1000);",
      { passed: 1, failed: 1, skipped: 0 },
      /did not end after its last test/,
    ],
    ['cannot be loaded', "require('./nowhere');", { passed: 0, failed: 1, skipped: 0 }, /Cannot find module/],
  ];

  for (const [what, text, counts, told] of suites) {
    it(`that ${what} counts ${JSON.stringify(counts)} and says so`, async function () {
      this.timeout(20_000);
      fs.writeFileSync(path.join(folder, 'suite.cjs'), text);
      const result = await runStage(folder, {
        name: 'suite',
        module: 'mocha/bin/mocha.js',
        arguments: ['--no-config', '--no-package', '--reporter', reporter, 'suite.cjs'],
        reports: true,
        graceSeconds: 1,
      });
      const { passed, failed, skipped } = result;
      assert.deepEqual({ passed, failed, skipped }, counts);
      assert.match(result.output, told);
    });
  }

  for (const [code, passed] of [
    [0, 1],
    [3, 0],
  ]) {
    it(`that is a check with the exit code ${code} counts as ${passed ? 'passed' : 'failed'}`, async () => {
      fs.mkdirSync(path.join(folder, 'tool'), { recursive: true });
      fs.writeFileSync(
        path.join(folder, 'tool/check.cjs'),
        `console.log('complaint'); process.exitCode = ${code};`,
      );
      const result = await runStage(folder, {
        name: 'check',
        module: '../tool/check.cjs',
        arguments: [],
        reports: false,
      });
      assert.equal(result.passed, passed);
      assert.equal(result.failed, 1 - passed);
      assert.equal(result.output.trim(), passed ? '' : 'complaint');
    });
  }
});
