import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { describeInspector, drawnSequences } from './harness/inspectorSuite';

const heads = (page: Page): Promise<string[]> =>
  page
    .locator('.packet-head .caption')
    .evaluateAll((captions) => captions.map((each) => each.textContent ?? ''));

const widthOf = async (page: Page, column: string): Promise<number> =>
  (await page.locator(`.packet-head [data-column="${column}"]`).boundingBox())?.width ?? 0;

const selected = (page: Page): Promise<number[]> =>
  page
    .locator('[data-sequence][aria-selected="true"]')
    .evaluateAll((rows) => rows.map((row) => Number((row as HTMLElement).dataset['sequence'])));

const times = (page: Page): Promise<string[]> =>
  page.locator('[data-sequence] .time').evaluateAll((cells) => cells.map((cell) => cell.textContent ?? ''));

describeInspector('The columns of the list', (open) => {
  it('are resized by dragging and by keys, and keep their widths after a reload', async () => {
    const { page, host } = await open();
    await host((harness, of) => harness.conversation(of), 5 as const);
    await page.locator('#packet-1 .client').waitFor();
    const before = await widthOf(page, 'client');
    const handle = await page.locator('[data-column="client"] .resize').boundingBox();
    assert.ok(handle);
    await page.mouse.move(handle.x + 3, handle.y + 10);
    await page.mouse.down();
    await page.mouse.move(handle.x + 63, handle.y + 10, { steps: 4 });
    await page.mouse.up();
    const dragged = await widthOf(page, 'client');
    assert.ok(Math.abs(dragged - before - 60) < 3, `${before} to ${dragged}`);
    assert.ok(Math.abs(((await page.locator('#packet-1 .client').boundingBox())?.width ?? 0) - dragged) < 1);

    await page.getByRole('columnheader', { name: 'Number' }).focus();
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('data-column')), 'type');
    const type = await widthOf(page, 'type');
    await page.keyboard.press('Alt+ArrowRight');
    await page.keyboard.press('Alt+ArrowRight');
    await page.waitForFunction(
      (width) =>
        (document.querySelector('[data-column="type"]')?.getBoundingClientRect().width ?? 0) > width + 5,
      type,
    );
    await page.waitForFunction(() => localStorage.getItem('inspector.lastChoices')?.includes('"type"'));
    await page.reload();
    await host((harness, of) => harness.conversation(of), 5 as const);
    await page.locator('#packet-1 .client').waitFor();
    assert.ok(Math.abs((await widthOf(page, 'client')) - dragged) < 1);
  });

  it('are told to the next panel with every movement, not only when a drag ends or a moment later', async () => {
    const { page, host } = await open();
    await host((harness, of) => harness.conversation(of), 5 as const);
    await page.locator('#packet-1 .client').waitFor();
    // The page may go before anything that is put off.
    await page.evaluate(`{
      const later = window.setTimeout.bind(window);
      window.setTimeout = (handler, delay) => later(handler, delay >= 100 ? 1e9 : delay);
    }`);
    const told = (part: string): Promise<unknown> =>
      page.waitForFunction((each) => localStorage.getItem('inspector.lastChoices')?.includes(each), part, {
        timeout: 5_000,
      });
    const handle = await page.locator('[data-column="client"] .resize').boundingBox();
    assert.ok(handle);
    await page.mouse.move(handle.x + 3, handle.y + 10);
    await page.mouse.down();
    await page.mouse.move(handle.x + 63, handle.y + 10, { steps: 4 });
    await told('"client"');
    await page.mouse.up();
    await page.getByRole('columnheader', { name: 'Packet' }).focus();
    await page.keyboard.press('Alt+ArrowRight');
    await told('"type"');
    await host((harness) => harness.perform({ kind: 'hideColumn', column: 'number' }), undefined);
    await told('"number"');
  });

  it('are in a new panel as they were left in the last one, and so are the filters of before', async () => {
    const { page, host } = await open();
    await host((harness, of) => harness.conversation(of), 5 as const);
    await page.locator('#packet-1 .client').waitFor();
    await host((harness) => harness.perform({ kind: 'hideColumn', column: 'number' }), undefined);
    const input = page.getByRole('combobox', { name: 'Filter packets' });
    await input.fill('packet == PUBLISH');
    await page.keyboard.press('Enter');
    const key = 'inspector.lastChoices';
    await page.waitForFunction((of) => /"hidden":\["number"/.test(localStorage.getItem(of) ?? ''), key);
    await page.waitForFunction((of) => /PUBLISH/.test(localStorage.getItem(of) ?? ''), key);
    // A panel that was closed has no state any more.
    await page.evaluate(() => sessionStorage.clear());
    await page.reload();
    await host((harness, of) => harness.conversation(of), 5 as const);
    await page.locator('.packet-head .time').waitFor();
    assert.equal(await page.locator('.packet-head .head.number').count(), 0);
    assert.equal(await input.inputValue(), '');
    await page.getByRole('button', { name: 'Earlier filters' }).click();
    await page.getByRole('option', { name: 'packet == PUBLISH' }).waitFor();
  });

  it('are those that were chosen in another panel: at once, and when one that was hidden shows again', async () => {
    const { page, host } = await open();
    await host((harness, of) => harness.conversation(of), 5 as const);
    await page.locator('#packet-1 .client').waitFor();
    await host((harness) => harness.perform({ kind: 'hideColumn', column: 'number' }), undefined);
    await page.locator('.packet-head .head.number').waitFor({ state: 'detached' });
    const key = 'inspector.lastChoices';
    await page.waitForFunction((of) => /"hidden":\["number"/.test(localStorage.getItem(of) ?? ''), key);
    const columns = { widths: { client: 30 }, hidden: ['length'] };
    await host((harness, chosen) => harness.perform({ kind: 'takeColumns', columns: chosen }), columns);
    await page.locator('.packet-head .head.length').waitFor({ state: 'detached' });
    assert.deepEqual(await heads(page), ['#', 'Time', '', 'Client', 'Packet', 'Summary']);
    // It was no choice of this panel, which tells nobody.
    assert.match((await page.evaluate((of) => localStorage.getItem(of), key)) ?? '', /"hidden":\["number"/);

    const others = JSON.stringify({ columns: { widths: {}, hidden: ['type'] } });
    await page.evaluate(([of, choices]) => localStorage.setItem(of, choices), [key, others] as const);
    await page.reload();
    await host((harness, of) => harness.conversation(of), 5 as const);
    await page.locator('.packet-head .time').waitFor();
    assert.deepEqual(await heads(page), ['#', 'Time', '', 'Client', 'Summary', 'Bytes']);
  });

  it('are hidden and shown again by choice, by a command, and all by one more', async () => {
    const { page, host } = await open();
    await host((harness, of) => harness.conversation(of), 5 as const);
    await page.locator('#packet-1 .client').waitFor();
    await host((harness) => harness.chooseColumns(['number', 'type', 'length']), undefined);
    await page.getByRole('button', { name: 'Choose columns' }).click();
    await page.locator('.packet-head .time').waitFor({ state: 'detached' });
    assert.deepEqual(await heads(page), ['#', 'Packet', 'Summary', 'Bytes']);
    assert.equal(await page.locator('#packet-1 .client').count(), 0);
    await host((harness) => harness.perform({ kind: 'hideColumn', column: 'number' }), undefined);
    await page.locator('.packet-head .head.number').waitFor({ state: 'detached' });
    // The next panel begins with what was told, which is a moment later.
    await page.waitForFunction(() =>
      /"hidden":\[[^\]]*"number"/.test(localStorage.getItem('inspector.lastChoices') ?? ''),
    );
    await page.reload();
    await host((harness, of) => harness.conversation(of), 5 as const);
    await page.locator('#packet-1 .type').waitFor();
    assert.deepEqual(await heads(page), ['Packet', 'Summary', 'Bytes']);
    await host((harness) => harness.perform({ kind: 'resetColumns' }), undefined);
    await page.locator('.packet-head .time').waitFor();
    assert.deepEqual(await heads(page), ['#', 'Time', '', 'Client', 'Packet', 'Summary', 'Bytes']);
  });

  it('keeps the time in a narrow window, and tells in a row’s title what there is no room for', async () => {
    const { page, host } = await open({ width: 450 });
    const found = await host((harness, of) => harness.conversation(of), 5 as const);
    await page.getByRole('columnheader', { name: 'Time' }).waitFor();
    const summary = page.locator(`#packet-${found.puback} .summary`);
    await summary.hover();
    await page.waitForFunction(
      (id) =>
        document.querySelector(`#packet-${id} .summary`)?.getAttribute('title') ===
        `#${id} · bench · 4 bytes`,
      found.puback,
    );
    await page.setViewportSize({ width: 300, height: 700 });
    await page.getByRole('columnheader', { name: 'Time' }).waitFor({ state: 'detached' });
    await page.locator('.toolbar').hover();
    await summary.hover();
    await page.waitForFunction(
      (id) =>
        /^#\d+ · .+ 1?\d:\d\d:\d\d\.\d{6} · bench · 4 bytes$/.test(
          document.querySelector(`#packet-${id} .summary`)?.getAttribute('title') ?? '',
        ),
      found.puback,
    );
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth));
  });

  it('make room for the summary where the panel is narrow', async () => {
    const { page, host } = await open({ width: 420 });
    await host((harness, of) => harness.conversation(of), 5 as const);
    await page.locator('#packet-1 .type').waitFor();
    assert.deepEqual(await heads(page), ['Time', '', 'Packet', 'Summary']);
    await page.setViewportSize({ width: 1200, height: 700 });
    await page.locator('#packet-1 .client').waitFor();
  });

  it('tell VS Code what its context menus are about', async () => {
    const { page, host } = await open();
    const found = await host((harness, of) => harness.conversation(of), 5 as const);
    await page.locator(`#packet-${found.json} .type`).click({ button: 'right' });
    const context = (): Promise<unknown> =>
      page
        .locator('.packet-grid')
        .evaluate((grid) => JSON.parse((grid as HTMLElement).dataset['vscodeContext'] ?? 'null') as unknown);
    assert.deepEqual(await context(), {
      webviewSection: 'packet',
      sequence: found.json,
      mqttPacketType: 'PUBLISH',
      mqttSeveral: false,
    });
    assert.deepEqual(await selected(page), [found.json]);
    await page.locator(`#packet-${found.broken}`).click({ modifiers: ['Control'] });
    await page.locator(`#packet-${found.json} .type`).click({ button: 'right' });
    assert.equal(((await context()) as { mqttSeveral: boolean }).mqttSeveral, true);
    // Another packet is the selection by itself from then on, and so is what the menu is about.
    await page.locator(`#packet-${found.puback} .type`).click({ button: 'right' });
    assert.equal(((await context()) as { mqttSeveral: boolean }).mqttSeveral, false);
    assert.deepEqual(await selected(page), [found.puback]);
    const ofHead = await page.locator('[data-column="client"]').getAttribute('data-vscode-context');
    assert.deepEqual(JSON.parse(ofHead ?? 'null'), {
      webviewSection: 'packetHeader',
      preventDefaultContextMenuItems: true,
      column: 'client',
      mqttColumnStays: false,
    });
  });
});

