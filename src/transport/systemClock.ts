import type { Clock } from '../base/clock';

/** The longest delay Node's timers take, in milliseconds; a longer one would fire at once. */
const longestDelay = 2_147_483_647;

/** How far the machine's time may be ahead before it is followed, in milliseconds. */
const mostBehind = 1_000;

/**
 * Time that never goes back. Its steady source stands still while the machine sleeps: once the machine's time is well
 * ahead, it is followed. Where somebody has set the clock back, nothing is.
 * @param steady milliseconds since some moment; never goes back
 * @param wall milliseconds since the epoch, as the machine has it
 */
export function followedTime(steady: () => number, wall: () => number): () => number {
  let offset = wall() - steady();
  return () => {
    const now = steady() + offset;
    const ahead = wall() - now;
    if (ahead <= mostBehind) return now;
    offset += ahead;
    return now + ahead;
  };
}

const now = followedTime(
  () => performance.now(),
  () => Date.now(),
);

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
 * Runs callbacks at their time, and after a sleep of the machine within a second those whose time has come meanwhile: the
 * platform's timers would wait for the rest of their delay then.
 */
export function wakefulSchedule(now: () => number, timers: PlatformTimers): Clock['schedule'] {
  const waiting = new Set<() => void>();
  let endLooking: (() => void) | undefined;
  let looked = 0;
  const look = (): void => {
    const slept = now() - looked > lookEvery + longerThanALook;
    looked = now();
    if (slept) for (const wait of [...waiting]) wait();
  };
  return (at, callback) => {
    let cancel: () => void = () => undefined;
    const leave = (): void => {
      cancel();
      waiting.delete(wait);
      if (waiting.size > 0) return;
      endLooking?.();
      endLooking = undefined;
    };
    const wait = (): void => {
      cancel();
      // Timers may run a fraction of a millisecond early.
      cancel = timers.once(due, Math.min(Math.max(0, Math.ceil(at - now())), longestDelay));
    };
    const due = (): void => {
      if (at > now()) return wait();
      leave();
      callback();
    };
    if (waiting.size === 0) {
      looked = now();
      endLooking = timers.every(look, lookEvery);
    }
    waiting.add(wait);
    wait();
    return { dispose: leave };
  };
}

const schedule = wakefulSchedule(now, {
  once: (callback, delay) => {
    const timer = setTimeout(callback, delay);
    return () => clearTimeout(timer);
  },
  every: (callback, interval) => {
    const timer = setInterval(callback, interval);
    timer.unref();
    return () => clearInterval(timer);
  },
});

/** The machine's time, which does not go back when somebody sets the clock, and its timers. */
export const systemClock: Clock = { now, schedule };
