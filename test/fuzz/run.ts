import * as path from 'node:path';
import { Worker } from 'node:worker_threads';
import { repositoryRoot } from '../support/paths';
import { longestInput } from './mutation';

/*
 * `npm run fuzz -- --minutes N [--seed S]`: mutations of test/vectors through everything that reads bytes. Prints inputs
 * tried, crashes and hangs as JSON lines, each with the input that shows it; exit code 1 where there was one.
 */

export interface Crash {
  readonly hex: string;
  readonly version: number;
  readonly error: string;
}

export interface WorkerSettings {
  readonly seed: number;
  /** Milliseconds since the epoch. */
  readonly until: number;
  /** Inputs tried, length of the input at hand, its version. */
  readonly progress: Int32Array;
  readonly input: Uint8Array;
}

/** An input that takes longer is a hang: the slowest takes some milliseconds. */
const hangAfter = 5000;
const mostReported = 20;

interface Totals {
  tried: number;
  crashes: number;
  hangs: number;
}

async function fuzz(minutes: number, firstSeed: number): Promise<Totals> {
  const until = Date.now() + minutes * 60_000;
  const totals: Totals = { tried: 0, crashes: 0, hangs: 0 };
  for (let seed = firstSeed; Date.now() < until; seed++) await oneWorker(seed, until, totals);
  return totals;
}

/** Runs a worker to its end, or until it hangs. */
async function oneWorker(seed: number, until: number, totals: Totals): Promise<void> {
  const progress = new Int32Array(new SharedArrayBuffer(12));
  const input = new Uint8Array(new SharedArrayBuffer(longestInput));
  const settings: WorkerSettings = { seed, until, progress, input };
  // A worker thread does not inherit the loader that reads TypeScript.
  const file = path.join(repositoryRoot, 'test/fuzz/worker.ts');
  const start = `require('tsx/cjs'); require(${JSON.stringify(file)});`;
  const worker = new Worker(start, { eval: true, workerData: settings });
  worker.on('message', (crash: Crash) => {
    if (totals.crashes++ < mostReported) console.log(JSON.stringify({ fuzz: 'crash', ...crash }));
  });
  const ended = new Promise<void>((resolve, reject) => {
    worker.on('exit', () => resolve());
    worker.on('error', reject);
  });
  let seen = -1;
  const watch = setInterval(() => {
    const tried = Atomics.load(progress, 0);
    if (tried === seen && tried > 0) {
      totals.hangs++;
      const hex = Buffer.from(input.slice(0, Atomics.load(progress, 1))).toString('hex');
      console.log(JSON.stringify({ fuzz: 'hang', hex, version: Atomics.load(progress, 2) }));
      void worker.terminate();
    }
    seen = tried;
  }, hangAfter);
  try {
    await ended;
  } finally {
    clearInterval(watch);
    totals.tried += Atomics.load(progress, 0);
  }
}

function option(name: string, fallback: number): number {
  const at = process.argv.indexOf(name);
  if (at < 0) return fallback;
  const value = Number(process.argv[at + 1]);
  if (!(value > 0)) throw new Error(`${name} needs a number above 0`);
  return value;
}

async function main(): Promise<void> {
  const minutes = option('--minutes', 1);
  const seed = option('--seed', Date.now() % 1_000_000);
  const totals = await fuzz(minutes, seed);
  const lines = [
    { metric: 'inputs tried', value: totals.tried },
    { metric: 'crashes', value: totals.crashes },
    { metric: 'hangs', value: totals.hangs },
  ];
  for (const line of lines)
    console.log(JSON.stringify({ bench: 'fuzz', subject: `seed ${seed}`, ...line, unit: '' }));
  process.exitCode = totals.crashes + totals.hangs > 0 ? 1 : 0;
}

void main();
