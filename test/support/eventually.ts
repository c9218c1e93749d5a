import assert from 'node:assert/strict';

/** How long something may take to become what it has to be, in milliseconds. */
const limit = 15_000;
const interval = 25;

/**
 * Reads something until `check` asserts nothing against it, and resolves with it: what follows an action on the screen
 * follows it at its own time. Rejects with the last assertion that failed.
 */
export async function eventually<T>(read: () => Promise<T>, check: (found: T) => void): Promise<T> {
  const deadline = Date.now() + limit;
  for (;;) {
    const found = await read();
    try {
      check(found);
      return found;
    } catch (error) {
      if (!(error instanceof assert.AssertionError) || Date.now() > deadline) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, interval));
  }
}

/** Reads something until it equals `wanted`, deeply. */
export async function becomes<T>(read: () => Promise<T>, wanted: T): Promise<void> {
  await eventually(read, (found) => assert.deepEqual(found, wanted));
}
