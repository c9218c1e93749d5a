import assert from 'node:assert/strict';
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
  version = () => Promise.resolve('0');
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
