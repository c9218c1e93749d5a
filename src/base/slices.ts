/** What long work needs to know of the program it is part of: the core has neither clock nor event loop. */
export interface Pace {
  /** Milliseconds from any origin; only differences count. */
  now(): number;
  /** Resolves after everything else that is due has had its turn. */
  rest(): Promise<void>;
}

export interface SliceOptions {
  readonly pace: Pace;
  /** Milliseconds of work between two rests. */
  readonly budget?: number;
  /** Asked before the first step and after each rest: false ends the work where it is. */
  readonly wanted?: () => boolean;
  /** Told before each rest, such as to show how far the work is. */
  readonly resting?: () => void;
}

/** Half of what an extension host may be held up for without anybody noticing, since a step may overrun the budget. */
const defaultBudget = 8;

/**
 * Does long work in slices, so that nothing else waits for longer than the budget and one step. `step` does a small part,
 * far below a millisecond where that is possible, and returns whether everything is done. Resolves with whether the work
 * was finished; rejects with what a step throws.
 */
export async function inSlices(step: () => boolean, options: SliceOptions): Promise<boolean> {
  const { pace, budget = defaultBudget, wanted = () => true, resting } = options;
  while (wanted()) {
    const end = pace.now() + budget;
    do {
      if (step()) return true;
    } while (pace.now() < end);
    resting?.();
    await pace.rest();
  }
  return false;
}
