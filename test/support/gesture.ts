import { errors, type Locator } from 'playwright-core';

/** How long a step of a gesture tries before it looks around whether it still can succeed, in milliseconds. */
const patience = 4000;
/** How long a step is tried again in all, in milliseconds. */
const limit = 30_000;
/** How often a gesture is begun anew. */
const attempts = 4;

/** What a gesture had opened was closed before the gesture was done, because something else took the focus, say. */
export class OverlayGone extends Error {}

/**
 * Makes a gesture of several steps: opens something that lies over the rest, and acts in it. Where it closes in between,
 * the whole gesture is made again, as a person does.
 */
export async function gesture<T>(make: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await make();
    } catch (error) {
      if (!(error instanceof OverlayGone) || attempt === attempts) throw error;
    }
  }
}

/**
 * Acts in something that may close at any moment. Rejects with {@link OverlayGone} once it is closed and the act has not
 * come about. The act says whether it has, or rejects with Playwright's TimeoutError after the time that it is given.
 */
export function within(overlay: Locator, act: (timeout: number) => Promise<boolean>): Promise<void> {
  return persist(act, async (cause) => {
    if (!(await overlay.isVisible()))
      throw new OverlayGone('It was closed before it was answered', { cause });
  });
}

/**
 * Makes a step until it says that it came about; what hides or moves while it is made is found again by making it again.
 * A step that runs into its time, in milliseconds, rejects with Playwright's TimeoutError.
 */
export async function persist(
  step: (timeout: number) => Promise<boolean>,
  failed: (cause: unknown) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const deadline = Date.now() + limit;
  for (;;) {
    let cause: Error | undefined;
    try {
      if (await step(patience)) return;
    } catch (error) {
      if (!(error instanceof errors.TimeoutError)) throw error;
      cause = error;
    }
    await failed(cause);
    if (Date.now() > deadline) throw cause ?? new Error('What was pressed does not hear it');
  }
}
