import { flood, garbage, idle, slowLoris } from './attacks';
import { beside, type Damage, percentile } from './bystander';
import { connectTimeout, deliveredProgram, startTarget, type Target } from './target';
import type { WireClient } from './wire';

/*
 * `npm run robustness`: attacks on `dist/cli.js broker` in its own process, one after the other, with well-behaved clients
 * beside them. Prints each figure with its bound as a JSON line; exit code 1 where a bound is broken.
 */

const mebibyte = 1_048_576;

/** Rounds of garbage before the one that counts: what a process takes once is no leak. */
const garbageSeeds = [1, 2, 3] as const;

let broken = 0;

function report(attack: string, metric: string, value: number, bound: number, unit: string): void {
  if (!(value <= bound)) broken++;
  const rounded = Math.round(value * 10) / 10;
  console.log(JSON.stringify({ robustness: attack, metric, value: rounded, bound, unit }));
}

function reportDamage(attack: string, { growth, waits, turnedAway }: Damage, mostGrowth: number): void {
  report(attack, 'memory growth', growth / mebibyte, mostGrowth, 'MiB');
  report(attack, 'wait of a client, p50', percentile(waits, 50), 250, 'ms');
  report(attack, 'wait of a client, p99', percentile(waits, 99), 2_000, 'ms');
  report(attack, 'clients turned away', turnedAway, 0, '');
}

async function main(): Promise<void> {
  await against('random and mutated bytes, 1000 connections', async (target, attack) => {
    for (const seed of garbageSeeds)
      reportDamage(`${attack}, round ${seed}`, await beside(target, () => garbage(target, 1_000, seed)), 96);
  });
  await against('half a CONNECT, 1000 connections', async (target, attack) => {
    let longest = 0;
    const damage = await beside(target, async () => {
      longest = await slowLoris(target, 1_000);
    });
    report(attack, 'longest left open', longest, connectTimeout + 2_000, 'ms');
    reportDamage(attack, damage, 64);
  });
  for (const qos of [0, 1] as const) {
    await against(`1 GB to a reader that never reads, QoS ${qos}`, async (target, attack) => {
      reportDamage(attack, await beside(target, () => flood(target, qos, 1e9)), 256);
    });
  }
  await against('10000 idle connections', async (target, attack) => {
    const wanted = 10_000;
    let clients: WireClient[] = [];
    const damage = await beside(target, async () => {
      clients = await idle(target, wanted);
    });
    report(attack, 'connections that failed', wanted - clients.length, 0, '');
    reportDamage(attack, damage, 160);
    const later = await beside(target, () => new Promise((resolve) => setTimeout(resolve, 3_000)));
    reportDamage(`${attack}, once they are there`, later, 32);
    for (const { socket } of clients) socket.destroy();
  });
  process.exitCode = broken > 0 ? 1 : 0;
}

/** Runs an attack against a broker of its own. */
async function against(name: string, attack: (target: Target, name: string) => Promise<void>): Promise<void> {
  const target = await startTarget(deliveredProgram);
  try {
    await attack(target, name);
    report(name, 'brokers that ended', target.isRunning() ? 0 : 1, 0, '');
  } finally {
    await target.stop();
  }
}

void main();
