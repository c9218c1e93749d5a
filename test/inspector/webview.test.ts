import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';
import { requirePeer } from '../support/peers';
import { type InspectorPage, type InspectorPageOptions, InspectorSite } from './harness/inspectorPage';

/** Offsets of the packet's bytes that carry a class, in order. */
function marked(page: Page, className: string): Promise<number[]> {
  return page
    .locator(`.bytes .byte.${className}`)
    .evaluateAll((cells) => cells.map((cell) => Number((cell as HTMLElement).dataset['offset'])));
}

const range = (start: number, end: number): number[] =>
  Array.from({ length: end - start }, (_, index) => start + index);

function field(page: Page, label: string): Locator {
  return page
    .locator('.tree-row.field')
    .filter({ has: page.locator('.label', { hasText: new RegExp(`^${label}$`) }) })
    .first();
}

/** Text of the rows that are drawn, oldest first. */
function sequences(page: Page): Promise<number[]> {
  return page
    .locator('[data-sequence]')
    .evaluateAll((rows) => rows.map((row) => Number((row as HTMLElement).dataset['sequence'])));
}

describe('The inspector in Chromium', function () {
  this.timeout(60_000);
  let site: InspectorSite;
  let inspector: InspectorPage;

  before(async function () {
    requirePeer(this, 'chromium');
    site = await InspectorSite.start();
  });
  after(() => site?.stop());

  async function open(options: InspectorPageOptions = {}): Promise<InspectorPage> {
    inspector = await site.open(options);
    return inspector;
  }

  afterEach(async () => {
    const failures = await inspector.host((harness) => harness.failures, undefined);
    const { errors } = inspector;
    await inspector.close();
    assert.deepEqual([...failures, ...errors], []);
  });

  it('says what to do while nothing is captured', async () => {
    const { page } = await open();
    await page.getByRole('heading', { name: 'No packets captured yet' }).waitFor();
    assert.equal(
      await page.getByRole('link').getAttribute('href'),
      'command:mqttWorkbench.connections.focus',
    );
  });

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
      assert.deepEqual(await marked(page, 'hovered'), range(2, 25));
      await field(page, 'Packet Identifier').locator('.label').hover();
      assert.deepEqual(await marked(page, 'hovered'), [25, 26]);
      await field(page, 'QoS').locator('.label').hover();
      assert.deepEqual(await marked(page, 'hovered'), [0]);
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
      assert.deepEqual(await marked(page, 'hovered'), [25, 26]);
      await page.locator('.bytes .byte[data-offset="0"]').hover();
      assert.deepEqual(await page.locator('.tree-row.hovered .label').allTextContents(), [
        'Type and Flags',
        'Control Packet Type',
        'DUP',
        'QoS',
        'RETAIN',
      ]);
      await page.locator('.toolbar').hover();
      assert.deepEqual(await marked(page, 'hovered'), []);

      await field(page, 'Topic Name').click();
      assert.deepEqual(await marked(page, 'selected'), range(2, 25));
      await page.locator('.bytes .character[data-offset="4"]').click();
      assert.deepEqual(await page.locator('.tree-row.selected .label').allTextContents(), ['Text']);
      assert.deepEqual(await marked(page, 'selected'), range(4, 25));
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
    assert.deepEqual(await marked(page, 'selected'), [9]);
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
    await lines.nth(8).waitFor();
    const texts = (await lines.allTextContents()).map((line) => line.trim());
    assert.deepEqual(texts, [
      '{',
      '"on": true,',
      '"mV": 3312,',
      '"name": "bench-7",',
      '"tags": [',
      '"a",',
      'null',
      ']',
      '}',
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
    await page.locator('mqtt-payload-view .byte').nth(100).waitFor();
    const shown = await page.locator('mqtt-payload-view .byte').allTextContents();
    assert.equal(shown.slice(0, 4).join(' '), '00 01 02 03');
  });

  it('holds a million packets and reaches each of them', async () => {
    const { page, host } = await open();
    await host((harness) => harness.flood(1_000_000), undefined);
    await page.locator('#packet-1000000').waitFor();
    assert.equal(await page.locator('.count').textContent(), '1,000,000 packets');
    assert.ok((await sequences(page)).length < 100);

    await page.locator('#packet-1000000').click();
    await page.keyboard.press('Home');
    await page.locator('#packet-1.selected').waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('PageDown');
    const paged = Number(await page.locator('.selected[data-sequence]').getAttribute('data-sequence'));
    assert.ok(paged > 3 && paged < 40, String(paged));
    await page.keyboard.press('End');
    await page.locator('#packet-1000000.selected').waitFor();

    await page.locator('.packet-viewport').evaluate((viewport) => {
      viewport.scrollTop = (viewport.scrollHeight - viewport.clientHeight) / 2;
    });
    await page.waitForFunction(() => {
      const row = document.querySelector<HTMLElement>('[data-sequence]');
      return (
        Math.abs(Number(row?.dataset['sequence']) - 500_000) < 2000 && row?.querySelector('.type') !== null
      );
    });
    const [before] = await sequences(page);
    await page.locator('.packet-viewport').hover();
    await page.mouse.wheel(0, 44);
    await page.waitForFunction(
      (first) =>
        Number(document.querySelector<HTMLElement>('[data-sequence]')?.dataset['sequence']) === first,
      (before ?? 0) + 2,
    );
  });

  it('keeps the newest packet in sight until the person scrolls up, and goes on recording', async () => {
    const { page, host } = await open();
    await host((harness) => harness.flood(500), undefined);
    await page.locator('#packet-500').waitFor();
    await host((harness) => harness.flood(500), undefined);
    await page.locator('#packet-1000').waitFor();

    await page.locator('.packet-viewport').hover();
    await page.mouse.wheel(0, -400);
    await page.getByRole('button', { name: 'Follow the newest packet' }).waitFor();
    const before = await sequences(page);
    await host((harness) => harness.flood(500), undefined);
    await page.locator('.count', { hasText: '1,500 packets' }).waitFor();
    assert.deepEqual(await sequences(page), before);

    await page.getByRole('button', { name: 'Follow the newest packet' }).click();
    await page.locator('#packet-1500').waitFor();
    await page.getByRole('button', { name: 'Stop following' }).click();
    await host((harness) => harness.flood(500), undefined);
    await page.locator('.count', { hasText: '2,000 packets' }).waitFor();
    assert.equal((await sequences(page)).includes(2000), false);
  });

  it('says what the budget made go, and keeps the packets in sight in their place meanwhile', async () => {
    const { page, host } = await open();
    await host((harness) => harness.flood(1_000_000), undefined);
    await page.locator('#packet-1000000').waitFor();
    await page.locator('.packet-viewport').hover();
    await page.mouse.wheel(0, -2000);
    await page.getByRole('button', { name: 'Follow the newest packet' }).waitFor();
    const before = await sequences(page);
    await host((harness) => harness.flood(600_000), undefined);
    await page.locator('.evicted', { hasText: 'dropped for the capture budget' }).waitFor();
    assert.deepEqual(await sequences(page), before);
  });

  it('shows the last byte of a packet of 16 MiB with few elements', async () => {
    const { page, host } = await open();
    const length = 16 * 1024 * 1024;
    const sequence = await host((harness, bytes) => harness.large(bytes), length);
    await page.locator(`#packet-${sequence}`).click();
    await page.locator('.bytes .byte').first().waitFor();
    await page.locator('.bytes .byte').first().click();
    await page.keyboard.press('Control+End');
    const last = page.locator('.bytes .byte.cursor');
    await page.waitForFunction((least) => {
      const cursor = document.querySelector<HTMLElement>('.bytes .byte.cursor');
      return Number(cursor?.dataset['offset']) > least;
    }, length);
    assert.equal(await last.textContent(), 'ff');
    assert.ok((await page.locator('[data-offset]').count()) < 4000);
    assert.deepEqual(await page.locator('.tree-row.selected .label').allTextContents(), ['Payload']);
  });

  it('comes back after a reload with what was selected and chosen', async () => {
    const { page, host } = await open();
    let found = await host((harness) => harness.conversation(5), undefined);
    await page.locator(`#packet-${found.json}`).click();
    await page.locator('vscode-single-select').click();
    await page.locator('vscode-single-select li', { hasText: 'Hex' }).click();
    const sash = page.getByRole('separator', { name: 'Height of the list' });
    await sash.focus();
    await page.keyboard.press('ArrowDown');
    const height = await sash.getAttribute('aria-valuenow');

    await page.reload();
    found = await host((harness) => harness.conversation(5), undefined);
    await page.locator(`#packet-${found.json}.selected`).waitFor();
    // The log is the page's own here, so it came back later than the view asked for the packet.
    await page.locator('mqtt-payload-view .byte').first().waitFor();
    assert.equal(await sash.getAttribute('aria-valuenow'), height);
  });

  it('does not take the packet of another log for the one that was selected', async () => {
    const { page, host } = await open();
    await host((harness) => harness.flood(3), undefined);
    await page.locator('#packet-2').click();
    await page.locator('.details-head', { hasText: '#2' }).waitFor();
    await page.reload();
    await host((harness) => {
      harness.pass(60_000);
      harness.flood(3);
    }, undefined);
    await page.getByText('Select a packet to see its fields').waitFor();
    assert.equal(await page.locator('.selected').count(), 0);
  });

  it('reveals a packet when the host asks for it', async () => {
    const { page, host } = await open();
    await host((harness) => harness.flood(5000), undefined);
    await page.locator('#packet-5000').waitFor();
    await host((harness) => harness.reveal(2500), undefined);
    await page.locator('#packet-2500.selected').waitFor();
    await page.locator('.details-head', { hasText: '#2500' }).waitFor();
  });

  it('says that a packet is gone', async () => {
    const { page, host } = await open();
    await host((harness) => harness.flood(3), undefined);
    await page.locator('#packet-2').click();
    await page.getByRole('button', { name: 'Clear the packet log' }).click();
    await page.getByRole('heading', { name: 'No packets captured yet' }).waitFor();
    await host((harness) => harness.flood(3), undefined);
    await page.locator('#packet-6').waitFor();
    await host((harness) => harness.reveal(2), undefined);
    await page.getByText('Packet #2 is no longer in the log').waitFor();
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
      await page.locator('.packet-grid').getAttribute('aria-activedescendant'),
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
    assert.deepEqual(await marked(page, 'selected'), [2, 3]);
    await page.keyboard.press('ArrowLeft');
    assert.equal(await active(), 'Topic Name');
    await page.keyboard.press('End');
    assert.equal(await active(), 'Payload');

    await page.getByRole('grid', { name: 'Bytes of the packet' }).focus();
    await page.keyboard.press('Control+Home');
    await page.keyboard.press('ArrowRight');
    assert.deepEqual(await marked(page, 'cursor'), [1]);
    assert.equal(await active(), 'Remaining Length');
    await page.keyboard.press('ArrowDown');
    assert.deepEqual(await marked(page, 'cursor'), [17]);
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
});
