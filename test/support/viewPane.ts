import type { Locator, Page } from 'playwright-core';
import { chooseInMenu } from './contextMenu';
import { persist } from './gesture';
import { press } from './press';

/** How long the extension may take to say that it was not told which row is meant, in milliseconds. */
const tellingTime = 400;

/** One visible row of a tree. VS Code draws only what fits, so a row that is scrolled away is not among them. */
export interface TreeRow {
  readonly label: string;
  readonly description: string;
  /** 1 for the roots. */
  readonly level: number;
  /** `undefined` for a leaf. */
  readonly expanded: boolean | undefined;
  /** What a screen reader says. */
  readonly ariaLabel: string;
}

/** A tree view of the sidebar, by its title. */
export class ViewPane {
  readonly pane: Locator;

  constructor(
    private readonly page: Page,
    title: string,
  ) {
    this.pane = page
      .locator('.pane')
      .filter({ has: page.locator(`.pane-header[aria-label^="${title} Section"]`) });
  }

  /** Opens the view's body where it is collapsed. */
  async expand(): Promise<void> {
    const header = this.pane.locator('.pane-header');
    await header.waitFor();
    if ((await header.getAttribute('aria-expanded')) === 'false') await header.click();
  }

  /** The rows that are drawn, top to bottom. */
  async rows(): Promise<TreeRow[]> {
    const drawn = await this.pane.locator('.monaco-list-row').evaluateAll((rows) =>
      rows.map((row) => ({
        index: Number(row.getAttribute('data-index')),
        label: row.querySelector('.label-name')?.textContent ?? '',
        description: row.querySelector('.label-description')?.textContent ?? '',
        level: Number(row.getAttribute('aria-level')),
        expanded: row.getAttribute('aria-expanded'),
        ariaLabel: row.getAttribute('aria-label') ?? '',
      })),
    );
    return drawn
      .sort((a, b) => a.index - b.index)
      .map(({ label, description, level, expanded, ariaLabel }) => ({
        label,
        description,
        level,
        expanded: expanded === null ? undefined : expanded === 'true',
        ariaLabel,
      }));
  }

  /** The text of the view's welcome content, where it has no rows. */
  async welcome(): Promise<string> {
    const content = this.pane.locator('.welcome-view-content');
    // VS Code fills it after it has drawn it.
    await content.filter({ hasText: /\S/ }).waitFor();
    return (await content.textContent()) ?? '';
  }

  /** Presses a link or button of the welcome content. */
  async pressWelcome(label: string): Promise<void> {
    await this.pane.locator('.welcome-view-content').getByRole('button', { name: label }).click();
  }

  /** The drawn row with exactly this label; `description`, when given, is a part of its description. Does not wait. */
  row(label: string, description?: string | RegExp): Locator {
    const exactly = new RegExp(`^${label.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`);
    const rows = this.pane
      .locator('.monaco-list-row')
      .filter({ has: this.page.locator('.label-name', { hasText: exactly }) });
    if (description === undefined) return rows.first();
    return rows.filter({ has: this.page.locator('.label-description', { hasText: description }) }).first();
  }

  /** Waits for a row and returns what it shows. */
  async waitForRow(label: string, description?: string | RegExp, seconds = 30): Promise<TreeRow> {
    const row = this.row(label, description);
    await row.waitFor({ timeout: seconds * 1000 });
    const ariaLabel = await row.getAttribute('aria-label');
    const found = (await this.rows()).find((each) => each.ariaLabel === ariaLabel && each.label === label);
    // A live tree may have redrawn between the two looks.
    return found ?? (await this.waitForRow(label, description, seconds));
  }

  async waitForRowGone(label: string): Promise<void> {
    await this.row(label).waitFor({ state: 'detached' });
  }

  async select(label: string): Promise<void> {
    await this.row(label).locator('.label-name').click();
  }

  /** Expands or collapses a row through its twistie. */
  async setExpanded(label: string, expanded: boolean): Promise<void> {
    const row = this.row(label);
    await row.waitFor();
    if ((await row.getAttribute('aria-expanded')) === String(expanded)) return;
    await row.locator('.monaco-tl-twistie').click();
    await this.pane.locator(`.monaco-list-row[aria-expanded="${expanded}"]`).and(row).waitFor();
  }

  /** Presses an inline action of a row, by the title of its command. */
  pressInline(label: string, action: string): Promise<void> {
    const row = this.row(label);
    return this.untilHeard(() => this.pressAction(row, row.locator('.actions'), action));
  }

  /** Titles of a row's inline actions. */
  async inlineActions(label: string): Promise<string[]> {
    const row = this.row(label);
    await row.hover();
    const actions = row.locator('.actions a.action-label');
    return actions.evaluateAll((all) => all.map((action) => action.getAttribute('aria-label') ?? ''));
  }

  /** Chooses an entry of a row's context menu by its text. */
  contextMenu(label: string, entry: string): Promise<void> {
    return this.untilHeard(() => chooseInMenu(this.page, this.row(label).locator('.label-name'), entry));
  }

  /**
   * While VS Code draws a row anew it forgets for a moment which one it was, and a command gets none. The extension says
   * so, and a person tries again, as this does.
   */
  private async untilHeard(press: () => Promise<void>): Promise<void> {
    const told = this.page.locator('.notifications-toasts .notification-list-item', {
      hasText: 'That row was being drawn anew',
    });
    for (let attempt = 1; ; attempt++) {
      await press();
      const lost = await told
        .first()
        .waitFor({ timeout: tellingTime })
        .then(
          () => true,
          () => false,
        );
      if (!lost) return;
      if (attempt === 3) throw new Error('The row was being drawn anew three times in a row');
      await told.first().hover();
      await told.first().locator('.codicon-notifications-clear').click();
      await told.first().waitFor({ state: 'detached' });
    }
  }

  /** Presses an action of the view's title bar; a container's only view has its actions in the container's title. */
  pressTitle(action: string): Promise<void> {
    const bars = this.pane
      .locator('.pane-header:not(.hidden) .actions')
      .or(this.page.locator('.sidebar .composite.title .title-actions'));
    return this.pressAction(this.pane, bars, action);
  }

  /** Presses the icon of an action, by the title of its command, that shows while the pointer is over `place`. */
  private pressAction(place: Locator, bar: Locator, title: string): Promise<void> {
    const selector = `a.action-label[aria-label^="${title}"]`;
    return persist(async (timeout) => {
      await place.hover({ timeout });
      const hearing = { event: 'click', selector } as const;
      return press(this.page, bar.locator(selector).first(), { hearing, timeout });
    });
  }
}
