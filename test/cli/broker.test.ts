import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { startProgram } from '../support/childProcess';
import type { RunningProgram } from '../support/childProcess';
import { freePort, portIsOpen } from '../support/freePort';
import { OwnClient } from '../support/ownClient';
import { repositoryRoot } from '../support/paths';

/** The terminal program as a process of its own. */
const start = (...args: string[]) =>
  startProgram(process.execPath, ['--import', 'tsx', path.join(repositoryRoot, 'src/cli/main.ts'), ...args], {
    cwd: repositoryRoot,
  });

const ended = ({ child }: RunningProgram) =>
  new Promise<number | null>((resolve) => {
    if (child.exitCode !== null) resolve(child.exitCode);
    else child.once('exit', (code) => resolve(code));
  });

describe('broker', function () {
  this.timeout(60_000);

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    it(`says when it listens, who comes and goes, and ends in order at ${signal}`, async () => {
      const program = start('broker', '--port', '0');
      const port = Number((await program.printed(/^listening on 127\.0\.0\.1:(\d+)$/m))[1]);
      const client = new OwnClient(port, { clientIdentifier: 'dev "1"\u009b' });
      await client.connect();
      await program.printed(/^\+ "dev \\"1\\"\\u009b" from 127\.0\.0\.1:\d+, MQTT 5\.0, new session$/m);
      await client.disconnect();
      await program.printed(/^- "dev \\"1\\"\\u009b" from 127\.0\.0\.1:\d+: disconnected$/m);
      const stays = new OwnClient(port, { version: 4 });
      await stays.connect();
      program.child.kill(signal);
      assert.equal(await ended(program), 0);
      assert.match(program.output(), /^- "own-client" from \S+: sent away, server shutting down \(0x8b\)$/m);
      assert.equal(await portIsOpen(port), false);
    });
  }

  it('says that a port is in use, and what to do', async () => {
    const port = await freePort();
    const first = start('broker', '--port', String(port));
    await first.printed(/listening on/);
    const second = start('broker', '--port', String(port), '--host', '127.0.0.1');
    assert.equal(await ended(second), 2);
    const inUse = `--port: 127\\.0\\.0\\.1:${port} is in use`;
    const by = process.platform === 'linux' ? ' by node \\(process \\d+\\); end it or' : '';
    assert.match(second.output(), new RegExp(inUse + by));
    assert.doesNotMatch(second.output(), /usage:/);
    const open = start('broker', '--listen', `mqtt://0.0.0.0:${port}`);
    assert.equal(await ended(open), 2);
    assert.doesNotMatch(open.output(), /everybody/);
    await first.stop();
  });

  it('does not start with rules that tell users apart where nobody could prove to be one', async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mqtt-workbench-rules-'));
    try {
      const rules = path.join(folder, 'rules.json');
      fs.writeFileSync(rules, '[{ "user": "anna", "subscribe": ["#"] }]');
      const program = start('broker', '--port', '0', '--rules', rules);
      assert.equal(await ended(program), 2);
      assert.match(program.output(), /--rules: \S+ tells users apart, and nobody could prove to be one/);
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });

  it('names an address that is not of this machine', async () => {
    const program = start('broker', '--port', '0', '--host', '192.0.2.1');
    assert.equal(await ended(program), 2);
    assert.match(program.output(), /--host: cannot listen on 192\.0\.2\.1:0 \(EADDRNOTAVAIL\)/);
  });
});
