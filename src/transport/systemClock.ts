import type { Clock } from '../base/clock';
import type { Disposable } from '../base/lifecycle';

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

function schedule(at: number, callback: () => void): Disposable {
  let timer: NodeJS.Timeout;
  const wait = () => {
    const rest = at - now();
    // Timers may run a fraction of a millisecond early.
    if (rest <= 0) callback();
    else timer = setTimeout(wait, Math.min(Math.ceil(rest), longestDelay));
  };
  timer = setTimeout(wait, Math.min(Math.max(0, Math.ceil(at - now())), longestDelay));
  return { dispose: () => clearTimeout(timer) };
}

/** The machine's time, which does not go back when somebody sets the clock, and its timers. */
export const systemClock: Clock = { now, schedule };
