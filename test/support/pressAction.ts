import type { Locator, Page } from 'playwright-core';

/**
 * Presses the icon of an action, by the title of its command. A tree that is drawn anew between pressing and releasing the
 * button gives the click to nobody; a person presses again then, and so does this.
 */
export async function pressAction(page: Page, icon: Locator, title: string): Promise<void> {
  for (let attempt = 1; attempt <= 3; attempt++) {
    // Nothing in here may have a name: tsx marks named functions with a helper that the page does not have.
    const heard = await page.evaluateHandle(() => {
      const listening = new AbortController();
      const titles: string[] = [];
      document.addEventListener(
        'click',
        (event) => {
          const target = event.target instanceof Element ? event.target.closest('a.action-label') : null;
          titles.push(target?.getAttribute('aria-label') ?? '');
        },
        { capture: true, signal: listening.signal },
      );
      return { titles, listening };
    });
    try {
      await icon.click();
      const titles = await heard.evaluate((listener) => {
        listener.listening.abort();
        return listener.titles;
      });
      if (titles.some((each) => each.startsWith(title))) return;
    } finally {
      await heard.dispose();
    }
  }
  throw new Error(`VS Code does not hear a press of "${title}"`);
}
