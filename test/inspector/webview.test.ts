import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';
import { becomes } from '../support/eventually';
import { describeInspector, markedBytes } from './harness/inspectorSuite';

const range = (start: number, end: number): number[] =>
  Array.from({ length: end - start }, (_, index) => start + index);

function field(page: Page, label: string): Locator {
  return page
    .locator('.tree-row.field')
    .filter({ has: page.locator('.label', { hasText: new RegExp(`^${label}$`) }) })
    .first();
}

describeInspector('The inspector shows a packet', (open) => {
  it('says what to do while nothing is captured', async () => {
    const { page } = await open();
    await page.getByRole('heading', { name: 'No packets captured yet' }).waitFor();
    assert.equal(
      await page.getByRole('link').getAttribute('href'),
      'command:mqttWorkbench.connections.focus',
    );
  });

  for (const [theme, opacity] of [
    ['vscode-dark', '0.6'],
    ['vscode-high-contrast', '1'],
    ['vscode-high-contrast-light', '1'],
  ] as const) {
    it(`dims what is no text to ${opacity} in ${theme}`, async () => {
      const { page, host } = await open({ bodyClass: theme });
      const found = await host((harness, of) => harness.conversation(of), 5 as const);
      await page.locator(`#packet-${found.connect}`).click();
      const dot = page.locator('.byte-row .unprintable').first();
      // The bytes are drawn once more when all of the packet is there.
      await becomes(() => dot.evaluate((element) => getComputedStyle(element).opacity), opacity);
    });
  }

  for (const version of [4, 5] as const) {
    const name = version === 5 ? '5.0' : '3.1.1';

    it(`lists the packets of ${name} of all connections, both ways, with a mark on those that break rules`, async () => {
      const { page, host } = await open();
      const found = await host((harness, of) => harness.conversation(of), version);
      await page.locator(`#packet-${found.incomplete} .summary`).waitFor();
      const cell = (sequence: number, column: string): Promise<string | null> =>
        page.locator(`#packet-${sequence} .${column}`).textContent();
      assert.equal(await cell(found.connect, 'type'), 'CONNECT');
      assert.equal(await cell(found.connect, 'client'), 'bench');
      assert.equal(
        await page.locator(`#packet-${found.connect} .direction`).getAttribute('aria-label'),
        'sent',
      );
      assert.equal(
        await page.locator(`#packet-${found.connack} .direction`).getAttribute('aria-label'),
        'received',
      );
      assert.match(
        (await cell(found.json, 'summary')) ?? '',
        /^\s*devices\/bench-7\/state · QoS 1 · id 17 · 56 B$/,
      );
      assert.match((await cell(found.json, 'time')) ?? '', /^\d\d:\d\d:\d\d\.\d{6}$/);
      assert.equal(await cell(found.broken, 'client'), 'esp32-7f2a');
      assert.match((await cell(found.broken, 'warning')) ?? '', /Will QoS is 3\. \[MQTT-3\.1\.2-1[24]\]/);
      assert.equal(await cell(found.http, 'type'), 'Not MQTT');
      assert.equal(await cell(found.incomplete, 'type'), 'PUBLISH (cut off)');
      const warnings = await page.locator('[data-sequence]:has(.warning)').count();
      assert.equal(warnings, 3);
    });

    it(`marks exactly the bytes of a field of ${name} that is pointed at, and the field of a byte`, async () => {
      const { page, host } = await open({ width: 1300, height: 1000 });
      const found = await host((harness, of) => harness.conversation(of), version);
      await page.locator(`#packet-${found.json}`).click();
      await field(page, 'Topic Name').locator('.label').hover();
      assert.deepEqual(await markedBytes(page, 'hovered'), range(2, 25));
      await field(page, 'Packet Identifier').locator('.label').hover();
      assert.deepEqual(await markedBytes(page, 'hovered'), [25, 26]);
      await field(page, 'QoS').locator('.label').hover();
      assert.deepEqual(await markedBytes(page, 'hovered'), [0]);
      assert.equal(
        await page
          .locator('.bit')
          .allTextContents()
          .then((bits) => bits.join('')),
        '00110010',
      );
      assert.equal(
        await page
          .locator('.bit.marked')
          .allTextContents()
          .then((bits) => bits.join('')),
        '01',
      );

      await page.locator('.bytes .byte[data-offset="25"]').hover();
      assert.deepEqual(await page.locator('.tree-row.hovered .label').allTextContents(), [
        'Packet Identifier',
      ]);
      assert.deepEqual(await markedBytes(page, 'hovered'), [25, 26]);
      await page.locator('.bytes .byte[data-offset="0"]').hover();
      assert.deepEqual(await page.locator('.tree-row.hovered .label').allTextContents(), [
        'Type and Flags',
        'Control Packet Type',
        'DUP',
        'QoS',
        'RETAIN',
      ]);
      await page.locator('.toolbar').hover();
      assert.deepEqual(await markedBytes(page, 'hovered'), []);

      await field(page, 'Topic Name').click();
      assert.deepEqual(await markedBytes(page, 'selected'), range(2, 25));
      await page.locator('.bytes .character[data-offset="4"]').click();
      assert.deepEqual(await page.locator('.tree-row.selected .label').allTextContents(), ['Text']);
      assert.deepEqual(await markedBytes(page, 'selected'), range(4, 25));
    });
  }

  it('shows a violation under its byte with clause and usual cause, and leads there', async () => {
    const { page, host } = await open();
    const found = await host((harness) => harness.conversation(5), undefined);
    await page.locator(`#packet-${found.broken}`).click();
    await page.getByRole('button', { name: '1 problem' }).click();
    const row = page.locator('.tree-row.violation.selected');
    assert.match(
      (await row.textContent()) ?? '',
      /Will QoS is 3\.\s+\[MQTT-3\.1\.2-12\]\s+Usual cause: Both bits were set/,
    );
    assert.deepEqual(await markedBytes(page, 'selected'), [9]);
  });

  it('explains bytes that are no packet and shows all of them', async () => {
    const { page, host } = await open();
    const found = await host((harness) => harness.conversation(5), undefined);
    await page.locator(`#packet-${found.http}`).click();
    await page.getByText('These bytes are not MQTT').waitFor();
    await page.locator('.bytes .byte').first().waitFor();
    assert.equal(await page.locator('.bytes .byte').count(), 54);
    await page.getByText('HTTP/1.1 400 Bad Request').last().waitFor();
  });

  it('has no password in what it was sent, and says so', async () => {
    const { page, host } = await open();
    const found = await host((harness) => harness.conversation(5), undefined);
    await page.locator(`#packet-${found.connect}`).click();
    await page.getByText('Passwords and authentication data stay out of this view').waitFor();
    assert.equal(await page.locator('.bytes .byte', { hasText: '••' }).count(), 6);
    const ascii = await page.locator('.bytes .ascii').allTextContents();
    assert.match(ascii.join(''), /me\.\.•{6}$/);
  });

  it('shows a payload as what it looks like, or as the person chose', async () => {
    const { page, host } = await open();
    const found = await host((harness) => harness.conversation(5), undefined);
    await page.locator(`#packet-${found.json}`).click();
    const lines = page.locator('mqtt-payload-view .text-line');
    await lines.nth(6).waitFor();
    const texts = (await lines.allTextContents()).map((line) => line.trim());
    assert.deepEqual(texts, [
      '{ 4 members }',
      '"on": true',
      '"mV": 3312',
      '"name": "bench-7"',
      '"tags": [ 2 elements ]',
      '0: "a"',
      '1: null',
    ]);

    const choose = async (name: string): Promise<void> => {
      await page.locator('vscode-single-select').click();
      await page.locator('vscode-single-select li', { hasText: name }).click();
    };
    await choose('Text');
    await page.locator('.text-line', { hasText: '{"on":true,"mV":3312' }).waitFor();
    await choose('Hex');
    await page.locator('mqtt-payload-view .byte').first().waitFor();
    assert.equal(await page.locator('mqtt-payload-view .byte').count(), 56);
    await choose('Automatic');
    await page.locator(`#packet-${found.everyByte}`).click();
    // What the packet before had is gone, and no more rows are drawn than there is room for.
    await page.locator('mqtt-payload-view .place', { hasText: '256 bytes' }).waitFor();
    const shown = await page.locator('mqtt-payload-view .byte').allTextContents();
    assert.equal(shown.slice(0, 4).join(' '), '00 01 02 03');
  });

  it('is used with the keyboard alone', async () => {
    const { page, host } = await open({ height: 1000 });
    const found = await host((harness) => harness.conversation(5), undefined);
    await page.locator(`#packet-${found.incomplete}`).waitFor();
    await page.getByRole('grid', { name: 'Captured packets' }).focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.locator(`#packet-${found.json}.selected`).waitFor();
    assert.equal(
      await page.locator('.packet-viewport').getAttribute('aria-activedescendant'),
      `packet-${found.json}`,
    );
    await page.locator('.tree-row').first().waitFor();
    await page.keyboard.press('Enter');
    assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('role')), 'tree');

    const active = (): Promise<string | null> => page.locator('.tree-row.selected .label').textContent();
    await page.keyboard.press('Home');
    assert.equal(await active(), 'Fixed Header');
    await page.keyboard.press('ArrowLeft');
    assert.equal(await page.locator('.tree-row.selected').getAttribute('aria-expanded'), 'false');
    await page.keyboard.press('ArrowDown');
    assert.equal(await active(), 'Variable Header');
    await page.keyboard.press('ArrowRight');
    assert.equal(await active(), 'Topic Name');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    assert.equal(await active(), 'Length');
    assert.deepEqual(await markedBytes(page, 'selected'), [2, 3]);
    await page.keyboard.press('ArrowLeft');
    assert.equal(await active(), 'Topic Name');
    await page.keyboard.press('End');
    assert.equal(await active(), 'Payload');

    await page.getByRole('grid', { name: 'Bytes of the packet' }).focus();
    await page.keyboard.press('Control+Home');
    await page.keyboard.press('ArrowRight');
    assert.deepEqual(await markedBytes(page, 'cursor'), [1]);
    assert.equal(await active(), 'Remaining Length');
    await page.keyboard.press('ArrowDown');
    assert.deepEqual(await markedBytes(page, 'cursor'), [17]);
  });

  for (const width of [320, 560, 900]) {
    it(`keeps within a width of ${width} pixels`, async () => {
      const { page, host } = await open({ width });
      const found = await host((harness) => harness.conversation(5), undefined);
      await page.locator(`#packet-${found.json}`).click();
      await page.locator('.bytes .byte').first().waitFor();
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      assert.equal(overflow, 0);
      const cells = await page
        .locator(`#packet-${found.json} > span:visible`)
        .evaluateAll((all) =>
          all.map((cell) => cell.getBoundingClientRect()).filter(({ right }) => right > window.innerWidth),
        );
      assert.deepEqual(cells, []);
    });
  }

  it('can be used at 200 % zoom, where a window of 1280 by 720 pixels has half as many', async () => {
    const { page, host } = await open({ width: 640, height: 360 });
    const found = await host((harness) => harness.conversation(5), undefined);
    await page.getByRole('grid', { name: 'Captured packets' }).focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.locator('.details-head', { hasText: `#${found.json} ` }).waitFor();
    // Each is brought in sight by scrolling, or else cannot be clicked.
    await page.locator('.tree-row').last().click();
    await page.locator('.bytes .byte').last().click();
    await page.locator('mqtt-payload-view button').first().click();
    await page.locator('.packet-row').first().click();
    await page.getByRole('tab', { name: 'Doctor' }).click();
  });
});
