import type { Locator, Page } from 'playwright-core';
import { gesture } from './gesture';
import { restOn } from './hover';
import { QuickInput } from './quickInput';

/** A text editor, by the name on its tab. */
export class TextEditor {
  private readonly editor: Locator;

  constructor(
    private readonly page: Page,
    private readonly fileName: string,
  ) {
    this.editor = page.locator(`.editor-instance .monaco-editor[data-uri$="/${fileName}"]`);
  }

  async waitOpen(): Promise<void> {
    await this.editor.locator('.view-lines').waitFor();
  }

  /** The lines that are drawn, top to bottom; VS Code draws only what fits. */
  async lines(): Promise<string[]> {
    const drawn = await this.editor
      .locator('.view-line')
      .evaluateAll((lines) =>
        lines.map((line) => ({ top: line.getBoundingClientRect().top, text: line.textContent ?? '' })),
      );
    return drawn.sort((a, b) => a.top - b.top).map(({ text }) => plain(text));
  }

  /** Replaces the whole text, as somebody who pastes over everything. */
  async replaceAll(text: string): Promise<void> {
    await this.focus();
    await this.page.keyboard.press('ControlOrMeta+a');
    await this.page.keyboard.press('Delete');
    await this.page.keyboard.insertText(text);
  }

  /** Types at the cursor, key by key, so that completion and auto closing act as for a person. */
  async type(text: string): Promise<void> {
    await this.focus();
    await this.page.keyboard.type(text);
  }

  /** Saves and waits until the tab no longer says that there are changes. */
  async save(): Promise<void> {
    await this.page.keyboard.press('ControlOrMeta+s');
    await this.page
      .locator(`.tabs-container .tab.dirty[data-resource-name="${this.fileName}"]`)
      .waitFor({ state: 'detached' });
  }

  async goToLine(line: number): Promise<void> {
    const input = new QuickInput(this.page);
    await gesture(async () => {
      await this.focus();
      await this.page.keyboard.press('Control+g');
      await input.waitFor('line number');
      await input.type(`:${line}`);
      await input.accept();
    });
    await input.waitClosed();
  }

  /** Texts of the lenses that are drawn, top to bottom. */
  async codeLenses(): Promise<string[]> {
    return (await this.lensBoxes()).map(({ text }) => text);
  }

  /** Presses the lens with exactly this title over the line that contains `line`; waits for it. */
  async pressCodeLens(title: string, line: string): Promise<void> {
    await this.editor.locator('.codelens-decoration a').first().waitFor();
    const deadline = Date.now() + 20_000;
    for (;;) {
      const lines = await this.editor
        .locator('.view-line')
        .evaluateAll((all) =>
          all.map((each) => ({ top: each.getBoundingClientRect().top, text: each.textContent ?? '' })),
        );
      const below = lines.find(({ text }) => plain(text).includes(line));
      const lenses = (await this.lensBoxes()).filter(({ text }) => text === title);
      // The lens stands directly above its line, so among those with this title it is the lowest one above.
      const lens = below && lenses.filter(({ top }) => top < below.top).pop();
      const between =
        lens && lines.some(({ top }) => top > lens.top && below !== undefined && top < below.top);
      if (lens && !between) return this.page.mouse.click(lens.x, lens.y);
      if (Date.now() > deadline)
        throw new Error(`No lens "${title}" over "${line}"; there are ${JSON.stringify(lenses)}`);
      await this.page.evaluate(() => new Promise(requestAnimationFrame));
    }
  }

  /** Messages of the squiggles' hover are read through {@link hover}; this counts the squiggles by severity. */
  squiggles(severity: 'error' | 'warning' | 'info'): Promise<number> {
    return this.editor.locator(`.cdr.squiggly-${severity}`).count();
  }

  /** Rests the pointer on the first occurrence of `text` in a drawn line and returns the hover's text. */
  hover(text: string): Promise<string> {
    const word = this.editor.locator('.view-line span span', { hasText: text }).first();
    return restOn(this.page, word, this.page.locator('.monaco-hover:visible .hover-contents').first());
  }

  private async focus(): Promise<void> {
    await this.editor.locator('.view-lines').click();
    await this.page.locator('.monaco-editor.focused').first().waitFor();
  }

  private async lensBoxes(): Promise<{ text: string; top: number; x: number; y: number }[]> {
    const boxes = await this.editor.locator('.codelens-decoration a').evaluateAll((all) =>
      all.map((lens) => {
        const box = lens.getBoundingClientRect();
        return {
          text: lens.textContent ?? '',
          top: box.top,
          x: box.left + Math.min(box.width / 2, 12),
          y: box.top + box.height / 2,
        };
      }),
    );
    return boxes.map((box) => ({ ...box, text: plain(box.text).trim() })).sort((a, b) => a.top - b.top);
  }
}

/** VS Code draws spaces as no-break spaces. */
function plain(text: string): string {
  return text.replaceAll('\u00a0', ' ');
}