describeInspector('The times of the list', (open) => {
  it('are of day, since a packet, or since the one above, to the microsecond', async () => {
    const { page, host } = await open();
    await host((harness) => harness.flood(6), undefined);
    await page.locator('#packet-6 .time').waitFor();
    const [ofDay] = await times(page);
    assert.match(ofDay ?? '', /^\d\d:\d\d:11\.042000$/);
    await page.getByRole('columnheader', { name: 'Time of day' }).click();
    await page.getByRole('columnheader', { name: 'Time since #1' }).waitFor();
    assert.deepEqual(await times(page), [
      ...['+0.000000', '+0.059178', '+0.118356', '+0.177534', '+0.236712', '+0.295890'],
    ]);
    await host((harness) => harness.perform({ kind: 'measureFrom', sequence: 3 }), undefined);
    await page.getByRole('columnheader', { name: 'Time since #3' }).waitFor();
    assert.deepEqual((await times(page)).slice(0, 4), ['−0.118356', '−0.059178', '+0.000000', '+0.059178']);
    await page.reload();
    await host((harness) => harness.flood(6), undefined);
    await page.getByRole('columnheader', { name: 'Time since #3' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('columnheader', { name: 'Time since the packet above' }).waitFor();
    assert.deepEqual((await times(page)).slice(0, 3), ['+0.000000', '+0.059178', '+0.059178']);
    await page.keyboard.press('Enter');
    await page.getByRole('columnheader', { name: 'Time of day' }).waitFor();
  });

  it('since the one above are right where that row is out of sight and was never asked for', async () => {
    const { page, host } = await open();
    await host((harness) => harness.flood(5000), undefined);
    await host((harness) => harness.perform({ kind: 'showTime', mode: 'delta' }), undefined);
    await page.getByRole('columnheader', { name: 'Time since the packet above' }).waitFor();
    await page.locator('.packet-viewport').evaluate((viewport) => (viewport.scrollTop = 22 * 64 * 20));
    await page.waitForFunction(
      () =>
        document.querySelector<HTMLElement>('[data-sequence]')?.dataset['sequence'] === '1281' &&
        document.querySelector('[data-sequence] .time')?.textContent === '+0.059178',
    );
  });
});

describeInspector('Several packets are selected', (open) => {
  it('with Shift, Ctrl and the arrow keys, and all at once', async () => {
    const { page, host } = await open();
    await host((harness) => harness.flood(1000), undefined);
    await page.locator('#packet-1000').waitFor();
    await page.locator('.packet-viewport').focus();
    await page.keyboard.press('Home');
    await page.locator('#packet-1.selected').waitFor();
    await page.keyboard.press('Shift+ArrowDown');
    await page.keyboard.press('Shift+ArrowDown');
    await page.locator('#packet-3.lead').waitFor();
    assert.deepEqual(await selected(page), [1, 2, 3]);
    await page.locator('#packet-5').click({ modifiers: ['Control'] });
    assert.deepEqual(await selected(page), [1, 2, 3, 5]);
    await page.locator('#packet-2').click({ modifiers: ['Control'] });
    await page.locator('#packet-8').click({ modifiers: ['Control', 'Shift'] });
    assert.deepEqual(await selected(page), [1, 2, 3, 4, 5, 6, 7, 8]);
    await page.locator('#packet-7').click();
    assert.deepEqual(await selected(page), [7]);
    await page.locator('.details-head', { hasText: '#7' }).waitFor();
    await page.keyboard.press('Control+a');
    await page.waitForFunction(
      () => document.querySelectorAll('[data-sequence]:not(.selected)').length === 0,
    );
    assert.deepEqual(
      await host((harness) => harness.selected(), undefined),
      Array.from({ length: 1000 }, (_, index) => index + 1),
    );
    await page.keyboard.press('Control+c');
    await page.waitForFunction(
      () => (globalThis as never as { harness: { copied: string[] } }).harness.copied.length > 0,
    );
    assert.deepEqual(await host((harness) => harness.copied, undefined), ['selected']);
  });
});

describeInspector('The strip beside the scroll bar', (open) => {
  it('counts what breaks rules over the whole log, and leads to the place that is clicked', async () => {
    const { page, host } = await open();
    const found = await host((harness, of) => {
      harness.flood(3000);
      const conversation = harness.conversation(of);
      harness.flood(3000);
      return conversation;
    }, 4 as const);
    // The CONNECT with Will QoS 3, what is no MQTT, and the packet that was cut off.
    await page.getByRole('img', { name: /3 packets break rules/ }).waitFor();
    const box = await page.locator('mqtt-density-strip').boundingBox();
    assert.ok(box);
    await page.mouse.click(box.x + 5, box.y + box.height / 2);
    await page.locator(`#packet-${found.broken}`).waitFor();
    await page.getByRole('button', { name: 'Follow the newest packet' }).waitFor();
    const coloured = await page.locator('mqtt-density-strip canvas').evaluate((element) => {
      const canvas = element as HTMLCanvasElement;
      const { data } = (canvas.getContext('2d') as CanvasRenderingContext2D).getImageData(
        0,
        0,
        canvas.width,
        canvas.height,
      );
      return data.some((byte, index) => index % 4 === 3 && byte > 0);
    });
    assert.ok(coloured);
  });

  it('is about the matches where a filter is set, and about the log again without it', async () => {
    const { page, host } = await open();
    await host((harness) => {
      harness.flood(700);
      harness.conversation(4);
      harness.flood(700);
    }, undefined);
    const strip = (name: RegExp) => page.getByRole('img', { name });
    await strip(/^The whole log: 3 packets break rules/).waitFor();
    const input = page.getByRole('combobox', { name: 'Filter packets' });
    await input.fill('packet == unframed or topic[1] == "2"');
    await page.keyboard.press('Enter');
    await strip(/^All packets that the filter shows: 1 packet breaks a rule/).waitFor();
    const box = await page.locator('mqtt-density-strip').boundingBox();
    assert.ok(box);
    await page.mouse.click(box.x + 5, box.y + box.height / 2);
    await page.locator('.packet-row', { hasText: 'not an MQTT packet' }).waitFor();
    await input.fill('');
    await page.keyboard.press('Enter');
    await strip(/^The whole log: 3 packets break rules/).waitFor();
  });
});

describeInspector('A screen reader', (open) => {
  it('hears of following and pausing at once, and of violations without being told again and again', async () => {
    const { page, host } = await open();
    await host((harness) => harness.flood(3000), undefined);
    await page.locator('#packet-3000').waitFor();
    const status = page.locator('.announcement');
    await page.getByRole('button', { name: 'Pause following' }).click();
    await page.waitForFunction(() =>
      /paused/.test(document.querySelector('.announcement')?.textContent ?? ''),
    );
    await page.getByRole('button', { name: 'Follow the newest packet' }).click();
    await page.waitForFunction(() =>
      /^Following/.test(document.querySelector('.announcement')?.textContent ?? ''),
    );
    await host((harness, of) => harness.conversation(of), 5 as const);
    await page.waitForFunction(() =>
      /3 packets break rules/.test(document.querySelector('.announcement')?.textContent ?? ''),
    );
    assert.equal(await status.getAttribute('aria-live'), 'polite');
    assert.equal(await page.locator('#packet-3000').getAttribute('aria-rowindex'), '3001');
    assert.deepEqual((await drawnSequences(page)).at(-1), 3008);
  });

  it('hears what is typed in the list passed on to whoever finds', async () => {
    const { page, host } = await open();
    await host((harness) => harness.flood(3), undefined);
    await page.locator('#packet-3').click();
    await page.evaluate(() =>
      document.addEventListener('find-wanted', (event) => {
        document.title = `looks for ${(event as CustomEvent<string>).detail}`;
      }),
    );
    await page.keyboard.press('d');
    assert.equal(await page.title(), 'looks for d');
  });
});

describeInspector('A log that is full when the panel opens', (open) => {
  it('is followed, and all its rows in sight come', async () => {
    const { page } = await open({ before: 'harness.flood(1000)' });
    await page.waitForFunction(
      () =>
        document.querySelectorAll('[data-sequence]').length > 5 &&
        document.querySelectorAll('[data-sequence] .loading').length === 0,
    );
    await page.locator('#packet-1000').waitFor();
    await page.getByRole('button', { name: 'Pause following the newest packet' }).waitFor();
  });
});
