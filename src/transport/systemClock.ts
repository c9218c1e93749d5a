import type { Clock } from '../base/clock';
import { TimerQueue } from './timerQueue';

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

const queue = new TimerQueue(now, {
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
export const systemClock: Clock = { now, schedule: (at, callback) => queue.schedule(at, callback) };
