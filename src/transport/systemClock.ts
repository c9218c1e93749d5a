import type { Clock } from '../base/clock';
import type { Disposable } from '../base/lifecycle';

/** The longest delay Node's timers take, in milliseconds; a longer one would fire at once. */
const longestDelay = 2_147_483_647;

function now(): number {
  return performance.timeOrigin + performance.now();
}

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
