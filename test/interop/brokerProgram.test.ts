import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { encodeUtf8 } from '../../src/base/utf8';
import { ScramAuthenticator } from '../../src/client/scram';
import { systemCrypto } from '../../src/transport/systemCrypto';
import { bundledProgram } from '../support/bundledProgram';
import { CertificateFolder } from '../support/certificates';
import { type RunningProgram, startProgram } from '../support/childProcess';
import { startMosquitto } from '../support/mosquitto';
import { OwnClient } from '../support/ownClient';
import { repositoryRoot } from '../support/paths';
import { requiredPeer, requirePeer } from '../support/peers';

const run = promisify(execFile);

describe('The broker in the terminal, with clients of others', function () {
  this.timeout(60_000);
  const cli = bundledProgram('src/cli/main.ts');
  let program: RunningProgram | undefined;
  let folder: string;
  beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mqtt-workbench-program-'))));
  afterEach(async () => {
    await program?.stop();
    program = undefined;
    fs.rmSync(folder, { recursive: true, force: true });
  });

  /** Returns its port. */
  async function start(...args: string[]): Promise<number> {
    program = startProgram(process.execPath, [cli, 'broker', ...args], { cwd: repositoryRoot });
    return Number((await program.printed(/^listening on 127\.0\.0\.1:(\d+)/m))[1]);
  }

  it('has every $SYS topic that mosquitto has', async function () {
    requirePeer(this, 'mosquitto', 'mosquitto_sub');
    const mosquitto = await startMosquitto({ configuration: ['sys_interval 1'] });
    const namesAt = async (port: number): Promise<ReadonlySet<string>> => {
      const to = ['-h', '127.0.0.1', '-p', String(port), '-t', '$SYS/#', '-F', '%t'];
      const watching = startProgram('stdbuf', ['-oL', requiredPeer('mosquitto_sub'), ...to]);
      try {
        // They are told together, once a second: the third time all are there.
        await watching.printed(/(\/uptime\n[^]*?){3}/);
        return new Set(watching.output().trim().split('\n'));
      } finally {
        await watching.stop();
      }
    };
    try {
      const theirs = await namesAt(mosquitto.port);
      const ours = await namesAt(await start('--port', '0', '--sys-interval', '1'));
      assert.ok(theirs.size > 45, `mosquitto has ${theirs.size}`);
      assert.deepEqual(
        [...theirs].filter((name) => !ours.has(name)),
        [],
      );
    } finally {
      await mosquitto.stop();
    }
  });

  it('takes the Common Name of a client certificate for its user, and holds that to the rules', async function () {
    requirePeer(this, 'mosquitto_pub', 'mosquitto_sub');
    const files = new CertificateFolder();
    try {
      files.authority('devices');
      files.certificate('anna', 'devices');
      files.authority('others');
      files.certificate('mallory', 'others');
      const rules = files.write('rules.json', '[{ "publish": ["devices/%u/#"], "subscribe": ["#"] }]');
      const port = await start(
        ...['--listen', 'mqtts://127.0.0.1:0', '--certificates', path.join(folder, 'certificates')],
        ...['--client-ca', files.file('devices.pem'), '--rules', rules],
      );
      const { stdout: authority } = await run(
        process.execPath,
        [cli, 'authority', '--certificates', path.join(folder, 'certificates')],
        { cwd: repositoryRoot },
      );
      const publish = async (topic: string, ...as: string[]) => {
        const to = ['-h', '127.0.0.1', '-p', String(port), '--cafile', files.write('ca.pem', authority)];
        const message = ['-V', 'mqttv5', '-q', '1', '-t', topic, '-m', 'x'];
        return run(requiredPeer('mosquitto_pub'), [...to, ...as, ...message], { timeout: 20_000 });
      };
      const shown = (name: string) => [
        '--cert',
        files.file(`${name}.pem`),
        '--key',
        files.file(`${name}.key`),
      ];
      await publish('devices/anna/state', ...shown('anna'), '-i', 'one');
      await program?.printed(/^\+ "one" as "anna" from /m);
      // Whatever name CONNECT has: the certificate is proof, and the name is not.
      await publish('devices/bob/state', ...shown('anna'), '-i', 'two', '-u', 'bob');
      await program?.printed(/^- "two" as "anna" from \S+ may not publish to "devices\/bob\/state"$/m);
      await assert.rejects(publish('devices/mallory/state', ...shown('mallory'), '-i', 'three'));
      await program?.printed(
        /^- \S+: its certificate for "CN=mallory\b.* was issued by "CN=others\b.*, which is none of /m,
      );
      await assert.rejects(publish('devices/x/state', '-i', 'four'));
      await program?.printed(/^- \S+: it shows no certificate, and one is required/m);
      assert.doesNotMatch(program?.output() ?? '', /^\+ "(three|four)"/m);
    } finally {
      files.remove();
    }
  });

  it('lets users in by SCRAM whose password was kept for it, and shows it nobody', async () => {
    const users = path.join(folder, 'users');
    for (const [name, more] of [
      ['anna', ['--scram']],
      ['bob', []],
    ] as const) {
      const added = run(process.execPath, [cli, 'password', '--users', users, '--user', name, ...more], {
        cwd: repositoryRoot,
      });
      added.child.stdin?.end('correct horse\n');
      await added;
    }
    const port = await start('--port', '0', '--users', users, '--anonymous', 'never');
    const by = (userName: string, password: string) =>
      new OwnClient(port, {
        clientIdentifier: `of-${userName}`,
        authenticator: new ScramAuthenticator({ method: 'SCRAM-SHA-256', userName, password }, systemCrypto),
      });
    const client = by('anna', 'correct horse');
    await client.connect();
    await program?.printed(/^\+ "of-anna" as "anna" from \S+ MQTT 5\.0/m);
    await client.disconnect();
    await assert.rejects(by('anna', 'wrong horse').connect());
    // Of this one there is a hash for CONNECT's password alone.
    await assert.rejects(by('bob', 'correct horse').connect());
    await program?.printed(/^- "of-bob" from \S+ refused, \w+ [^\n]*$/m);
    const plain = new OwnClient(port, { userName: 'bob', password: encodeUtf8('correct horse') });
    await plain.connect();
    await plain.disconnect();
  });
});
