import { strict as assert } from 'node:assert';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { type RunningProgram, startProgram } from '../support/childProcess';
import { portIsOpen } from '../support/freePort';
import { repositoryRoot } from '../support/paths';
import { requireVscode } from '../support/peers';
import { Workbench } from '../support/workbench';

describe('npm start', function () {
  this.timeout(120_000);
  let program: RunningProgram | undefined;
  let workbench: Workbench | undefined;

  afterEach(async () => {
    await workbench?.close();
    await program?.stop();
    workbench = undefined;
    program = undefined;
  });

  it('serves the workbench with a profile that reaches the broker and its device; Ctrl+C ends it all', async function () {
    requireVscode(this);
    program = npmStart({ MQTT_WORKBENCH_SERVE: '1' });
    const brokerPort = Number((await program.printed(/simulated device: 127\.0\.0\.1:(\d+)/))[1]);
    const address = (await program.printed(/VS Code in a browser: (\S+)/))[1] ?? '';
    const servedPort = Number(new URL(address).port);
    await program.printed(/Ctrl\+C ends everything/);

    workbench = await Workbench.visit(address, { suite: 'start' });
    await workbench.openContainer('MQTT');
    const connections = workbench.view('Connections');
    const bench = await connections.waitForRow('bench');
    assert.match(bench.description, new RegExp(`127\\.0\\.0\\.1:${brokerPort}`));
    await workbench.screenshot('served');
    await workbench.close();
    workbench = undefined;

    await interrupt(program);
    assert.deepEqual(await Promise.all([brokerPort, servedPort].map(portIsOpen)), [false, false]);
  });

  it('opens the VS Code of VSCODE_PATH on the playground with the extension; Ctrl+C ends that too', async function () {
    if (process.platform === 'win32') return this.skip();
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mqtt-workbench-desktop-'));
    const noted = path.join(folder, 'arguments');
    const desktop = path.join(folder, 'code');
    fs.writeFileSync(
      desktop,
      `#!/bin/sh\nprintf '%s\\n' "$$" "$@" > '${noted}.new'\nmv '${noted}.new' '${noted}'\nsleep 600\n`,
    );
    fs.chmodSync(desktop, 0o755);
    program = npmStart({ VSCODE_PATH: desktop });
    const brokerPort = Number((await program.printed(/simulated device: 127\.0\.0\.1:(\d+)/))[1]);
    await program.printed(/VS Code is opening/);
    await appears(noted);
    const [id = '', ...options] = fs.readFileSync(noted, 'utf8').trim().split('\n');
    assert.ok(options.includes(`--extensionDevelopmentPath=${repositoryRoot}`));
    assert.match(options.at(-1) ?? '', /(test|\.cache)\/playground$/);

    await interrupt(program);
    assert.equal(await portIsOpen(brokerPort), false);
    assert.throws(() => process.kill(Number(id), 0), { code: 'ESRCH' });
    fs.rmSync(folder, { recursive: true });
  });
});

function npmStart(environment: Readonly<Record<string, string>>): RunningProgram {
  return startProgram('npm', ['start'], { cwd: repositoryRoot, env: { ...process.env, ...environment } });
}

/** Ctrl+C, which a terminal sends to the whole group. npm itself ends as it was asked to, its script without an error. */
async function interrupt(program: RunningProgram): Promise<void> {
  if (program.child.pid !== undefined) process.kill(-program.child.pid, 'SIGINT');
  const { code, signal } = await program.ended;
  assert.ok(code === 0 || signal === 'SIGINT', `ended with ${signal ?? code}:\n${program.output()}`);
  assert.doesNotMatch(program.output(), /error/i);
}

async function appears(file: string): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!fs.existsSync(file)) {
    if (Date.now() > deadline) throw new Error(`${file} does not appear`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
