import type { Clock } from '../../src/base/clock';
import type { Disposable } from '../../src/base/lifecycle';

interface Entry {
  readonly at: number;
  readonly owner: string;
  /** Undefined once it has run or was cancelled. */
  callback: (() => void) | undefined;
}

/**
 * All that will happen in a simulation, in its order: a fake clock that many share. Between two events everything that was
 * started in promises runs to its end, so that the same start gives the same run.
 */
export class Timeline {
  /** The last is the next. */
  private readonly entries: Entry[] = [];
  private readonly counts = new Map<string, number>();

  /** @param time milliseconds since the epoch */
  constructor(private time = 1_000_000) {}

  now(): number {
    return this.time;
  }

  /** A clock whose timers are counted as those of `owner`. */
  clock(owner: string): Clock {
    return { now: () => this.time, schedule: (at, callback) => this.schedule(owner, at, callback) };
  }

  after(owner: string, milliseconds: number, callback: () => void): Disposable {
    return this.schedule(owner, this.time + milliseconds, callback);
  }

  schedule(owner: string, at: number, callback: () => void): Disposable {
    const entry: Entry = { at: Math.max(at, this.time), owner, callback };
    this.insert(entry);
    this.count(owner, 1);
    return { dispose: () => this.take(entry) };
  }

  /** How many timers of `owner` wait. */
  waiting(owner: string): number {
    return this.counts.get(owner) ?? 0;
  }

  /** Runs until nothing is left, the next event is after `limit`, or `isDone` says so between two events. */
  async run(limit: number, isDone: () => boolean = () => false): Promise<void> {
    await promisesRan();
    while (!isDone()) {
      const next = this.entries[this.entries.length - 1];
      if (next === undefined || (next.callback !== undefined && next.at > limit)) {
        this.time = Math.max(this.time, limit);
        return;
      }
      this.entries.pop();
      if (next.callback === undefined) continue;
      this.time = next.at;
      this.take(next)?.();
      await promisesRan();
    }
  }

  /** Behind everything that is due at the same time. */
  private insert(entry: Entry): void {
    let low = 0;
    let high = this.entries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.entries[middle]?.at ?? 0) > entry.at) low = middle + 1;
      else high = middle;
    }
    this.entries.splice(low, 0, entry);
  }

  private take(entry: Entry): (() => void) | undefined {
    const { callback } = entry;
    if (callback) this.count(entry.owner, -1);
    entry.callback = undefined;
    return callback;
  }

  private count(owner: string, change: number): void {
    this.counts.set(owner, this.waiting(owner) + change);
  }
}

/**
 * Node empties the queue of promises before it looks at that of `nextTick` again, but asked by a callback of `nextTick` it goes
 * on with the next one first: so it is asked by a promise.
 */
async function promisesRan(): Promise<void> {
  await Promise.resolve();
  await new Promise<void>((resolve) => process.nextTick(resolve));
}
