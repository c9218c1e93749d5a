import type { Locator, Page } from 'playwright-core';
import { persist } from './gesture';

/**
 * Rests the pointer on a target until what that brings is on the screen, and resolves with its text. What is drawn anew
 * under the pointer may forget that it rests there; then it comes once more from elsewhere.
 */
export async function restOn(page: Page, target: Locator, shown: Locator): Promise<string> {
  let text = '';
  await persist(async (timeout) => {
    await page.mouse.move(0, 0);
    await target.hover({ timeout });
    await shown.waitFor({ timeout });
    text = await shown.innerText({ timeout });
    return true;
  });
  return text;
}
