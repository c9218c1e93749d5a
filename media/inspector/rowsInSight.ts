import type { Disposable } from '../../src/base/lifecycle';
import { afterTimeout } from './afterTimeout';
import type { RowCache } from './rowCache';

/** How many times the rows in sight are fetched above and below them, to be there when they come in sight. */
const screensAhead = 2;

/** Milliseconds between two requests while one far place after another comes in sight, as when the scroll bar is dragged. */
const betweenJumps = 60;

/** What is around the rows in sight. */
export interface Surroundings {
  /** The log has rows [`from`, `to`). */
  readonly from: number;
  readonly to: number;
  /** How many rows above the first are needed to draw that; none if absent. */
  readonly before?: number;
}

/** The rows that a list has in sight: has those fetched that are missing, and tells when it is worth to draw again. */
export class RowsInSight implements Disposable {
  private first = 0;
  private end = 0;
  private around: Surroundings = { from: 0, to: 0 };
  private movedUp = false;
  private cache: RowCache | undefined;
  /** Of those in sight, when they were drawn last. */
  private present = 0;
  private nextRequest = 0;
  private request: Disposable | undefined;
  private arrival = 0;

  /**
   * @param redraw draws the rows in sight again, which shows them again here too
   * @param now milliseconds
   * @param later does something after so many milliseconds
   */
  constructor(
    private readonly redraw: () => void,
    private readonly now = () => performance.now(),
    private readonly later = afterTimeout,
  ) {}

  /** Rows [`first`, `end`), of which the log has all, are drawn. */
  show(cache: RowCache | undefined, first: number, end: number, around: Surroundings): void {
    const isElsewhere = first >= this.end || end <= this.first;
    const isJump = isElsewhere && this.end > this.first;
    this.cache = cache;
    if (first !== this.first) this.movedUp = first < this.first;
    this.first = first;
    this.end = end;
    this.around = around;
    const now = this.now();
    // What is out of sight again before it has come need not be asked for.
    if (isJump && now < this.nextRequest) {
      this.request ??= this.later(this.nextRequest - now, () => {
        this.request = undefined;
        this.nextRequest = this.now() + betweenJumps;
        this.fetch();
      });
    } else if (this.request === undefined) {
      if (isJump) this.nextRequest = now + betweenJumps;
      this.fetch();
    }
    this.present = this.countPresent();
  }

  /** Rows have come, or may be asked for that could not before. */
  arrived(): void {
    // Several pages may come in one frame.
    this.arrival ||= requestAnimationFrame(() => {
      this.arrival = 0;
      if (this.countPresent() !== this.present) this.redraw();
      else if (this.request === undefined) this.fetch();
    });
  }

  dispose(): void {
    this.request?.dispose();
    this.request = undefined;
    if (this.arrival !== 0) cancelAnimationFrame(this.arrival);
    this.arrival = 0;
  }

  /** Behind what is in sight comes what is about to be, so that it is drawn once, and not without its text first. */
  private fetch(): void {
    const { cache, first, end, around } = this;
    if (!cache || first >= end) return;
    cache.want(first - (around.before ?? 0), end, around.from);
    const rows = screensAhead * (end - first);
    const above = [Math.max(around.from, first - rows), first] as const;
    const below = [end, Math.min(around.to, end + rows)] as const;
    for (const [from, to] of this.movedUp ? [above, below] : [below, above])
      if (from < to) cache.wantAhead(from, to, around.from);
  }

  private countPresent(): number {
    let present = 0;
    for (let row = this.first - (this.around.before ?? 0); row < this.end; row++)
      if (this.cache?.row(row) !== undefined) present++;
    return present;
  }
}
