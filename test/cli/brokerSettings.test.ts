import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { encodeUtf8 } from '../../src/base/utf8';
import { readBrokerArguments } from '../../src/cli/brokerSettings/arguments';
import { readConfigFile } from '../../src/cli/brokerSettings/configFile';
import { listenersOf } from '../../src/cli/brokerSettings/listenSetting';
import { readRules } from '../../src/cli/brokerSettings/ruleFile';
import { limitsOf } from '../../src/cli/brokerSettings/settings';
import { runProgram } from '../../src/cli/program';
import { refusedText } from '../../src/cli/refusedText';
import type { Terminal } from '../../src/cli/terminal';
import { plainTls } from '../../src/transport/endpoint';
import { bundledProgram } from '../support/bundledProgram';
import { startProgram } from '../support/childProcess';
import { OwnClient } from '../support/ownClient';
import { repositoryRoot } from '../support/paths';

class NotedTerminal implements Terminal {
  readonly errors: string[] = [];
  out = (line: string) => void assert.fail(line);
  error = (line: string) => void this.errors.push(line);
  input = () => Promise.resolve(undefined);
  secret = () => Promise.resolve('');
  file = () => Promise.resolve(undefined);
  version = () => Promise.resolve('0');
}

describe('The settings of the broker', function () {
  this.timeout(60_000);
  const cli = bundledProgram('src/cli/main.ts');
  const config = (text: string) => readConfigFile('/etc/b.json', encodeUtf8(text));

  it('come from options and a file, with paths relative to the file', () => {
    const given = config('{ // ours\n "users": "u", "maximumConnections": 7, "retainAvailable": false, }');
    assert.equal(given.get('users')?.[0], path.resolve('/etc/u'));
    assert.deepEqual(limitsOf(given), { maximumConnections: 7, retainAvailable: false });
    const options = readBrokerArguments([
      '--maximum-qos=1',
      '--listen',
      'ws://:1',
      '--listen',
      'wss://[::]:2',
      '--qr',
    ]);
    assert.deepEqual(limitsOf(options.given), { maximumQoS: 1 });
    assert.deepEqual(listenersOf(options.given), [
      { protocol: 'ws', host: '127.0.0.1', port: 1 },
      { protocol: 'wss', host: '::', port: 2 },
    ]);
    assert.deepEqual([options.qr, options.json], [true, false]);
  });

  it('listen on the usual ports where nothing else is said', () => {
    const listeners = (...args: string[]) =>
      listenersOf(readBrokerArguments(args).given).map(
        ({ protocol, host, port }) => `${protocol} ${host} ${port}`,
      );
    assert.deepEqual(listeners(), ['tcp 127.0.0.1 1883']);
    assert.deepEqual(listeners('--listen', 'mqtts://', '--port', '0', '--host', '0.0.0.0'), [
      'tcp 0.0.0.0 0',
      'tls 0.0.0.0 8883',
    ]);
  });

  const wrong: readonly (readonly [text: string, message: RegExp])[] = [
    ['{ "port": 1', /^\/etc\/b\.json:1:\d+: this is no JSON: a closing brace } is missing here$/],
    ['[]', /^\/etc\/b\.json: it has to be an object/],
    ['{ port: 1 }', /^\/etc\/b\.json:1:\d+: this is no JSON: a word that is neither true/],
    ['{ "prot": 1 }', /^\/etc\/b\.json: "prot" is not known; did you mean port\?$/],
    ['{ "keep-state": "d" }', /^\/etc\/b\.json: "keep-state" is not known; did you mean keepState\?$/],
    ['{ "bridge": 1 }', /^\/etc\/b\.json: "bridge" is not known; there is listen, port/],
    ['{ "port": "1" }', /^\/etc\/b\.json: "port" has to be a number$/],
    ['{ "port": 1, "port": 2 }', /^\/etc\/b\.json: "port" is given twice$/],
    ['{ "port": 1.5 }', /^\/etc\/b\.json: "port": "1.5" is not a whole number/],
    ['{ "listen": ["mqtt://a", 1] }', /^\/etc\/b\.json: "listen", entry 2 has to be a text in quotes$/],
    ['{ "anonymous": "x" }', /^\/etc\/b\.json: "anonymous": "x" is none of never, loopback, always$/],
  ];
  for (const [text, message] of wrong) {
    it(`name file and key of ${text}`, () => assert.throws(() => config(text), { message }));
  }

  it('name the option that was probably meant', () => {
    const message = (option: string, meant: string) => ({
      message: `broker takes no "${option}"; ${meant}`,
    });
    assert.throws(() => readBrokerArguments(['--prot', '1']), message('--prot', 'did you mean --port?'));
    assert.throws(
      () => readBrokerArguments(['--keepstate', 'd']),
      message('--keepstate', 'did you mean --keep-state?'),
    );
    assert.throws(
      () => readBrokerArguments(['--frobnicate']),
      message('--frobnicate', '"broker --help" lists what it takes'),
    );
  });

  it('say how the command line is written only where that is wrong', async () => {
    const terminal = new NotedTerminal();
    assert.equal(await runProgram(['broker', '--prot', '1'], terminal), 2);
    assert.match(terminal.errors.join('\n'), /did you mean --port\?\nusage: broker /);
    for (const args of [
      ['--config', 'missing.json'],
      ['--listen', 'mqtts://127.0.0.1:0', '--certificate', '/nowhere/c.pem'],
    ]) {
      terminal.errors.length = 0;
      assert.equal(await runProgram(['broker', ...args], terminal), 2);
      assert.match(terminal.errors.join('\n'), /^--\w+: there is no file \S+$/);
    }
    terminal.errors.length = 0;
    assert.equal(await runProgram(['decod'], terminal), 2);
    assert.deepEqual(terminal.errors, ['There is no command "decod"; did you mean decode?']);
  });

  it('have rules about topics in a file', () => {
    const rules = (text: string) => readRules('r', encodeUtf8(text));
    assert.deepEqual(
      rules('[{ "user": "a", "publish": ["%u/#"] }, { "anonymous": true }, { "subscribe": ["+"] }]'),
      [
        { who: { user: 'a' }, publish: ['%u/#'], subscribe: [] },
        { who: 'anonymous', publish: [], subscribe: [] },
        { who: 'everybody', publish: [], subscribe: ['+'] },
      ],
    );
    assert.throws(
      () => rules('[{ "publish": ["a#"] }]'),
      /r: rule 1: "publish" has "a#", which is no topic filter/,
    );
    assert.throws(() => rules('[{}, { "deny": [] }]'), /r: rule 2: "deny" is not known/);
  });

  it('tell why a connection never became MQTT', () => {
    const text = (failure: Parameters<typeof refusedText>[0]['failure'], first = 0) =>
      refusedText({ peer: 'p', failure, received: Uint8Array.of(first) });
    assert.match(text({ step: 'tls', code: 'notTls', detail: '' }, 0x10), /plain MQTT on a port for TLS/);
    assert.match(text({ step: 'tls', code: 'alert', alert: 48, detail: '' }), /does not trust .*alert 48/);
    assert.match(text({ step: 'tls', code: 'closed', detail: '' }, 0x16), /without a word; perhaps .* trust/);
    assert.equal(text({ step: 'tls', code: 'closed', detail: '' }), 'it left during the handshake');
  });

  it('make a broker with TLS, a user and JSON of what the terminal is given', async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mqtt-workbench-cli-'));
    const file = (name: string, text: string) => {
      fs.writeFileSync(path.join(folder, name), text);
      return path.join(folder, name);
    };
    const run = async (input: string, ...args: string[]) => {
      const running = promisify(execFile)(process.execPath, [cli, ...args], { cwd: repositoryRoot });
      running.child.stdin?.end(input);
      return (await running).stdout;
    };
    try {
      const users = path.join(folder, 'users');
      assert.equal(await run('secret\n', 'password', '--users', users, '--user', 'anna'), 'added "anna"\n');
      assert.equal(fs.statSync(users).mode & 0o777, 0o600);
      const certificates = path.join(folder, 'certificates');
      const ca = file('ca.pem', await run('', 'authority', '--certificates', certificates));
      const own = file(
        'broker.json',
        '{ "listen": "mqtts://127.0.0.1:0", "users": "users", "anonymous": "never", "certificates": "certificates" }',
      );
      const program = startProgram(process.execPath, [cli, 'broker', '--config', own, '--json'], {
        cwd: repositoryRoot,
      });
      const listening = await program.printed(/^\{"event":"listening".*"address":"127\.0\.0\.1:(\d+)".*$/m);
      const port = Number(listening[1]);
      const tls = { ...plainTls, ca: [ca], systemCertificates: false };
      const as = (password: string) =>
        new OwnClient(
          { kind: 'tls', host: '127.0.0.1', port, tls },
          { userName: 'anna', password: encodeUtf8(password) },
        );
      const client = as('secret');
      await client.connect();
      await program.printed(/^\{"event":"connected".*"userName":"anna".*$/m);
      await assert.rejects(as('wrong').connect());
      await program.printed(/^\{"event":"disconnected".*"text":"refused, bad user name or password \(0x/m);
      await client.disconnect();
      program.child.kill('SIGINT');
      assert.equal((await program.ended).code, 0);
      for (const line of program.output().trim().split('\n'))
        assert.ok('event' in (JSON.parse(line) as object));
    } finally {
      fs.rmSync(folder, { recursive: true, force: true });
    }
  });
});
