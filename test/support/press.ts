import { errors, type JSHandle, type Locator, type Page } from 'playwright-core';

/** What a press has to reach: the event that it listens to, and which elements are meant, as a CSS selector. */
export interface Hearing {
  readonly event: 'click' | 'mouseup';
  readonly selector: string;
}

export interface PressOptions {
  readonly hearing: Hearing;
  /** Milliseconds until the target can be pressed. */
  readonly timeout: number;
  /** Milliseconds between pressing and releasing. */
  readonly delay?: number;
}

/** What counts the presses inside the page. */
interface Listener {
  count: number;
  readonly listening: AbortController;
}

/**
 * Presses a target; resolves with whether it has heard it. A list that is drawn anew between pressing and releasing the
 * button, and a menu that closes, give the press to nobody. Rejects with Playwright's TimeoutError where there was nothing
 * to press; a press that has been heard is never reported as one that was not, however long VS Code takes over it.
 */
export async function press(page: Page, target: Locator, options: PressOptions): Promise<boolean> {
  // Nothing in here may have a name: tsx marks named functions with a helper that the page does not have.
  const listener: JSHandle<Listener> = await page.evaluateHandle(({ event, selector }) => {
    const listening = new AbortController();
    const heard = { count: 0, listening };
    document.addEventListener(
      event,
      (each) => {
        // Menus live in a shadow tree, from outside of which only its host is seen.
        const inner = each.composedPath()[0];
        if (inner instanceof Element && inner.closest(selector) !== null) heard.count++;
      },
      { capture: true, signal: listening.signal },
    );
    return heard;
  }, options.hearing);
  let late: Error | undefined;
  try {
    await target.click({ timeout: options.timeout, ...(options.delay && { delay: options.delay }) });
  } catch (error) {
    if (!(error instanceof errors.TimeoutError)) throw error;
    late = error;
  }
  const heard = await wasHeard(listener);
  if (!heard && late !== undefined) throw late;
  return heard;
}

async function wasHeard(listener: JSHandle<Listener>): Promise<boolean> {
  try {
    const count = await listener.evaluate((all) => {
      all.listening.abort();
      return all.count;
    });
    await listener.dispose();
    return count > 0;
  } catch (error) {
    // A page that is left for another one has heard what it is left for.
    if (error instanceof Error && error.message.includes('Execution context was destroyed')) return true;
    throw error;
  }
}
