import type { Disposable } from './lifecycle';

/** Time as the core sees it: milliseconds since the Unix epoch, with a fraction where the source has one. */
export interface Clock {
  /** Milliseconds since the Unix epoch; never goes back. */
  now(): number;
  /** Runs `callback` once, not before `at` (milliseconds since the epoch). Disposing the result cancels it. */
  schedule(at: number, callback: () => void): Disposable;
}
