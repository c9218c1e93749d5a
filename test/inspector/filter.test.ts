import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';
import { eventually } from '../support/eventually';
import { describeInspector, drawnSequences } from './harness/inspectorSuite';

const input = (page: Page): Locator => page.getByRole('combobox', { name: 'Filter packets' });

async function filterBy(page: Page, text: string): Promise<void> {
  await input(page).fill(text);
  await page.keyboard.press('Enter');
}

describeInspector('The filter of an inspector', (open) => {
  it('shows the packets that match, with their own numbers, and how many they are', async () => {
    const { page, host } = await open();
    const found = await host((harness) => harness.conversation(5), undefined);
    await filterBy(page, 'packet == PUBLISH and qos == 1');
    await page.locator('.filter-count', { hasText: '3 of 8 packets' }).waitFor();
    assert.deepEqual(await drawnSequences(page), [found.json, found.everyByte, found.incomplete]);
    await page.getByRole('button', { name: 'Clear the filter' }).click();
    await page.locator(`#packet-${found.connect}`).waitFor();
    assert.equal(await page.locator('.filter-count').count(), 0);
  });

  it('leaves the packet that is looked at in sight when it is cleared, far behind as many rows as it left', async () => {
    const { page, host } = await open();
    await host((harness) => harness.flood(1000), undefined);
    await filterBy(page, 'topic == "devices/3/counter"');
    await page.locator('.filter-count', { hasText: '143 of 1,000 packets' }).waitFor();
    await page.locator('#packet-998').waitFor();
    await page.locator('.packet-viewport').hover();
    await page.mouse.wheel(0, -22 * 30);
    await page.getByRole('button', { name: 'Follow the newest packet' }).waitFor();
    await page.locator('#packet-788').click();
    await page.getByRole('button', { name: 'Clear the filter' }).click();
    await page.locator('#packet-788.selected').waitFor();
    await page.locator('#packet-789').waitFor();
  });

  it('says where it looked at the beginning of a payload alone', async () => {
    const { page, host } = await open();
    await host((harness) => harness.flood(2, 70_000), undefined);
    await filterBy(page, 'text matches /needle/');
    await page
      .locator('.filter-limit', { hasText: 'beginning of the payload was looked at in 2 packets' })
      .waitFor();
    await filterBy(page, 'text contains "needle"');
    await page.locator('.filter-count', { hasText: '0 of 2 packets' }).waitFor();
    await page.locator('.filter-limit').waitFor({ state: 'detached' });
  });

  it('keeps the selection where the packet matches, and goes from match to match by keyboard', async () => {
    const { page, host } = await open();
    await host((harness) => harness.flood(700), undefined);
    await page.locator('#packet-700').waitFor();
    await page.locator('#packet-696').click();
    await filterBy(page, 'topic[1] == "2"');
    await page.locator('.filter-count', { hasText: '100 of 700' }).waitFor();
    await page.locator('#packet-696:not(.selected)').waitFor({ state: 'detached' });
    await page.locator('.details-head', { hasText: '#696' }).waitFor();

    await filterBy(page, 'topic[1] == "2" or length > 0');
    await page.locator('#packet-696.selected').waitFor();
    await filterBy(page, 'topic[1] == "2"');
    await page.locator('.filter-count', { hasText: '100 of 700' }).waitFor();
    await page.getByRole('grid', { name: 'Captured packets' }).focus();
    await page.keyboard.press('End');
    await page.locator('#packet-696.selected, #packet-697.selected, #packet-698.selected').first().waitFor();
    await page.keyboard.press('Home');
    await page.locator('#packet-3.selected').waitFor();
    await page.locator('.details-head', { hasText: '#3' }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.locator('#packet-10.selected').waitFor();
    await page.locator('.details-head', { hasText: '#10' }).waitFor();
  });

  it('lets commands be about what shows as selected and nothing else', async () => {
    const { page, host } = await open();
    await host((harness) => harness.flood(700), undefined);
    const selected = (): Promise<unknown> => host((harness) => harness.selected(), undefined);
    await page.locator('#packet-690').click();
    await page.locator('#packet-698').click({ modifiers: ['Shift'] });
    await page.locator('.details-head', { hasText: '#698' }).waitFor();
    assert.deepEqual(await selected(), [690, 691, 692, 693, 694, 695, 696, 697, 698]);
    await filterBy(page, 'topic[1] == "2"');
    await page.locator('.filter-count', { hasText: '100 of 700' }).waitFor();
    assert.deepEqual(await selected(), [698]);

    // The rows come after their count.
    const drawn = await eventually(
      () => drawnSequences(page),
      (sequences) => assert.ok(sequences.length > 2 && sequences.every((each) => (each - 1) % 7 === 2)),
    );
    const [above, below] = drawn.slice(-2) as [number, number];
    await page.locator(`#packet-${above}`).click();
    await page.locator(`#packet-${below}`).click({ modifiers: ['Shift'] });
    await page.locator('.details-head', { hasText: `#${below}` }).waitFor();
    assert.deepEqual(await selected(), [above, below]);
    await host((harness) => harness.session.reveal(3), undefined);
    await page.locator('#packet-3.selected').waitFor();
    await page.waitForFunction(() => document.querySelectorAll('.packet-row.selected').length === 1);
    assert.deepEqual(await selected(), [3]);
  });

  it('keeps an “or” together where a field is added', async () => {
    const { page, host } = await open();
    await host((harness) => harness.conversation(5), undefined);
    await filterBy(page, '(qos == 0)or(qos == 1)');
    await page.locator('.filter-count').waitFor();
    await host((harness) => harness.session.showFilter('packet == incomplete', true), undefined);
    await page.locator('.filter-count', { hasText: /^\s*1 of 8/ }).waitFor();
    assert.equal(await input(page).inputValue(), '((qos == 0)or(qos == 1)) and packet == incomplete');
  });

  it('follows new matches, pauses, and drops what the budget makes go', async () => {
    const { page, host } = await open();
    await host((harness) => harness.flood(700), undefined);
    await filterBy(page, 'topic[1] == "2"');
    await page.locator('#packet-696').waitFor();
    await host((harness) => harness.flood(700), undefined);
    await page.locator('.filter-count', { hasText: '200 of 1,400' }).waitFor();
    await page.locator('#packet-1396').waitFor();
    await page.getByRole('button', { name: 'Pause following' }).click();
    const before = await drawnSequences(page);
    await host((harness) => harness.flood(700), undefined);
    await page.locator('.filter-count', { hasText: '300 of 2,100' }).waitFor();
    // Below the edge of the list one more is drawn, now that there is one.
    assert.deepEqual((await drawnSequences(page)).slice(0, before.length), before);
    await host((harness) => harness.flood(80_000, 1_000), undefined);
    await page.locator('.evicted').waitFor();
    await page.getByRole('button', { name: 'Follow the newest packet' }).click();
    await page.waitForFunction(() => {
      const rows = [...document.querySelectorAll<HTMLElement>('[data-sequence]')];
      return Number(rows.at(-1)?.dataset['sequence']) > 82_090;
    });
  });

  it('says what is wrong at the character, and leaves the list as it is', async () => {
    const { page, host } = await open();
    await host((harness) => harness.conversation(5), undefined);
    await filterBy(page, 'qos == 1');
    await page.locator('.filter-count', { hasText: '3 of 8' }).waitFor();
    await filterBy(page, 'qos == one and retain == true');
    await page.locator('.filter-problem', { hasText: 'qos is compared with a number.' }).waitFor();
    assert.equal(await page.locator('.wrong-part').textContent(), 'one');
    assert.equal(await input(page).getAttribute('aria-invalid'), 'true');
    await page.locator('.filter-count', { hasText: '3 of 8' }).waitFor();
    const part = await page.locator('.wrong-part').boundingBox();
    const box = await input(page).boundingBox();
    assert.ok(part && box && part.x > box.x + 20 && part.width > 10);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    assert.equal(await input(page).inputValue(), 'qos == 1');
  });

  it('is silent about what was wrong once that is written anew, also while packets come', async () => {
    const { page, host } = await open();
    await host((harness) => harness.conversation(5), undefined);
    await filterBy(page, 'qos == one');
    await page.locator('.filter-problem').waitFor();
    await input(page).fill('qos == 1');
    await host((harness) => harness.flood(3), undefined);
    await page.locator('.toolbar', { hasText: '11 packets' }).waitFor();
    assert.equal(await page.locator('.filter-problem').count(), 0);
    assert.equal(await input(page).getAttribute('aria-invalid'), 'false');
  });

  it('says so where no packet matches, until one comes', async () => {
    const { page, host } = await open();
    await host((harness) => harness.conversation(5), undefined);
    await filterBy(page, 'topic[1] == "2"');
    await page.getByText('No packet matches the filter.').waitFor();
    await host((harness) => harness.flood(7), undefined);
    await page.locator('.filter-count', { hasText: '1 of 15' }).waitFor();
    await page.getByText('No packet matches the filter.').waitFor({ state: 'detached' });
  });

  it('shows how far it is, ends where somebody stops it, and goes on from there', async () => {
    const { page, host } = await open();
    await host((harness) => harness.conversation(5), undefined);
    await filterBy(page, 'packet == PUBLISH');
    const count = page.locator('.filter-count');
    await count.filter({ hasText: '3 of 8 packets' }).waitFor();
    // As of a log that takes longer than a test should.
    await page.evaluate(() => {
      const list = document.querySelector('mqtt-packet-list') as HTMLElement & { readonly numbering: number };
      const state = { filter: list.numbering, first: 0, end: 1, scanned: 0.4, scannedTo: 4, shortened: 0 };
      const args = [{ ...state, scanning: true, stopped: false }];
      window.postMessage({ kind: 'notice', method: 'filterChanged', args });
    });
    await count.filter({ hasText: '1 of 8 packets · 40 %' }).waitFor();
    const progress = page.getByRole('progressbar', { name: 'Filtering' });
    assert.equal(await progress.evaluate((bar) => (bar as HTMLProgressElement).position), 0.4);
    await page.getByRole('button', { name: 'Stop filtering' }).focus();
    await page.keyboard.press('Enter');
    await count.filter({ hasText: 'stopped at 100 %' }).waitFor();
    assert.equal(await progress.count(), 0);
    await host((harness) => harness.conversation(5), undefined);
    await count.filter({ hasText: '3 of 16 packets · stopped at 50 %' }).waitFor();
    const goOn = page.getByRole('button', { name: 'Go on with the filter' });
    assert.ok(await goOn.evaluate((button) => button === document.activeElement), 'The focus is lost');
    await page.keyboard.press('Enter');
    await count.filter({ hasText: /^\s*6 of 16\s+packets\s*$/ }).waitFor();
    assert.equal(await goOn.count(), 0);
  });

  it('offers what can stand at the cursor and writes what is chosen', async () => {
    const { page, host } = await open();
    await host((harness) => harness.conversation(5), undefined);
    await input(page).focus();
    await page.keyboard.type('cli');
    await page.getByRole('option', { name: /^client/ }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    assert.equal(await input(page).inputValue(), 'client ');
    await page.keyboard.type('== ');
    await page.getByRole('option', { name: /esp32-7f2a/ }).click();
    assert.equal(await input(page).inputValue(), 'client == "esp32-7f2a" ');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Enter');
    await page.locator('.filter-count', { hasText: '1 of 8' }).waitFor();

    await page.getByRole('button', { name: 'Clear the filter' }).click();
    await page.getByRole('button', { name: 'Earlier filters' }).click();
    await page.getByRole('option', { name: 'client == "esp32-7f2a"' }).click();
    await page.locator('.filter-count', { hasText: '1 of 8' }).waitFor();
  });

  it('comes back with the page', async () => {
    const { page, host } = await open();
    await host((harness) => harness.conversation(5), undefined);
    await filterBy(page, 'packet == PUBACK');
    await page.locator('.filter-count', { hasText: '1 of 8' }).waitFor();
    await page.reload();
    await host((harness) => harness.conversation(5), undefined);
    await page.locator('.filter-count', { hasText: '1 of 8' }).waitFor();
    assert.equal(await input(page).inputValue(), 'packet == PUBACK');
  });

  it('adds a field of the packet, and what somebody asks for elsewhere', async () => {
    const { page, host } = await open();
    const found = await host((harness) => harness.conversation(5), undefined);
    await page.locator(`#packet-${found.json}`).click();
    await page.locator('.tree-row.field', { hasText: 'Topic Name' }).first().click();
    await host((harness) => harness.session.filterByField(), undefined);
    await page.locator('.filter-count', { hasText: '2 of 8' }).waitFor();
    assert.equal(await input(page).inputValue(), 'topic == "devices/bench-7/state"');
    await page.locator(`#packet-${found.json}.selected`).waitFor();
    await host((harness) => harness.session.showFilter('packet != incomplete', true), undefined);
    await page.locator('.filter-count', { hasText: '1 of 8' }).waitFor();
    assert.equal(await input(page).inputValue(), 'topic == "devices/bench-7/state" and packet != incomplete');
  });

  it('takes Tab for what ends a word that was begun, and leaves Enter to the filter', async () => {
    const { page, host } = await open();
    await host((harness) => harness.conversation(5), undefined);
    await input(page).focus();
    await page.keyboard.type('cli');
    await page.getByRole('option', { name: /^client/ }).waitFor();
    await page.keyboard.press('Tab');
    assert.equal(await input(page).inputValue(), 'client ');
    assert.ok(await input(page).evaluate((element) => element === document.activeElement));
    await page.keyboard.type('== "bench" an');
    await page.getByRole('option', { name: /^and/ }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('listbox', { name: 'What can stand here' }).waitFor({ state: 'detached' });
    assert.equal(await input(page).inputValue(), 'client == "bench" an');
    for (let index = 0; index < 3; index++) await page.keyboard.press('Backspace');
    // What may follow is on offer, but nobody chose it.
    await page.keyboard.press('Control+Space');
    await page.getByRole('option').first().waitFor();
    await page.keyboard.press('Enter');
    await page.locator('.filter-count', { hasText: '7 of 8' }).waitFor();
    assert.equal(await input(page).inputValue(), 'client == "bench"');
    await page.keyboard.type(' ');
    await page.getByRole('option', { name: /^and/ }).waitFor();
    await page.keyboard.press('Tab');
    assert.equal(await input(page).inputValue(), 'client == "bench" ');
    assert.ok(await input(page).evaluate((element) => element !== document.activeElement));
  });
});
