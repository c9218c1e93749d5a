import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { build } from 'esbuild';
import { freePort } from '../../support/freePort';
import { cacheFolder, repositoryRoot } from '../../support/paths';

export const subjectNames = ['ours', 'ours with capture', 'aedes', 'mosquitto'] as const;
export type SubjectName = (typeof subjectNames)[number];

const folder = path.join(cacheFolder, 'bench');

/** Bundles the programs of the benchmark, and the terminal program as it is delivered. */
export async function bundleBrokerPrograms(): Promise<void> {
  await build({
    absWorkingDir: repositoryRoot,
    entryPoints: ['test/bench/broker/brokerMain.ts', 'test/bench/broker/loadMain.ts', 'src/cli/main.ts'],
    outdir: folder,
    entryNames: '[name]',
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    // The peer runs as it was published; the database comes with files of its own.
    external: ['aedes', 'node-sqlite3-wasm'],
    // As the program is delivered: what it has for Node loads its parts in a way that cannot be bundled.
    alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
    logLevel: 'warning',
  });
}

export const loadProgram = path.join(folder, 'loadMain.js');

/** A broker in a process of its own. */
export interface RunningBroker {
  readonly port: number;
  /** Nanoseconds of CPU time of all its threads, so far. */
  cpu(): number;
  /** Bytes of memory that are in use now (RSS). */
  memory(): number;
  stop(): void;
}

export async function startSubject(name: SubjectName): Promise<RunningBroker> {
  const port = name === 'mosquitto' || name === 'ours' ? await freePort() : 0;
  const child = spawn(...(await commandOf(name, port)), { stdio: ['ignore', 'pipe', 'pipe'] });
  const { pid = 0 } = child;
  const bound = await new Promise<number>((resolve, reject) => {
    let text = '';
    const hear = (chunk: Buffer): void => {
      text += chunk.toString();
      const [, found] = /listening on \S*:(\d+)/.exec(text) ?? [];
      if (found !== undefined) resolve(Number(found));
      else if (/mosquitto version .* running/.test(text)) resolve(port);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('exit', () => reject(new Error(`${name} ended: ${text}`)));
  });
  return { port: bound, cpu: () => cpuOf(pid), memory: () => memoryOf(pid), stop: () => child.kill() };
}

async function commandOf(name: SubjectName, port: number): Promise<[string, string[]]> {
  switch (name) {
    case 'ours':
      return [process.execPath, [path.join(folder, 'main.js'), 'broker', '--port', String(port)]];
    case 'ours with capture':
    case 'aedes':
      return [process.execPath, [path.join(folder, 'brokerMain.js'), name]];
    case 'mosquitto': {
      const file = path.join(folder, `mosquitto-${port}.conf`);
      const lines = ['persistence false', 'allow_anonymous true', 'log_dest stderr', 'log_type information'];
      const limits = ['set_tcp_nodelay true', 'max_inflight_messages 0', 'max_queued_messages 0'];
      await fs.promises.writeFile(file, [`listener ${port} 127.0.0.1`, ...lines, ...limits, ''].join('\n'));
      return ['mosquitto', ['-c', file]];
    }
  }
}

/** The scheduler counts in nanoseconds; each thread has its own. */
function cpuOf(pid: number): number {
  let total = 0;
  for (const thread of fs.readdirSync(`/proc/${pid}/task`)) {
    const [time = '0'] = fs.readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ');
    total += Number(time);
  }
  return total;
}

function memoryOf(pid: number): number {
  const [, kibibytes = '0'] = /VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kibibytes) * 1024;
}
