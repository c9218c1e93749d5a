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
import { checkListeners, noticesAbout } from '../../src/cli/brokerSettings/coherence';
import { brokerSettings, isOn, limitsOf, optionOf } from '../../src/cli/brokerSettings/settings';
import { brokerSettings as editorSettings } from '../../src/contributions/brokerSettings';
import { defaultLimits } from '../../src/broker/brokerOptions';
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
  version = '0';
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
    assert.deepEqual([isOn(options.given, 'qr'), isOn(options.given, 'json')], [true, false]);
    const file = config('{ "json": true, "qr": false }');
    assert.deepEqual([isOn(file, 'qr'), isOn(file, 'json')], [false, true]);
    assert.equal(isOn(readBrokerArguments(['--json=false']).given, 'json'), false);
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
    ['{ "json": 1 }', /^\/etc\/b\.json: "json" has to be true or false$/],
    ['{ "receiveMaximum": 0 }', /"receiveMaximum": "0" is not a whole number from 1 to 65535$/],
    ['{ "anonymous": "x" }', /^\/etc\/b\.json: "anonymous": "x" is none of never, loopback, always$/],
  ];
  for (const [text, message] of wrong) {
    it(`name file and key of ${text}`, () => assert.throws(() => config(text), { message }));
  }

  /** The bounds of every limit: those of the editor. */
  const bounds = [...brokerSettings].flatMap(([name, { kind }]) =>
    kind.kind === 'number' && (name in defaultLimits || name === 'sysInterval') ? [{ name, ...kind }] : [],
  );

  it('keep every limit where it can be kept to, as the editor does', () => {
    const numbers = Object.entries(defaultLimits).filter(
      ([name, usual]) => typeof usual === 'number' && name !== 'maximumQoS',
    );
    assert.equal(bounds.length, numbers.length + 1);
    for (const { name, least, most } of bounds) {
      const option = optionOf(name);
      const read = (value: number) => readBrokerArguments([option, String(value)]).given;
      assert.equal(read(least).get(name)?.[0], String(least));
      assert.equal(read(most).get(name)?.[0], String(most));
      const message = (value: number) => ({
        message: `${option}: "${value}" is not a whole number from ${least} to ${most}`,
      });
      if (least > 0) assert.throws(() => read(least - 1), message(least - 1));
      assert.throws(() => read(most + 1), message(most + 1));
      const usual = defaultLimits[name as keyof typeof defaultLimits];
      if (name in defaultLimits)
        assert.doesNotThrow(() => read(Number(usual) / (name === 'connectTimeout' ? 1000 : 1)));
      const editor: Readonly<Record<string, object>> = editorSettings;
      const schema = editor[`broker.${name}`];
      if (schema) assert.deepEqual({ ...schema, minimum: least, maximum: most }, schema, name);
      else assert.equal(name, 'outboundTopicAliases');
    }
  });

  it('have seconds where the editor has them', () => {
    assert.deepEqual(limitsOf(readBrokerArguments(['--connect-timeout', '3']).given), {
      connectTimeout: 3_000,
    });
    assert.deepEqual(limitsOf(config('{ "connectTimeout": 600 }')), { connectTimeout: 600_000 });
  });

  const notices = (hasUsers: boolean, ...args: string[]): readonly string[] => {
    const { given } = readBrokerArguments(args);
    const form = { json: isOn(given, 'json'), qr: isOn(given, 'qr') };
    return noticesAbout(given, listenersOf(given), { hasUsers }, form);
  };
  const secure = ['--listen', 'mqtts://127.0.0.1:0'];
  const withoutEffect: readonly (readonly [args: readonly string[], notice: RegExp])[] = [
    [
      ['--certificate', 'c.pem'],
      /^warning: --certificate has no effect: no listener speaks TLS; add --listen/,
    ],
    [['--client-ca', 'c.pem', '--client-certificates', 'none'], /--client-ca has no effect: no listener/],
    [['--minimum-tls', '1.3'], /--minimum-tls has no effect: no listener speaks TLS/],
    [
      [...secure, '--certificate', 'c', '--key-type', 'rsa'],
      /--key-type has no effect: --certificate is shown/,
    ],
    [
      [...secure, '--client-ca', 'c', '--client-certificates', 'none'],
      /--client-ca has no effect: --client-c/,
    ],
    [[...secure, '--host', '::1'], /--host has no effect: every --listen has an address of its own/],
    [['--retain-available', 'false', '--retained-bytes', '9'], /--retained-bytes has no effect: --retain-a/],
    [['--json', '--qr'], /--qr has no effect: --json has the addresses/],
    [['--anonymous', 'never'], /^warning: nobody may connect: --anonymous never .* --users FILE/],
  ];
  for (const [args, notice] of withoutEffect) {
    it(`say what is missing for ${args.join(' ')}`, () => {
      const [told = '', ...others] = notices(false, ...args);
      assert.match(told, notice);
      assert.deepEqual(others, []);
    });
  }

  it('say nothing where all have their effect', () => {
    assert.deepEqual(notices(true, '--anonymous', 'never', '--users', 'u', '--json'), []);
    assert.deepEqual(
      notices(false, ...secure, '--client-ca', 'c', '--anonymous', 'never', '--key-type', 'rsa'),
      [],
    );
    assert.deepEqual(notices(false, '--host', '::1', '--listen', 'ws://:0', '--qr'), []);
  });

  it('do not ask for certificates of clients where nobody could show one', () => {
    const check = (...args: string[]) => {
      const { given } = readBrokerArguments(args);
      checkListeners(given, listenersOf(given));
    };
    const message = (option: string) => ({
      message: `${option}: clients show certificates over TLS alone, and no listener speaks it; add --listen mqtts://127.0.0.1:8883`,
    });
    assert.throws(() => check('--client-ca', 'c'), message('--client-ca'));
    assert.throws(() => check('--client-certificates', 'require'), message('--client-certificates'));
    check('--client-certificates', 'require', ...secure);
    check('--client-ca', 'c', '--client-certificates', 'none');
  });

  it('give no port to two listeners', () => {
    const problem = (...urls: string[]) => {
      const { given } = readBrokerArguments(urls.flatMap((url) => ['--listen', url]));
      try {
        checkListeners(given, listenersOf(given));
        return undefined;
      } catch (error) {
        return error instanceof Error ? error.message : error;
      }
    };
    const own = 'give each a port of its own';
    assert.equal(
      problem('mqtt://:5', 'ws://127.0.0.1:5'),
      `--listen: two listeners have 127.0.0.1:5; ${own}`,
    );
    assert.equal(
      problem('mqtt://localhost:5', 'ws://:5'),
      `--listen: localhost:5 and 127.0.0.1:5 are listeners with one port; ${own}`,
    );
    assert.equal(
      problem('mqtt://0.0.0.0:5', 'ws://127.0.0.1:5'),
      `--listen: 0.0.0.0:5 and 127.0.0.1:5 are listeners with one port; ${own}`,
    );
    assert.match(String(problem('ws://127.0.0.1:5', 'mqtt://[::]:5')), /127\.0\.0\.1:5 and \[::\]:5 are/);
    for (const urls of [
      ['mqtt://:5', 'ws://127.0.0.2:5'],
      ['mqtt://:0', 'ws://:0'],
      ['mqtt://:5', 'ws://:6'],
      ['mqtt://0.0.0.0:5', 'ws://[::1]:5'],
    ])
      assert.equal(problem(...urls), undefined);
  });

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
    const now = Date.UTC(2026, 5, 1);
    const text = (failure: Parameters<typeof refusedText>[0]['failure'], first = 0) =>
      refusedText({ peer: 'p', failure, received: Uint8Array.of(first, 3, 1) }, now);
    const spoken = (code: 'notTls' | 'notWebSocket', words: string) =>
      refusedText(
        {
          peer: 'p',
          failure:
            code === 'notTls'
              ? { step: 'tls', code, detail: '' }
              : { step: 'webSocket', code, detail: 'HPE' },
          received: encodeUtf8(words),
        },
        now,
      );
    assert.equal(spoken('notTls', 'GET / HTTP/1.1'), 'it speaks HTTP on a port for TLS');
    assert.equal(spoken('notTls', 'hello'), 'it does not speak TLS, and this port is for TLS');
    assert.equal(spoken('notWebSocket', 'SSH-2.0-x'), 'it speaks SSH on a port for WebSocket');
    assert.equal(spoken('notWebSocket', '\u0016\u0003\u0001'), 'it speaks TLS on a port for WebSocket');
    assert.equal(spoken('notWebSocket', 'GET x'), 'it does not speak WebSocket (HPE)');
    assert.match(text({ step: 'tls', code: 'notTls', detail: '' }, 0x10), /plain MQTT on a port for TLS/);
    assert.match(text({ step: 'tls', code: 'alert', alert: 48, detail: '' }), /does not trust .*alert 48/);
    assert.match(text({ step: 'tls', code: 'closed', detail: '' }, 0x16), /without a word; perhaps .* trust/);
    assert.equal(text({ step: 'tls', code: 'closed', detail: '' }), 'it left during the handshake');
    const certificate = {
      ...{ subject: 'CN=dev\u001b[2J', issuer: 'CN=dev\u001b[2J', subjectAltNames: [], fingerprint256: '' },
      ...{ validFrom: 0, validTo: Date.UTC(2025, 2, 3) },
    };
    const rejected = { step: 'tls', code: 'certificateRejected', certificate } as const;
    assert.equal(
      text({ ...rejected, detail: 'CERT_HAS_EXPIRED' }),
      'its certificate for "CN=dev\\u001b[2J" expired on 3 March 2025 (CERT_HAS_EXPIRED)',
    );
    assert.equal(
      text({ ...rejected, certificate: undefined, detail: 'CERTIFICATE_MISSING' }),
      'it shows no certificate, and one is required',
    );
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
