import type { Disposable } from '../base/lifecycle';

/** The longest delay Node's timers take, in milliseconds; a longer one would fire at once. */
export const longestDelay = 2_147_483_647;

/** How often it is looked whether the machine has slept, in milliseconds, and what more than that has to be such a sleep. */
const lookEvery = 1_000;
const longerThanALook = 2_000;

/** The platform's timers, which stand still while the machine sleeps. */
export interface PlatformTimers {
  /** Runs `callback` once; the result cancels it. */
  once(callback: () => void, delay: number): () => void;
  /** Runs `callback` again and again without keeping the process alive; the result ends it. */
  every(callback: () => void, interval: number): () => void;
}

/**
 * Runs callbacks at their time, those of one time in the order they were asked for, and after a sleep of the machine within
 * a second those whose time has come meanwhile: the platform's timers would wait for the rest of their delay then. All of
 * them share one timer of the platform, since ten thousand connections have one each.
 */
export class TimerQueue {
  /** A heap: each comes before those at twice its place, plus one and plus two. */
  private readonly heap: Scheduled[] = [];
  private asked = 0;
  /** For when the platform's timer is set, and what cancels it. */
  private setFor = Infinity;
  private cancel: (() => void) | undefined;
  private endLooking: (() => void) | undefined;
  private looked = 0;

  constructor(
    private readonly now: () => number,
    private readonly timers: PlatformTimers,
  ) {}

  /** Runs `callback` once, not before `at` (milliseconds since the epoch). Disposing the result cancels it. */
  schedule(at: number, callback: () => void): Disposable {
    const scheduled = new Scheduled(this, at, this.asked++, callback);
    if (!this.endLooking) {
      this.looked = this.now();
      this.endLooking = this.timers.every(() => this.look(), lookEvery);
    }
    this.insert(scheduled);
    if (at < this.setFor) this.setTimer();
    return scheduled;
  }

  /** Nothing happens at the time of one that waited. Where others wait the platform's timer stays, and finds out when it runs. */
  remove(scheduled: Scheduled): void {
    if (this.take(scheduled) && this.heap.length === 0) this.setTimer();
  }

  private readonly due = (): void => {
    this.cancel = undefined;
    this.setFor = Infinity;
    const now = this.now();
    // What they ask for has its turn after theirs: one that always asks again would let nobody else run.
    const due: Scheduled[] = [];
    for (let first = this.heap[0]; first && first.at <= now; first = this.heap[0]) {
      this.take(first);
      due.push(first);
    }
    let next = 0;
    try {
      while (next < due.length) due[next++]?.run();
    } finally {
      // Where one has thrown.
      for (const left of due.slice(next)) this.insert(left);
      this.setTimer();
    }
  };

  private look(): void {
    const slept = this.now() - this.looked > lookEvery + longerThanALook;
    this.looked = this.now();
    if (slept) this.setTimer();
  }

  private setTimer(): void {
    this.cancel?.();
    this.cancel = undefined;
    const [first] = this.heap;
    this.setFor = first?.at ?? Infinity;
    if (first) {
      // Timers may run a fraction of a millisecond early.
      const delay = Math.min(Math.max(0, Math.ceil(first.at - this.now())), longestDelay);
      this.cancel = this.timers.once(this.due, delay);
      return;
    }
    this.endLooking?.();
    this.endLooking = undefined;
  }

  private insert(scheduled: Scheduled): void {
    scheduled.place = this.heap.length;
    this.heap.push(scheduled);
    this.moveUp(scheduled);
  }

  /** Returns whether it was there. */
  private take(scheduled: Scheduled): boolean {
    const { heap } = this;
    const { place } = scheduled;
    if (heap[place] !== scheduled) return false;
    const last = heap.pop();
    if (last && last !== scheduled) {
      last.place = place;
      heap[place] = last;
      this.moveUp(last);
      this.moveDown(last);
    }
    return true;
  }

  private moveUp(scheduled: Scheduled): void {
    for (let { place } = scheduled; place > 0;) {
      const above = this.heap[(place - 1) >> 1];
      if (!above || above.isBefore(scheduled)) break;
      place = this.exchange(scheduled, above);
    }
  }

  private moveDown(scheduled: Scheduled): void {
    for (;;) {
      const left = this.heap[scheduled.place * 2 + 1];
      const right = this.heap[scheduled.place * 2 + 2];
      const next = left && right?.isBefore(left) ? right : left;
      if (!next?.isBefore(scheduled)) break;
      this.exchange(scheduled, next);
    }
  }

  /** Returns the new place of the first. */
  private exchange(one: Scheduled, other: Scheduled): number {
    const { place } = other;
    other.place = one.place;
    one.place = place;
    this.heap[one.place] = one;
    this.heap[other.place] = other;
    return place;
  }
}

class Scheduled implements Disposable {
  place = 0;

  constructor(
    private readonly queue: TimerQueue,
    readonly at: number,
    private readonly order: number,
    private callback: (() => void) | undefined,
  ) {}

  run(): void {
    const { callback } = this;
    this.callback = undefined;
    callback?.();
  }

  isBefore(other: Scheduled): boolean {
    return this.at < other.at || (this.at === other.at && this.order < other.order);
  }

  dispose(): void {
    this.callback = undefined;
    this.queue.remove(this);
  }
}
