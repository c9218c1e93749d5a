import type { Clock } from '../../src/base/clock';
import type { Disposable } from '../../src/base/lifecycle';

interface Scheduled {
  readonly at: number;
  readonly callback: () => void;
}

/** A clock that goes when a test says so. */
export class FakeClock implements Clock {
  private scheduled: Scheduled[] = [];

  /** @param time milliseconds since the epoch */
  constructor(private time = 1_000_000) {}

  now(): number {
    return this.time;
  }

  schedule(at: number, callback: () => void): Disposable {
    const entry = { at, callback };
    this.scheduled.push(entry);
    return { dispose: () => (this.scheduled = this.scheduled.filter((other) => other !== entry)) };
  }

  /** How many callbacks wait. */
  get waiting(): number {
    return this.scheduled.length;
  }

  /** The machine sleeps: the time is another one at once, and everything that fell due meanwhile runs late, in this turn. */
  jump(milliseconds: number): void {
    this.time += milliseconds;
    const due = this.scheduled.filter(({ at }) => at <= this.time).sort((a, b) => a.at - b.at);
    this.scheduled = this.scheduled.filter((entry) => !due.includes(entry));
    for (const { callback } of due) callback();
  }

  /** Lets `milliseconds` pass: everything that falls due runs in its order, at its time, and its turn is let finish. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.time + milliseconds;
    for (;;) {
      const next = this.scheduled.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.scheduled = this.scheduled.filter((other) => other !== next);
      this.time = Math.max(this.time, next.at);
      next.callback();
      await turn();
    }
    this.time = end;
    await turn();
  }
}

/** Resolves when everything that was started in this turn, and by it, has run as far as it can without I/O. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
