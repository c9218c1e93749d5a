import type { Locator } from 'playwright-core';

/**
 * Clicks on a packet in sight that is read, as soon as there is one, and waits for its fields. Returns milliseconds.
 * @param body The body of the view's document.
 * @param index Which of the packets in sight, counted from the top and round the end.
 */
export async function fieldsAfterClick(body: Locator, index = 0): Promise<number> {
  return body.evaluate(async (_, at) => {
    let row: HTMLElement | undefined;
    while (!row) {
      const rows = [...document.querySelectorAll<HTMLElement>('[data-sequence]:not(.lead)')].filter((each) =>
        each.querySelector('.type'),
      );
      row = rows[at % rows.length];
      if (!row) await new Promise((resolve) => requestAnimationFrame(resolve));
    }
    const title = `#${row.dataset['sequence']} `;
    const start = performance.now();
    row.click();
    await new Promise<void>((resolve) => {
      const observer = new MutationObserver(() => {
        const shown = document.querySelector('.details-head .place')?.textContent ?? '';
        if (!shown.startsWith(title) || !document.querySelector('mqtt-field-tree .tree-row')) return;
        observer.disconnect();
        // Layout counts: what is there in the document is not yet seen.
        document.querySelector('mqtt-field-tree')?.getBoundingClientRect();
        resolve();
      });
      observer.observe(document, { childList: true, subtree: true, characterData: true });
    });
    return performance.now() - start;
  }, index);
}
