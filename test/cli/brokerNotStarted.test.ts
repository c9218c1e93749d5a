import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { encodeUtf8 } from '../../src/base/utf8';
import { runProgram } from '../../src/cli/program';
import type { Terminal } from '../../src/cli/terminal';

/** What a terminal is told, with one file that it has. */
class NotedTerminal implements Terminal {
  readonly told: string[] = [];
  readonly errors: string[] = [];

  constructor(private readonly text: string | Error) {}

  out = (line: string) => void this.told.push(line);
  error = (line: string) => void this.errors.push(line);
  input = () => Promise.resolve(undefined);
  secret = () => Promise.resolve('');
  file = (path: string) => {
    if (path !== 'b.json') return Promise.resolve(undefined);
    return this.text instanceof Error ? Promise.reject(this.text) : Promise.resolve(encodeUtf8(this.text));
  };
  version = '0';
}

async function run(...args: readonly string[]): Promise<NotedTerminal> {
  const terminal = new NotedTerminal('');
  assert.equal(await runProgram(args, terminal), 0);
  return terminal;
}

async function begin(args: readonly string[], file: string | Error = ''): Promise<NotedTerminal> {
  const terminal = new NotedTerminal(file);
  assert.equal(await runProgram(['broker', ...args], terminal), 2);
  return terminal;
}

describe('A broker that does not start', () => {
  const asked: readonly (readonly [args: readonly string[], file: string | undefined, text: RegExp])[] = [
    [['--json', '--maximum-qos', '7'], undefined, /^--maximum-qos: "7" is none of 0, 1, 2$/],
    [['--json=true', '--maximum-qos', '7'], undefined, /^--maximum-qos: "7" is none of 0, 1, 2$/],
    [['--json=false', '--json', '--prot'], undefined, /^broker takes no "--prot"/],
    [
      ['--config', 'b.json'],
      '{ "json": true, "port": 1.5 }',
      /^b\.json: "port": "1.5" is not a whole number/,
    ],
    [['--config', 'b.json'], '{ "prot": 1, "json": true }', /^b\.json: "prot" is not known/],
    [['--config', 'b.json'], '{ "port": , "json": true }', /^b\.json:1:\d+: this is no JSON/],
    [['--config=b.json', '--prot'], '{ "json": true }', /^broker takes no "--prot"/],
    [
      ['--config', 'missing', '--config', 'b.json', '--prot'],
      '{ "json": true }',
      /^broker takes no "--prot"/,
    ],
  ];
  for (const [args, file, text] of asked) {
    it(`says so as JSON with ${args.join(' ')}${file === undefined ? '' : ` and ${file}`}`, async () => {
      const { told, errors } = await begin(args, file);
      assert.deepEqual(errors, []);
      const [event, ...others] = told.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
      assert.equal(event?.['event'], 'notStarted');
      assert.match(String(event?.['text']), text);
      assert.deepEqual(others, []);
    });
  }

  it('says that the key is missing where the file of the certificate holds none', async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mqtt-workbench-key-'));
    try {
      const certificates = path.join(folder, 'certificates');
      const { told } = await run('authority', '--certificates', certificates);
      const file = path.join(folder, 'ca.pem');
      fs.writeFileSync(file, told.join('\n'));
      const { errors } = await begin(['--listen', 'mqtts://127.0.0.1:0', '--certificate', file]);
      const expected = `--certificate: there is no key in ${file}, and --key is missing, which names the file of the key`;
      assert.ok(errors.join('\n').includes(expected), errors.join('\n'));
      const key = ['--key', file];
      const { errors: others } = await begin([
        '--listen',
        'mqtts://127.0.0.1:0',
        '--certificate',
        file,
        ...key,
      ]);
      assert.match(others.join('\n'), /--key: .* holds something else than it should/);
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });

  const plain: readonly (readonly [args: readonly string[], file?: string | Error])[] = [
    [['--maximum-qos', '7']],
    [['--json=false', '--maximum-qos', '7']],
    [['--json', '--json=false', '--maximum-qos', '7']],
    [['--json=false', '--config', 'b.json'], '{ "json": true, "port": 1.5 }'],
    [['--config', 'b.json'], '{ "json": false, "port": 1.5 }'],
    [['--config', 'b.json'], ''],
    [['--config', 'b.json', '--maximum-qos', '7'], new Error('EACCES')],
    [['--maximum-qos', '7', '--config']],
  ];
  for (const [args, file] of plain) {
    const name =
      file === undefined ? '' : ` and ${file instanceof Error ? 'a file that cannot be read' : `"${file}"`}`;
    it(`says so in words with ${args.join(' ')}${name}`, async () => {
      const { told, errors } = await begin(args, file);
      assert.doesNotMatch([...told, ...errors].join('\n'), /notStarted/);
      assert.match(errors.join('\n'), /--maximum-qos: "7"|b\.json/);
    });
  }
});
