import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import type { CaptureFileState } from '../../src/inspector/fileContract';
import { seriousFindings } from '../support/axe';
import { describeInspector } from './harness/inspectorSuite';
import { playedThemes } from './harness/themeTokens';

/** An image of one pixel. */
const image = [
  ...Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  ),
];

/** Tells the view of a capture file, as the extension host does. */
function tellFile(page: Page, more: Partial<CaptureFileState>): Promise<void> {
  const news: CaptureFileState = {
    ...{ name: 'a.pcapng', phase: 'reading', read: 1, size: 2, notes: [] },
    ...{ format: 'capture', damaged: false, outdated: false, grown: false, ...more },
  };
  return page.evaluate(
    (state) => window.postMessage({ kind: 'notice', method: 'fileChanged', args: [state] }),
    news,
  );
}

const seriousIn = (page: Page, part = 'html') => seriousFindings(page.locator(part));

describeInspector('axe-core finds nothing serious', (open) => {
  for (const [name, played] of Object.entries(playedThemes)) {
    it(`in ${name}: empty, with a packet, with one that breaks rules, and with what is no packet`, async () => {
      const { page, host } = await open({ ...played, withoutPolicy: true });
      await page.getByRole('heading', { name: 'No packets captured yet' }).waitFor();
      await host((harness) => harness.setDown([{ key: 'user:bench', name: 'bench' }]), undefined);
      await page.getByRole('button', { name: 'Connect bench' }).waitFor();
      assert.deepEqual(await seriousIn(page), []);
      const found = await host((harness, of) => harness.conversation(of), 5 as const);
      await page.getByRole('button', { name: 'Reconnect bench' }).waitFor();
      for (const sequence of [found.json, found.broken, found.http, found.connect]) {
        await page.locator(`#packet-${sequence} .type`).click();
        await page.locator('.details-head', { hasText: `#${sequence} ` }).waitFor();
        assert.deepEqual(await seriousIn(page), []);
      }
      await page.locator(`#packet-${found.broken} .type`).click();
      await page.getByRole('button', { name: '1 problem' }).click();
      await page.getByRole('tooltip').waitFor();
      assert.deepEqual(await seriousIn(page), []);
    });

    it(`in ${name}: the filter, what is found, differences, payloads of every mode and a file's bar`, async () => {
      const { page, host } = await open({ ...played, withoutPolicy: true, height: 1000 });
      const sequences = await host((harness, bytes) => {
        harness.message('room', '{"t":1,"rh":40,"old":true}');
        const json = harness.message('room', '{"t":2,"rh":40,"new":true}');
        harness.message('raw', [0, 1, 2, 3]);
        return { json, raw: harness.message('raw', [0, 1, 255, 4]), image: harness.message('image', bytes) };
      }, image);
      const show = (sequence: number): Promise<void> => page.locator(`#packet-${sequence} .type`).click();
      const pane = page.locator('mqtt-payload-view');
      const difference = pane.getByRole('button', {
        name: 'Difference to the previous message of the topic',
      });
      const input = page.getByRole('combobox', { name: 'Filter packets' });

      await tellFile(page, {});
      await page.getByRole('progressbar', { name: 'Reading the file' }).waitFor();
      await show(sequences.json);
      await difference.click();
      await pane.locator('.diff-row').first().waitFor();
      await input.fill('payload.t == 1 and ');
      await page.getByRole('option').first().waitFor();
      await page.keyboard.press('ArrowDown');
      await page.locator('.filter-offer.chosen').waitFor();
      assert.deepEqual(await seriousIn(page), [], 'completion and difference by field');

      await page.keyboard.press('Escape');
      await tellFile(page, { phase: 'read', damaged: true, outdated: true, notes: ['First.', 'Second.'] });
      await page.getByText('First.').waitFor();
      await show(sequences.raw);
      await pane.locator('.diff-bytes, .diff-row').first().waitFor();
      await page.getByRole('grid', { name: 'Captured packets' }).focus();
      await page.keyboard.type('nowhere');
      await page.keyboard.press('Enter');
      await page.locator('.find-message', { hasText: 'No packet has it' }).waitFor();
      await input.fill('qos == one and retain == true');
      await page.locator('.filter-problem').waitFor();
      assert.deepEqual(await seriousIn(page), [], 'what is wrong, what is found, difference by byte');

      await difference.click();
      await pane.locator('vscode-single-select').click();
      await pane.locator('vscode-single-select li', { hasText: 'Hex' }).click();
      await pane.locator('.byte').first().waitFor();
      assert.deepEqual(await seriousIn(page, 'mqtt-payload-view'), [], 'hex');
      await show(sequences.image);
      await pane.locator('vscode-single-select').click();
      await pane.locator('vscode-single-select li', { hasText: 'Image' }).click();
      await pane.locator('img').waitFor();
      assert.deepEqual(await seriousIn(page, 'mqtt-payload-view'), [], 'image');
    });
  }

  // These are looked at in real VS Code in every theme.
  const played = playedThemes['dark'];

  it('in dark: exchanges, statistics, timeline and doctor', async () => {
    const { page, host } = await open({ ...played, withoutPolicy: true });
    const found = await host((harness) => harness.troubled(), undefined);
    await page.locator(`#packet-${found.pong} .type`).click();
    await page.locator('.exchange').waitFor();
    assert.deepEqual(await seriousIn(page), []);
    const shown = { Statistics: 'mqtt-sortable-table td', Timeline: '.timeline-label', Doctor: '.finding' };
    for (const [tab, content] of Object.entries(shown)) {
      await page.getByRole('tab', { name: tab }).click();
      await page.locator(content).first().waitFor();
      if (tab === 'Timeline') await page.locator('.timeline-label').first().click();
      assert.deepEqual(await seriousIn(page), [], tab);
    }
  });

  it('in dark: the chart and its table', async () => {
    const { page, host } = await open({ ...played, withoutPolicy: true, height: 1000 });
    await host((harness) => {
      for (let index = 0; index < 5; index++) harness.message('room', `{"t":${index},"rh":${index * index}}`);
      const line = { client: 'bench', direction: 'in', topic: 'room' } as const;
      harness.chart([
        { ...line, path: 'payload.t' },
        { ...line, path: 'payload.rh' },
      ]);
    }, undefined);
    await page.locator('mqtt-chart canvas').waitFor();
    await page.locator('.chart-legend li').nth(1).getByText('5 points').waitFor();
    await page.locator('.chart-canvas').focus();
    await page.keyboard.press('End');
    await page.locator('mqtt-chart').getByText('payload.t = 4').waitFor();
    assert.deepEqual(await seriousIn(page), []);
    await page.getByRole('button', { name: 'Show the points as a table' }).click();
    await page.locator('mqtt-chart .table-viewport [role=row]').nth(4).waitFor();
    assert.deepEqual(await seriousIn(page, 'mqtt-chart'), []);
  });
});
