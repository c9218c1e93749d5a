import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';
import { becomes } from '../support/eventually';
import { describeInspector } from './harness/inspectorSuite';

const pixel = [
  ...[
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d, 0x49, 0x48, 0x44, 0x52, 0, 0, 0, 1, 0, 0,
    0, 1,
  ],
  ...[
    8, 6, 0, 0, 0, 0x1f, 0x15, 0xc4, 0x89, 0, 0, 0, 0x0d, 0x49, 0x44, 0x41, 0x54, 0x78, 0x9c, 0x63, 0xf8,
    0xcf,
  ],
  ...[
    0xc0, 0xf0, 0x1f, 0, 5, 0, 1, 0xff, 0x56, 0xc7, 0x2f, 0x0d, 0, 0, 0, 0, 0x49, 0x45, 0x4e, 0x44, 0xae,
    0x42,
  ],
  ...[0x60, 0x82],
];

const pane = (page: Page): Locator => page.locator('mqtt-payload-view');
const treeRows = (page: Page): Locator => pane(page).locator('.json-row');
const button = (page: Page, name: string | RegExp): Locator =>
  pane(page).getByRole('button', { name, exact: true });

async function texts(rows: Locator): Promise<string[]> {
  return (await rows.allTextContents()).map((text) => text.trim());
}

async function choose(page: Page, name: string): Promise<void> {
  await pane(page).locator('vscode-single-select').click();
  await pane(page).locator('vscode-single-select li', { hasText: name }).click();
}

