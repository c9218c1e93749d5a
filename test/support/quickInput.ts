import { errors, type Locator, type Page } from 'playwright-core';
import { OverlayGone, within } from './gesture';
import { press } from './press';

/** How long a step may take to appear where there is no quick input at all, in milliseconds. */
const openingTime = 20_000;
/** How long a list may take to find what was typed, in milliseconds. */
const findingTime = 8_000;

/**
 * VS Code's quick input, answered as a person does. One step of a sequence replaces the other in the same widget. What
 * acts in it rejects with OverlayGone where it is closed, so that a `gesture` can open it again.
 */
export class QuickInput {
  private readonly widget: Locator;

  /** @param input Selects the box of those quick inputs that are meant. */
  constructor(
    private readonly page: Page,
    private readonly input = 'input',
  ) {
    this.widget = page
      .locator('.quick-input-widget:visible')
      .filter({ has: page.locator(`.quick-input-box ${input}`) });
  }

  /**
   * Rejects with OverlayGone where there is none in time: it was open when its step appeared, and something closed it.
   * @param timeout Milliseconds.
   */
  async waitOpen(timeout = openingTime): Promise<void> {
    try {
      await this.widget.waitFor({ timeout });
    } catch (error) {
      if (!(error instanceof errors.TimeoutError)) throw error;
      throw new OverlayGone('No quick input is open', { cause: error });
    }
  }

  /** Whether it is open within so many milliseconds. */
  async opens(timeout: number): Promise<boolean> {
    try {
      await this.waitOpen(timeout);
      return true;
    } catch (error) {
      if (error instanceof OverlayGone) return false;
      throw error;
    }
  }

  async waitClosed(): Promise<void> {
    await this.widget.waitFor({ state: 'hidden' });
  }

  /** What the step asks: title, placeholder and the line below the box, whichever there are. */
  async prompt(): Promise<string> {
    await this.waitOpen();
    const box = this.box();
    const parts = [
      await this.widget.locator('.quick-input-title').first().textContent(),
      await box.getAttribute('placeholder'),
      await this.widget.locator('.quick-input-message').first().textContent(),
    ];
    return parts.filter((part) => part !== null && part.trim() !== '').join('\n');
  }

  /** Waits until the step whose title, placeholder or message contains `text` is on the screen. */
  async waitFor(text: string): Promise<void> {
    const quoted = JSON.stringify(text);
    const step = this.widget.and(
      this.page
        .locator('.quick-input-widget')
        .filter({ has: this.page.locator(`input[placeholder*=${quoted}]`).or(this.page.getByText(text)) }),
    );
    try {
      await step.waitFor({ timeout: openingTime });
    } catch (error) {
      if (!(error instanceof errors.TimeoutError)) throw error;
      if (!(await this.widget.isVisible()))
        throw new OverlayGone(`Nothing asks for "${text}"`, { cause: error });
      await step.waitFor();
    }
  }

  /** The message that says why the value is not accepted; waits for one. */
  async complaint(): Promise<string> {
    const complaint = this.widget.locator(
      '.quick-input-box .monaco-inputbox.error, .quick-input-message-error',
    );
    await complaint.or(this.widget.locator('.quick-input-widget .codicon-error')).first().waitFor();
    return (await this.widget.locator('.quick-input-message').textContent()) ?? '';
  }

  /** The value that is in the box now. */
  value(): Promise<string> {
    return this.box().inputValue();
  }

  /** Waits until the list shows an item with exactly this label. */
  async waitForLabel(label: string): Promise<void> {
    await this.waitOpen();
    await within(this.widget, async (timeout) => {
      await this.rowLabelled([label]).waitFor({ timeout });
      return true;
    });
  }

  /** Whether the list comes to show an item with exactly this label. */
  async offers(label: string): Promise<boolean> {
    try {
      await this.rowLabelled([label]).waitFor({ timeout: findingTime });
      return true;
    } catch (error) {
      if (error instanceof errors.TimeoutError) return false;
      throw error;
    }
  }

  /** Whether the box hides what is typed, as it must for a password. */
  async isPassword(): Promise<boolean> {
    return (await this.box().getAttribute('type')) === 'password';
  }

  /** Replaces what is in the box. */
  async type(text: string): Promise<void> {
    await this.waitOpen();
    await within(this.widget, async (timeout) => {
      await this.box().fill(text, { timeout });
      return true;
    });
  }

  /** Types a value into an input box's step and accepts it. `step` is a part of its prompt, to be sure it is the right one. */
  async answer(step: string, text: string): Promise<void> {
    await this.waitFor(step);
    await this.type(text);
    await this.accept();
    await this.leave(step);
  }

  /** Picks an item of a pick's step by its label. */
  async pick(step: string, label: string): Promise<void> {
    await this.waitFor(step);
    await this.choose(label);
    await this.leave(step);
  }

  /** Labels of the items that the list shows. */
  labels(): Promise<string[]> {
    return this.rows().locator('.label-name').allTextContents();
  }

  /** Clicks the item with exactly this label; waits for it. */
  async choose(label: string): Promise<void> {
    await this.chooseOneOf([label]);
  }

  /** Clicks the item with exactly one of these labels; waits for it. */
  async chooseOneOf(labels: readonly string[]): Promise<void> {
    await this.waitOpen();
    const hearing = { event: 'click', selector: '.quick-input-list .monaco-list-row' } as const;
    await within(this.widget, (timeout) => press(this.page, this.rowLabelled(labels), { hearing, timeout }));
  }

  /** Presses Enter in the box, wherever the focus is. */
  async accept(): Promise<void> {
    await this.waitOpen();
    await this.box().press('Enter');
  }

  async cancel(): Promise<void> {
    await this.page.keyboard.press('Escape');
    await this.waitClosed();
  }

  private box(): Locator {
    return this.widget.locator(`.quick-input-box ${this.input}`);
  }

  private rows(): Locator {
    return this.widget.locator('.quick-input-list .monaco-list-row');
  }

  private rowLabelled(labels: readonly string[]): Locator {
    const exactly = new RegExp(
      `^(${labels.map((label) => label.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|')})$`,
    );
    return this.rows()
      .filter({ has: this.page.locator('.label-name', { hasText: exactly }) })
      .first();
  }

  private async leave(step: string): Promise<void> {
    await this.page.waitForFunction((text) => {
      const widget = document.querySelector<HTMLElement>('.quick-input-widget');
      if (widget === null || widget.style.display === 'none') return true;
      const placeholder = widget.querySelector('input')?.getAttribute('placeholder') ?? '';
      return !placeholder.includes(text) && !widget.innerText.includes(text);
    }, step);
  }
}
