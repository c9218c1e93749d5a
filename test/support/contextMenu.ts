import type { Locator, Page } from 'playwright-core';
import { persist } from './gesture';
import { press } from './press';

const menu = '.context-view .monaco-menu';

/** Opens a target's context menu and waits for the entry with this text. */
export function openMenu(page: Page, target: Locator, text: string): Promise<void> {
  return persist(async (timeout) => {
    await open(page, target, menuEntry(page, text), timeout);
    return true;
  });
}

/**
 * Chooses an entry of a target's context menu by its text. A menu that closes in between is opened again, but not once the
 * entry has heard of it: what it does is done then, however long the menu stays.
 */
export async function chooseInMenu(page: Page, target: Locator, text: string): Promise<void> {
  const entry = menuEntry(page, text);
  await persist(async (timeout) => {
    await open(page, target, entry, timeout);
    // A menu ignores the press that comes before it has seen the pointer.
    await entry.hover({ timeout });
    const hearing = { event: 'mouseup', selector: '.action-menu-item' } as const;
    return press(page, entry, { hearing, timeout, delay: 50 });
  });
  await entry.waitFor({ state: 'detached' });
}

async function open(page: Page, target: Locator, entry: Locator, timeout: number): Promise<void> {
  // What is behind an open menu cannot be reached.
  if (await page.locator(menu).first().isVisible()) await page.keyboard.press('Escape');
  await target.click({ button: 'right', timeout });
  await entry.waitFor({ timeout });
}

function menuEntry(page: Page, text: string): Locator {
  const exactly = new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`);
  return page
    .locator(`${menu} .action-menu-item`)
    .filter({ has: page.locator('.action-label', { hasText: exactly }) });
}
