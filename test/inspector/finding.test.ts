import assert from 'node:assert/strict';
import { describeInspector } from './harness/inspectorSuite';

describeInspector('Find in an inspector', (open) => {
  it('finds text by typing it in the list, in both directions and round the end', async () => {
    const { page, host } = await open();
    const found = await host((harness) => harness.conversation(5), undefined);
    await page.locator(`#packet-${found.connect}`).click();
    await page.getByRole('grid', { name: 'Captured packets' }).focus();
    await page.keyboard.type('BENCH-7/raw');
    assert.equal(await page.getByRole('textbox', { name: /^Find text/ }).inputValue(), 'BENCH-7/raw');
    await page.locator(`#packet-${found.everyByte}.selected`).waitFor();
    await page.getByRole('textbox', { name: /^Find text/ }).fill('bench-7/state');
    await page.locator(`#packet-${found.json}.selected`).waitFor();
    await page.keyboard.press('F3');
    await page.locator(`#packet-${found.incomplete}.selected`).waitFor();
    await page.keyboard.press('F3');
    await page.locator(`#packet-${found.json}.selected`).waitFor();
    await page.locator('.find-message', { hasText: 'wrapping around' }).waitFor();
    await page.keyboard.press('Shift+F3');
    await page.locator(`#packet-${found.incomplete}.selected`).waitFor();
    await page.getByRole('button', { name: 'Match case' }).click();
    await page.getByRole('textbox', { name: /^Find text/ }).fill('BENCH-7');
    await page.keyboard.press('Enter');
    await page.locator('.find-message', { hasText: 'No packet has it' }).waitFor();
    // The password is not shown, so it is not found.
    await page.getByRole('textbox', { name: /^Find text/ }).fill('secret');
    await page.keyboard.press('Enter');
    await page.locator('.find-message', { hasText: 'No packet has it' }).waitFor();
    await page.keyboard.press('Escape');
    await page.locator('.find-bar').waitFor({ state: 'hidden' });
  });

  it('finds what is typed while one types, from where that began, and goes on from there with Enter', async () => {
    const { page, host } = await open();
    const first = await host((harness) => harness.message('a/one', '1'), undefined);
    const second = await host((harness) => harness.message('a/two', '2'), undefined);
    const third = await host((harness) => harness.message('a/two', '3'), undefined);
    await page.locator(`#packet-${first}`).click();
    await page.getByRole('grid', { name: 'Captured packets' }).focus();
    await page.keyboard.type('a/');
    // What is looked at has it too, so nothing moves.
    await page.locator('.find-message', { hasText: /^$/ }).waitFor({ state: 'attached' });
    await page.locator(`#packet-${first}.selected`).waitFor();
    await page.keyboard.type('t');
    await page.locator(`#packet-${second}.selected`).waitFor();
    await page.keyboard.type('wo');
    await host((harness) => harness.turns(50), undefined);
    await page.locator(`#packet-${second}.selected`).waitFor();
    const text = page.getByRole('textbox', { name: /^Find text/ });
    assert.equal(await text.inputValue(), 'a/two');
    await page.keyboard.type('x');
    await page.locator('.find-message', { hasText: 'No packet has it' }).waitFor();
    await page.keyboard.press('Backspace');
    await page.locator('.find-message', { hasText: 'No packet has it' }).waitFor({ state: 'detached' });
    await page.locator(`#packet-${second}.selected`).waitFor();
    // Once it was found, Enter goes to the next one.
    await page.waitForFunction(
      () => document.querySelector('.announcement')?.textContent?.startsWith('Found') === true,
    );
    await page.keyboard.press('Enter');
    await page.locator(`#packet-${third}.selected`).waitFor();
    // What was typed and not looked for yet is looked for at once.
    await text.fill('a/one');
    await page.keyboard.press('Enter');
    await page.locator(`#packet-${first}.selected`).waitFor();
    await page.locator('.find-message', { hasText: 'wrapping around' }).waitFor();
  });

  it('looks through everything once for a text that is nowhere, however often it is asked meanwhile', async () => {
    const { page, host } = await open();
    await host((harness) => harness.conversation(5), undefined);
    const list = page.getByRole('grid', { name: 'Captured packets' });
    await list.focus();
    await page.keyboard.press('Control+f');
    const text = page.getByRole('textbox', { name: /^Find text/ });
    await text.fill('nowhere');
    await page.locator('.find-message', { hasText: 'No packet has it' }).waitFor();
    const asked = async (): Promise<number> => {
      await text.evaluate((element) => {
        for (let press = 0; press < 5; press++)
          element.dispatchEvent(
            new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, composed: true }),
          );
      });
      await page.locator('.find-message', { hasText: 'No packet has it' }).waitFor();
      return host(async (harness) => {
        await harness.turns(50);
        return harness.called.filter((method) => method === 'seek').length;
      }, undefined);
    };
    assert.equal(await asked(), 2);
    // Who asks again afterwards may have been sent it since.
    assert.equal(await asked(), 3);
  });

  it('says how far a long search is, and stops when it is told to', async () => {
    const { page, host } = await open();
    await host((harness) => {
      harness.flood(20_000);
      // Every look at the clock uses a slice up.
      const now = performance.now.bind(performance);
      let more = 0;
      performance.now = () => now() + (more += 60);
    }, undefined);
    await page.locator('#packet-20000').waitFor();
    await page.getByRole('grid', { name: 'Captured packets' }).focus();
    await page.keyboard.press('Control+f');
    await page.getByRole('textbox', { name: /^Find text/ }).fill('nowhere');
    await page.keyboard.press('Enter');
    await page.locator('.find-message', { hasText: /^\d+ %$/ }).waitFor();
    await page.getByRole('progressbar', { name: 'Searching' }).waitFor();
    await page.getByRole('button', { name: 'Stop searching' }).click();
    await page.locator('.find-message', { hasText: 'Stopped' }).waitFor();
    assert.equal(await page.getByRole('button', { name: 'Stop searching' }).count(), 0);
  });

  it('goes to the next packet that breaks a rule, and to the one before', async () => {
    const { page, host } = await open();
    const found = await host((harness) => harness.conversation(5), undefined);
    await page.locator(`#packet-${found.connect}`).click();
    await page.getByRole('grid', { name: 'Captured packets' }).focus();
    await page.keyboard.press('F8');
    await page.locator(`#packet-${found.broken}.selected`).waitFor();
    await page.keyboard.press('F8');
    await page.locator(`#packet-${found.http}.selected`).waitFor();
    await page.keyboard.press('Shift+F8');
    await page.locator(`#packet-${found.broken}.selected`).waitFor();
  });

  it('goes on from the last broken rule of a packet to the next packet, and back to the last before', async () => {
    const { page, host } = await open();
    const found = await host((harness) => harness.conversation(5), undefined);
    await page.locator(`#packet-${found.broken}`).click();
    await page.locator('.tree-row.violation').waitFor();
    await page.locator('.tree-viewport').focus();
    await page.keyboard.press('F8');
    await page.locator('.tree-row.violation.selected').waitFor();
    await page.keyboard.press('F8');
    await page.locator(`#packet-${found.http}.selected`).waitFor();
    await page.locator('.details-head', { hasText: `#${found.http} ` }).waitFor();
    await page.keyboard.press('F8');
    await page.locator('.details-head', { hasText: `#${found.incomplete} ` }).waitFor();
    const violations = page.locator('.tree-row.violation');
    await page.locator('.tree-row.violation.selected').waitFor();
    assert.ok((await violations.count()) > 1);
    assert.match((await violations.first().getAttribute('class')) ?? '', /selected/);
    await page.keyboard.press('Shift+F8');
    await page.keyboard.press('Shift+F8');
    await page.locator(`#packet-${found.broken}.selected`).waitFor();
    await page.locator('.tree-row.violation.selected').waitFor();
  });

  it('says to those who see too that no packet breaks a rule, until one does', async () => {
    const { page, host } = await open();
    const first = await host((harness) => harness.message('a/b', '1'), undefined);
    await page.locator(`#packet-${first}`).click();
    await page.keyboard.press('F8');
    const note = page.locator('.find-note', { hasText: 'No packet breaks a rule' });
    await note.waitFor();
    // It takes a line, and no room of the list.
    assert.ok(((await note.boundingBox())?.height ?? 100) < 40);
    const found = await host((harness) => harness.conversation(5), undefined);
    await page.keyboard.press('F8');
    await page.locator(`#packet-${found.broken}.selected`).waitFor();
    await page.locator('.find-note').waitFor({ state: 'detached' });
  });

  it('goes as many steps as keys were pressed, however quickly', async () => {
    const { page, host } = await open();
    const found = await host((harness) => harness.conversation(5), undefined);
    await page.locator('#packet-1').click();
    await page.getByRole('grid', { name: 'Captured packets' }).focus();
    const press = (keys: string[]): Promise<unknown> =>
      page.evaluate((pressed) => {
        const target = document.activeElement;
        for (const key of pressed)
          target?.dispatchEvent(
            new KeyboardEvent('keydown', { key: 'F8', shiftKey: key === 'back', bubbles: true }),
          );
      }, keys);
    await press(['on', 'on', 'on']);
    await page.locator('.details-head', { hasText: `#${found.incomplete} ` }).waitFor();
    await press(['back', 'on', 'back', 'back']);
    await page.locator(`#packet-${found.broken}.selected`).waitFor();
  });
});
