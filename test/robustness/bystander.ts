import { encodeUtf8 } from '../../src/base/utf8';
import { a } from '../support/packets';
import type { Target } from './target';
import { bytesOf, delay, WireClient } from './wire';

/** How often a well-behaved client comes, and memory is looked at, in milliseconds. */
const pace = 25;

/** What an attack does to the broker and to those who have no part in it. */
export interface Damage {
  /** The most memory there was beyond what there was before, in bytes. */
  readonly growth: number;
  /** How long a client waited from the connection until its QoS 1 message was acknowledged, in milliseconds. */
  readonly waits: readonly number[];
  /** Clients that were not served. */
  readonly turnedAway: number;
}

/** Lets a well-behaved client come and go while something else happens. */
export async function beside(target: Target, attack: () => Promise<void>): Promise<Damage> {
  const before = target.memory();
  let most = before;
  const waits: number[] = [];
  let turnedAway = 0;
  let isOver = false;
  const visits = async (): Promise<void> => {
    // Once at least after the attack, too.
    for (let nth = 0, isLast = false; !isLast; nth++) {
      isLast = isOver;
      const wait = await visit(target.port, `bystander-${nth}`);
      if (wait === undefined) turnedAway++;
      else waits.push(wait);
      if (nth % 4 === 0 || isLast) most = Math.max(most, target.memory());
      await delay(pace);
    }
  };
  const visiting = visits();
  try {
    await attack();
  } finally {
    isOver = true;
    await visiting;
  }
  return { growth: most - before, waits, turnedAway };
}

/** Returns how long it took, in milliseconds; undefined where it came to nothing. */
async function visit(port: number, clientIdentifier: string): Promise<number | undefined> {
  const began = performance.now();
  const client = new WireClient(port);
  try {
    await client.connect(clientIdentifier);
    client.socket.write(bytesOf(a.publish('bystander', 1, 1, { payload: encodeUtf8('here') })));
    await client.comes('PUBACK');
    return performance.now() - began;
  } catch {
    // It is counted.
    return undefined;
  } finally {
    client.socket.destroy();
  }
}

/** The value that so many of a hundred are not above. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? NaN;
}
