import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { connect } from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import { decodeUtf8, encodeUtf8 } from '../../src/base/utf8';
import { encode } from '../../src/protocol/codec';
import { bundledProgram } from '../support/bundledProgram';
import { startProgram } from '../support/childProcess';
import type { RunningProgram } from '../support/childProcess';
import { freePort, portIsOpen } from '../support/freePort';
import { OwnClient } from '../support/ownClient';
import { a } from '../support/packets';
import { repositoryRoot } from '../support/paths';

/** The terminal program as a process of its own. */
const start = (...args: string[]) =>
  startProgram(process.execPath, [bundledProgram('src/cli/main.ts'), ...args], { cwd: repositoryRoot });

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
      assert.match(
        program.output(),
        /^- "own-client" from \S+: sent away, server shutting down \(without DISCONNECT: 3\.1\.1 .*\)$/m,
      );
      assert.match(program.output(), /^stopped$/m);
      assert.equal(await portIsOpen(port), false);
    });
  }

  it('says under $SYS/broker/version which one it is', async () => {
    const program = start('broker', '--port', '0');
    const port = Number((await program.printed(/^listening on 127\.0\.0\.1:(\d+)$/m))[1]);
    const client = new OwnClient(port);
    await client.connect();
    await client.subscribe([a.subscription('$SYS/broker/version')]);
    const [told] = await client.until(1);
    const file = path.join(repositoryRoot, 'package.json');
    const { version } = JSON.parse(fs.readFileSync(file, 'utf8')) as { version: string };
    assert.equal(told && decodeUtf8(told.payload), `MQTT Workbench version ${version}`);
    await client.disconnect();
    program.child.kill('SIGTERM');
    assert.equal(await ended(program), 0);
  });

  it('warns where the network reaches it without a password, be it that the file of users is empty', async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mqtt-workbench-users-'));
    const users = path.join(folder, 'users');
    const warning =
      /^warning: everybody who reaches this machine may connect to 0\.0\.0\.0:[1-9]\d* without a password/m;
    try {
      fs.writeFileSync(users, '# nobody yet\n');
      for (const [more, isOpen] of [
        [['--users', users], true],
        [['--users', users, '--anonymous', 'never'], false],
        [['--anonymous', 'loopback'], false],
      ] as const) {
        const program = start('broker', '--port', '0', '--host', '0.0.0.0', ...more);
        await program.printed(/listening on/);
        if (isOpen) await program.printed(warning);
        assert.equal(warning.test(program.output()), isOpen, more.join(' '));
        await program.stop();
      }
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });

  it('does not warn where everybody has to show a certificate that it knows the authority of', async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mqtt-workbench-ca-'));
    const authority = path.join(folder, 'ca.pem');
    const certificates = ['--certificates', folder, '--listen', 'mqtts://0.0.0.0:0'];
    const warning = /^warning: everybody who reaches this machine/m;
    try {
      const made = start('authority', '--certificates', folder);
      fs.writeFileSync(authority, (await made.printed(/-----BEGIN[^]*-----END CERTIFICATE-----/))[0]);
      assert.ok(made.output().includes(`a certificate authority was made in ${folder}, as there was none`));
      const again = start('authority', '--certificates', folder);
      assert.equal((await again.ended).code, 0);
      assert.match(again.output(), /^-----BEGIN/);
      for (const [more, isOpen] of [
        [['--client-ca', authority], false],
        [['--client-ca', authority, '--listen', 'mqtt://0.0.0.0:0'], true],
        [['--client-ca', authority, '--client-certificates', 'request'], true],
      ] as const) {
        const program = start('broker', ...certificates, ...more);
        await program.printed(/listening on/);
        if (isOpen) await program.printed(warning);
        await program.stop();
        assert.equal(warning.test(program.output()), isOpen, more.join(' '));
      }
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });

  it('tells of who was refused, and keeps the password to itself that came in clear', async () => {
    const certificates = fs.mkdtempSync(path.join(os.tmpdir(), 'mqtt-workbench-ca-'));
    try {
      const program = start(
        ...['broker', '--json', '--listen', 'mqtts://127.0.0.1:0', '--certificates', certificates],
      );
      const port = Number((await program.printed(/"address":"127\.0\.0\.1:(\d+)"/))[1]);
      const socket = connect(port, '127.0.0.1').on('error', () => undefined);
      socket.write(encode(a.connect({ userName: 'anna', password: encodeUtf8('secret') }), 5));
      const [line = ''] = await program.printed(/^\{"event":"refused".*$/m);
      assert.match(line, /it speaks plain MQTT on a port for TLS/);
      assert.ok(!line.includes('received'), line);
      await program.stop();
    } finally {
      fs.rmSync(certificates, { recursive: true });
    }
  });

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

  it('says in JSON too that it does not start, and that it has ended', async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mqtt-workbench-json-'));
    const events = (program: RunningProgram) =>
      program
        .output()
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
    try {
      const config = path.join(folder, 'broker.json');
      fs.writeFileSync(config, '{ "json": true, "port": 0, "users": "missing" }');
      const failed = start('broker', '--config', config);
      assert.equal((await failed.ended).code, 2);
      assert.deepEqual(
        events(failed).map(({ event, text }) => [event, text]),
        [['notStarted', `--users: there is no file ${path.join(folder, 'missing')}`]],
      );
      const unknown = start('broker', '--json', '--prot', '1');
      assert.equal((await unknown.ended).code, 2);
      assert.equal(events(unknown)[0]?.['event'], 'notStarted');
      const program = start('broker', '--json', '--port', '0');
      const port = Number((await program.printed(/"address":"127\.0\.0\.1:(\d+)"/))[1]);
      connect(port, '127.0.0.1')
        .on('error', () => undefined)
        .write(Uint8Array.of(0xc0, 0));
      await program.printed(/"event":"disconnected".*"clause":"MQTT-3\.1\.0-1"/);
      program.child.kill('SIGINT');
      assert.equal((await program.ended).code, 0);
      assert.equal(events(program).at(-1)?.['event'], 'stopped');
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });

  it('warns of what has no effect, and does not begin with two listeners at one place', async () => {
    const program = start('broker', '--port', '0', '--certificate', '/nowhere/c.pem', '--anonymous', 'never');
    await program.printed(/^listening on/m);
    await program.printed(/^warning: --certificate has no effect: no listener speaks TLS/m);
    await program.printed(/^warning: nobody may connect/m);
    await program.stop();
    const twice = start('broker', '--port', '21883', '--listen', 'ws://127.0.0.1:21883');
    assert.equal((await twice.ended).code, 2);
    assert.match(twice.output(), /^--listen: two listeners have 127\.0\.0\.1:21883; give each a port/m);
  });

  it('says at once where its folders cannot be', async function () {
    if (process.platform !== 'linux') this.skip();
    const state = start('broker', '--port', '0', '--keep-state', '/proc/mqtt-workbench');
    assert.equal((await state.ended).code, 2);
    assert.match(state.output(), /^--keep-state: \/proc\/mqtt-workbench cannot be used/m);
    const authority = start('authority', '--certificates', '/proc/mqtt-workbench');
    assert.equal((await authority.ended).code, 2);
    assert.match(authority.output(), /^--certificates: \/proc\/mqtt-workbench cannot be used/m);
  });

  it('names an address that is not of this machine', async () => {
    const program = start('broker', '--port', '0', '--host', '192.0.2.1');
    assert.equal(await ended(program), 2);
    assert.match(program.output(), /--host: cannot listen on 192\.0\.2\.1:0 \(EADDRNOTAVAIL\)/);
  });
});
