import type { Clock } from '../base/clock';
import type { Disposable } from '../base/lifecycle';

/** How long looking through what waits is not done again, in milliseconds: it is long where much waits. */
const pause = 50;

/** Has messages expire while they wait, whether there is a connection or not; one timer for the earliest of them. */
export class ExpiryWatch implements Disposable {
  private timer: Disposable | undefined;
  private dueAt = Infinity;
  private lookedAt = -Infinity;

  /**
   * @param expire ends those that have expired at a time, and returns when the next one does, `Infinity` for never; in
   * milliseconds since the epoch
   */
  constructor(
    private readonly clock: Clock,
    private readonly expire: (at: number) => number,
  ) {}

  /** A message waits that expires at `at`, in milliseconds since the epoch. */
  note(at: number): void {
    const dueAt = Math.max(at, this.lookedAt + pause);
    if (dueAt >= this.dueAt) return;
    this.timer?.dispose();
    this.dueAt = dueAt;
    this.timer = this.clock.schedule(dueAt, () => this.look());
  }

  /** Looks at all that waits, as it is other messages than those that were noted. */
  look(): void {
    this.dispose();
    this.lookedAt = this.clock.now();
    const next = this.expire(this.lookedAt);
    if (next < Infinity) this.note(next);
  }

  /** Nothing waits any more. */
  dispose(): void {
    this.timer?.dispose();
    this.timer = undefined;
    this.dueAt = Infinity;
  }
}
