import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

/** A patient stage may come to its turn late: it may take as long as all the others together. */
const limitOf = (stage) => (stage.patient ? 30 : 10);

/**
 * Runs one stage to its end. Resolves with its counts, what it printed and how long it took; a stage that crashes, hangs
 * or leaves no report has failed.
 */
export async function runStage(root, stage) {
  const report = path.join(root, '.cache', 'reports', `${stage.name.replaceAll(/[ /]/g, '-')}.json`);
  fs.mkdirSync(path.dirname(report), { recursive: true });
  fs.rmSync(report, { force: true });
  const begin = Date.now();
  const { code, output } = await runProgram(root, stage, report);
  return { ...counted(stage, code, output, report), seconds: (Date.now() - begin) / 1000 };
}

function counted(stage, code, output, report) {
  if (!stage.reports) {
    const passed = code === 0 ? 1 : 0;
    return { passed, failed: 1 - passed, skipped: 0, output: passed ? '' : output };
  }
  if (!fs.existsSync(report)) {
    return {
      passed: 0,
      failed: 1,
      skipped: 0,
      output: `${output}\n  failed: ${stage.name} ended before it could report`,
    };
  }
  const counts = JSON.parse(fs.readFileSync(report, 'utf8'));
  // A run may also go wrong after its last test.
  if (code !== 0 && counts.failed === 0) {
    return { ...counts, failed: 1, output: `${output}\n  failed: ${stage.name} ended with the code ${code}` };
  }
  return { ...counts, output };
}

/** Lets others have the processor first; a program that has ended already needs none. */
function lowerPriority(pid) {
  try {
    os.setPriority(pid, os.constants.priority.PRIORITY_BELOW_NORMAL);
  } catch (error) {
    if (error.info?.code !== 'ESRCH') throw error;
  }
}

function runProgram(root, stage, report) {
  return new Promise((resolve) => {
    const program = path.join(root, 'node_modules', stage.module);
    const child = spawn(process.execPath, [...(stage.nodeArguments ?? []), program, ...stage.arguments], {
      cwd: root,
      env: { ...process.env, MQTT_WORKBENCH_REPORT: report, FORCE_COLOR: '0' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    if (stage.patient && child.pid !== undefined) lowerPriority(child.pid);
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    let complaint = '';
    const end = (why) => {
      complaint = `\n  failed: ${stage.name} ${why}`;
      child.kill('SIGTERM');
      setTimeout(() => child.kill('SIGKILL'), 5000).unref();
    };
    const minutes = limitOf(stage);
    const limit = setTimeout(() => end(`took more than ${minutes} minutes`), minutes * 60_000);
    // What a test forgot to close keeps its process alive for ever.
    const watch = setInterval(() => {
      if (!fs.existsSync(report)) return;
      clearInterval(watch);
      setTimeout(
        () => end('did not end after its last test: something is still open'),
        (stage.graceSeconds ?? 10) * 1000,
      ).unref();
    }, 200);
    const settle = (code, more) => {
      clearTimeout(limit);
      clearInterval(watch);
      resolve({ code: complaint === '' ? code : code || 1, output: output + more + complaint });
    };
    child.once('error', (error) => settle(127, error.message));
    child.once('close', (code) => settle(code ?? 1, ''));
  });
}
