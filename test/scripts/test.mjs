// `npm test`: installs what is missing, builds what ships, and holds everything against it. Its last line is the sum.
//   npm test -- --only unit,interop   runs only these stages (test/scripts/test/stages.mjs names them)
import * as os from 'node:os';
import { run } from './setup/run.mjs';
import { root, setup } from './setup.mjs';
import { runStage } from './test/runStage.mjs';
import { stages } from './test/stages.mjs';

const totals = { passed: 0, failed: 0, skipped: 0 };

async function main() {
  const queue = chosenStages();
  await setup();
  if (!(await timed('build', () => run(process.execPath, ['esbuild.js', '--production'], { cwd: root }))))
    return;
  const workers = Math.max(2, Math.min(4, os.availableParallelism()));
  const work = async (fits) => {
    for (let stage = taken(queue, fits); stage; stage = taken(queue, fits))
      report(stage.name, await runStage(root, stage));
  };
  // One more for what leaves the processor to others; it takes first, and the others help it out.
  await Promise.all([
    work(({ waits, patient }) => waits || patient),
    ...Array.from({ length: workers }, () => work(() => true)),
  ]);
}

/** Takes the first stage that fits out of the queue; `undefined` where none is left. */
function taken(queue, fits) {
  const index = queue.findIndex(fits);
  return index === -1 ? undefined : queue.splice(index, 1)[0];
}

/** `--only workbench` takes `workbench/connections` and its like too. */
function chosenStages() {
  const [flag, names = '', ...rest] = process.argv.slice(2);
  if (flag === undefined) return [...stages];
  const wanted = names.split(',');
  const belongs = (name) => (stage) => stage.name === name || stage.name.startsWith(`${name}/`);
  if (flag !== '--only' || rest.length > 0 || wanted.some((name) => !stages.some(belongs(name)))) {
    throw new Error(`Use --only with a list of ${stages.map(({ name }) => name).join(', ')}`);
  }
  return stages.filter((stage) => wanted.some((name) => belongs(name)(stage)));
}

/** What has to work before anything else counts as a failed test when it does not. */
async function timed(name, work) {
  const begin = Date.now();
  const { code, output } = await work();
  const seconds = (Date.now() - begin) / 1000;
  report(name, {
    passed: code === 0 ? 1 : 0,
    failed: code === 0 ? 0 : 1,
    skipped: 0,
    output: code === 0 ? '' : output,
    seconds,
  });
  return code === 0;
}

function report(name, { passed, failed, skipped, output, seconds }) {
  totals.passed += passed;
  totals.failed += failed;
  totals.skipped += skipped;
  const mark = failed > 0 ? '✖' : '✔';
  console.log(
    `${mark} ${name}: ${passed} passed, ${failed} failed, ${skipped} skipped (${seconds.toFixed(1)} s)`,
  );
  if (output.trim() !== '') console.log(output.trimEnd());
}

try {
  await main();
} catch (error) {
  totals.failed++;
  console.log(error.message);
}
process.exitCode = totals.failed > 0 ? 1 : 0;
console.log(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