describeInspector('The payload pane', (open) => {
  it('shows JSON as a tree that folds, with every digit, sign and repeated name as it was sent', async () => {
    const { page, host } = await open({ height: 1000 });
    const sequence = await host(
      (harness) =>
        harness.message('a/b', '{"id":12345678901234567890,"z":-0,"list":[{"x":1.50},[]],"id":1,"none":{}}'),
      undefined,
    );
    await page.locator(`#packet-${sequence}`).click();
    await treeRows(page).nth(8).waitFor();
    assert.deepEqual(await texts(treeRows(page)), [
      '{ 5 members }',
      '"id": 12345678901234567890repeated name',
      '"z": -0',
      '"list": [ 2 elements ]',
      '0: { 1 member }',
      '"x": 1.50',
      '1: []',
      '"id": 1repeated name',
      '"none": {}',
    ]);
    await treeRows(page).nth(3).locator('.twistie').click();
    assert.equal(await treeRows(page).count(), 6);
    assert.equal(await treeRows(page).nth(3).getAttribute('aria-expanded'), 'false');
  });

  it('has a menu for each value of the JSON, whose commands are about the value it was opened on', async () => {
    const { page, host } = await open({ height: 1000 });
    const sequence = await host(
      (harness) => harness.message('a/b', '{"list":[{"mV":3312}],"name":"led"}'),
      undefined,
    );
    await page.locator(`#packet-${sequence}`).click();
    const number = treeRows(page).filter({ hasText: '3312' });
    await number.click({ button: 'right' });
    await pane(page).locator('.json-row.selected', { hasText: '3312' }).waitFor();
    const menuOf = async (row: Locator): Promise<unknown> =>
      JSON.parse((await row.getAttribute('data-vscode-context')) ?? '{}');
    const known = { webviewSection: 'payloadValue', mqttFilterable: true };
    assert.deepEqual(await menuOf(number), { ...known, mqttChartable: true });
    assert.deepEqual(await menuOf(treeRows(page).filter({ hasText: 'led' })), {
      ...known,
      mqttChartable: false,
    });
    const perform = (action: 'copyPath' | 'copyValue' | 'filter'): Promise<void> =>
      host((harness, wanted) => harness.perform({ kind: 'onPayloadValue', action: wanted }), action);
    await perform('copyPath');
    await perform('copyValue');
    await becomes(() => host((harness) => harness.copied.join('|'), undefined), 'payload.list[0].mV|3312');
    await perform('filter');
    await becomes(
      () => page.getByRole('combobox', { name: 'Filter packets' }).inputValue(),
      'payload.list[0].mV == 3312',
    );
  });

  it('keeps a chosen value in sight beside the bar that tells of it, and the size whole', async () => {
    const { page, host } = await open({ width: 840, height: 660 });
    const sequence = await host(
      (harness) => harness.message('a/b', '{"on":true,"mV":3312,"t":21.5,"up":7,"rssi":-61,"heap":20480}'),
      undefined,
    );
    await page.locator(`#packet-${sequence}`).click();
    const low = treeRows(page).filter({ hasText: '"up"' });
    await low.click();
    await page.locator('.value-bar').waitFor();
    const bottom = async (of: Locator): Promise<number> => {
      const box = await of.boundingBox();
      return (box?.y ?? Infinity) + (box?.height ?? Infinity);
    };
    assert.ok((await bottom(low)) <= (await bottom(pane(page).locator('.json-viewport'))) + 1);
    const size = pane(page).locator('.size');
    assert.ok(await size.evaluate((element) => element.scrollWidth <= element.clientWidth));
  });

  it('filters by a value of a message, beside the filter that is set', async () => {
    const { page, host } = await open();
    await host((harness) => {
      for (const n of [1, 2, 1]) harness.message('a', `{"deep":[{"odd name":${n}}]}`);
      return harness.message('b', '{"deep":[{"odd name":1}]}');
    }, undefined);
    await host((harness) => harness.session.showFilter('topic == "a"'), undefined);
    await page.locator('.filter-count', { hasText: '3 of 4' }).waitFor();
    await page.locator('[data-sequence="1"] .type').click();
    await treeRows(page).filter({ hasText: '"odd name"' }).click();
    await page.getByRole('button', { name: 'Filter by this value' }).click();
    await page.locator('.filter-count', { hasText: '2 of 4' }).waitFor();
    assert.equal(
      await page.getByRole('combobox', { name: 'Filter packets' }).inputValue(),
      'topic == "a" and payload.deep[0]["odd name"] == 1',
    );
  });

  it('is used with the keyboard, and copies paths in the syntax of where, and values', async () => {
    const { page, host } = await open({ height: 1000 });
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    const sequence = await host(
      (harness) => harness.message('a/b', '{"odd name":[{"x":1.50}],"s":"\\u00e9"}'),
      undefined,
    );
    await page.locator(`#packet-${sequence}`).click();
    await treeRows(page).first().waitFor();
    await page.getByRole('tree', { name: 'Payload as JSON' }).focus();
    const path = pane(page).locator('.path');
    const keys: readonly (readonly [string, string])[] = [
      ['Home', 'payload'],
      ['ArrowRight', 'payload["odd name"]'],
      ['ArrowRight', 'payload["odd name"][0]'],
      ['ArrowDown', 'payload["odd name"][0].x'],
      ['ArrowLeft', 'payload["odd name"][0]'],
      ['End', 'payload.s'],
      ['ArrowUp', 'payload["odd name"][0].x'],
    ];
    for (const [key, expected] of keys) {
      await page.keyboard.press(key);
      await path.filter({ hasText: new RegExp(`^${expected.replace(/[[\]".]/g, '\\$&')}$`) }).waitFor();
    }
    const clipboard = (): Promise<string> => page.evaluate(() => navigator.clipboard.readText());
    await page.keyboard.press('Control+c');
    await pane(page).getByText('Copied the value').waitFor();
    assert.equal(await clipboard(), '1.50');
    await button(page, 'Copy path').click();
    await pane(page).getByText('Copied the path').waitFor();
    assert.equal(await clipboard(), 'payload["odd name"][0].x');
    await page.getByRole('tree', { name: 'Payload as JSON' }).focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowLeft');
    assert.equal(await treeRows(page).count(), 1);
    await page.keyboard.press('Enter');
    assert.equal(await treeRows(page).count(), 5);
  });

  it('holds a document of 300,000 values with few elements, and reaches the last', async () => {
    const { page, host } = await open({ height: 1000 });
    const sequence = await host(
      (harness) => harness.message('a/b', `[${Array.from({ length: 300_000 }, (_, index) => index).join()}]`),
      undefined,
    );
    await page.locator(`#packet-${sequence}`).click();
    await treeRows(page).first().waitFor();
    await page.getByRole('tree', { name: 'Payload as JSON' }).focus();
    await page.keyboard.press('End');
    await treeRows(page).filter({ hasText: '299999: 299999' }).waitFor();
    assert.ok((await treeRows(page).count()) < 60);
    assert.equal(await pane(page).locator('.path').textContent(), 'payload[299999]');
  });

  it('goes by the Content Type before the look, and says why it could not', async () => {
    const { page, host } = await open({ height: 1000 });
    const found = await host(
      (harness) => ({
        text: harness.message('a/b', '{"a":1}', 'text/plain; charset=utf-8'),
        broken: harness.message('a/b', '{"a":', 'application/vnd.x+json'),
        svg: harness.message(
          'a/b',
          '<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>',
          'image/svg+xml',
        ),
      }),
      undefined,
    );
    await page.locator(`#packet-${found.text}`).click();
    await pane(page).getByText('Text, by Content Type text/plain').waitFor();
    assert.deepEqual(await texts(pane(page).locator('.text-line')), ['{"a":1}']);
    await page.locator(`#packet-${found.broken}`).click();
    await pane(page).getByText('Not JSON: a value is expected at offset 5. Shown as Text.').waitFor();
    await page.locator(`#packet-${found.svg}`).click();
    await pane(page).locator('.text-line', { hasText: '<svg' }).waitFor();
    assert.equal(await page.locator('img').count(), 0);
  });

  it('shows an image from its bytes, and says so of one that is damaged', async () => {
    const { page, host } = await open({ height: 1000 });
    const found = await host(
      (harness, bytes) => ({
        whole: harness.message('cam', bytes),
        damaged: harness.message('cam', bytes.slice(0, 30)),
        none: harness.message('cam', 'no image', 'image/png'),
      }),
      pixel,
    );
    await page.locator(`#packet-${found.whole}`).click();
    await pane(page).getByText('image/png, 1 × 1 pixels').waitFor();
    assert.match((await page.locator('img').getAttribute('src')) ?? '', /^blob:/);
    await page.locator(`#packet-${found.damaged}`).click();
    await pane(page).getByText('The image is damaged').waitFor();
    await page.locator(`#packet-${found.none}`).click();
    await pane(page).getByText('Not a PNG, JPEG, GIF, WebP or BMP image. Shown as Text.').waitFor();
  });

  it('remembers by a rule for a topic what a payload is shown as, and forgets it again', async () => {
    const { page, host } = await open({ height: 1000 });
    const found = await host(
      (harness) => ({ one: harness.message('a/b', '{"a":1}'), other: harness.message('c', '{"a":1}') }),
      undefined,
    );
    await page.locator(`#packet-${found.one}`).click();
    await treeRows(page).first().waitFor();
    await choose(page, 'Hex');
    await button(page, 'Always show Hex for this topic…').click();
    await pane(page).getByText('Hex, by the rule for a/b').waitFor();
    await page.locator(`#packet-${found.other}`).click();
    await treeRows(page).first().waitFor();
    await page.locator(`#packet-${found.one}`).click();
    await button(page, 'Forget the rule for a/b').click();
    await treeRows(page).first().waitFor();
  });

  it('leads to the previous and the next message of the topic on the same connection and way', async () => {
    const { page, host } = await open({ height: 1000 });
    const found = await host(
      (harness) => ({
        first: harness.message('a/b', '1'),
        other: harness.message('a/c', '2'),
        second: harness.message('a/b', '3'),
      }),
      undefined,
    );
    await page.locator(`#packet-${found.second}`).click();
    await button(page, 'Previous message of the topic').click();
    await page.locator(`#packet-${found.first}.selected`).waitFor();
    await button(page, 'Previous message of the topic').click();
    await pane(page)
      .getByText('The log holds no previous message of this topic, client and direction.')
      .waitFor();
    await button(page, 'Next message of the topic').click();
    await page.locator(`#packet-${found.second}.selected`).waitFor();
  });

  it('compares with the previous message by field, by line and by byte', async () => {
    const { page, host } = await open({ height: 1000 });
    const found = await host(
      (harness) => ({
        first: harness.message('a/b', '{"on":true,"mV":3312,"old":1}'),
        json: harness.message('a/b', '{"on":true,"mV":3313,"new":[2]}'),
        text: harness.message('t', 'a\nb\nc'),
        lines: harness.message('t', 'a\nB\nc'),
        raw: harness.message('r', [1, 2, 3, 0xff]),
        bytes: harness.message('r', [1, 9, 3, 0xff]),
      }),
      undefined,
    );
    const differences = pane(page).locator('.diff-row');
    await page.locator(`#packet-${found.json}`).click();
    await button(page, 'Difference to the previous message of the topic').click();
    await pane(page).getByText('Values: 1 changed, 1 added, 1 removed, 1 the same.').waitFor();
    assert.deepEqual(await texts(differences), ['~payload.mV3312→3313', '+payload.new[0]2', '−payload.old1']);
    await page.locator(`#packet-${found.lines}`).click();
    await pane(page).getByText('Lines: 1 added, 1 removed, 2 the same.').waitFor();
    await page.locator(`#packet-${found.bytes}`).click();
    await pane(page).getByText('Bytes: 1 byte in one place.').waitFor();
    assert.deepEqual(await texts(differences.and(pane(page).locator('.changed'))), ['~000102→09']);
    await page.locator(`#packet-${found.first}`).click();
    await pane(page).getByText('The log holds no earlier message of this topic').waitFor();
    await button(page, 'Difference to the previous message of the topic').click();
    await treeRows(page).first().waitFor();
  });

  it('shows a payload of 40 MiB page by page and fetches no more than is looked at', async () => {
    const { page, host } = await open({ height: 1000 });
    const length = 40 * 1024 * 1024;
    const sequence = await host((harness, bytes) => harness.large(bytes), length);
    await page.locator(`#packet-${sequence}`).click();
    await pane(page).locator('.byte').first().waitFor();
    const fetched = await host((harness) => harness.sentBytes(), undefined);
    assert.ok(fetched < 4 * 1024 * 1024, String(fetched));
    await choose(page, 'Text');
    await pane(page).getByRole('button', { name: 'Last page' }).click();
    await pane(page)
      .getByText(`of ${length.toLocaleString('en')}`)
      .waitFor();
    await pane(page).getByText('bytes 41,680,896 to 41,943,039').waitFor();
    await pane(page).getByRole('spinbutton').fill('2');
    await page.keyboard.press('Enter');
    await pane(page).getByText('bytes 262,144 to 524,287').waitFor();
    await choose(page, 'Hex');
    await pane(page).getByRole('grid', { name: 'Payload in hexadecimal' }).focus();
    await page.keyboard.press('Control+End');
    await pane(page)
      .locator(`.byte[data-offset="${length - 1}"].cursor`, { hasText: 'ff' })
      .waitFor();
    assert.ok((await host((harness) => harness.sentBytes(), undefined)) < 8 * 1024 * 1024);
  });

  for (const width of [360, 700]) {
    it(`keeps within a width of ${width} pixels`, async () => {
      const { page, host } = await open({ width, height: 1000 });
      const sequence = await host(
        (harness) => harness.message('a/b', `{"long":"${'x'.repeat(400)}"}`),
        undefined,
      );
      await page.locator(`#packet-${sequence}`).click();
      await treeRows(page).nth(1).click();
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      assert.equal(overflow, 0);
    });
  }
});
