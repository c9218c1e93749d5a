import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { describeInspector } from './harness/inspectorSuite';
import { playedThemes } from './harness/themeTokens';

const axe = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe-core calls serious or critical, a line for each place. */
async function seriousFindings(page: Page): Promise<readonly string[]> {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe);
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: { run(options: object): Promise<AxeResults> } }).axe.run({
      // It would load the style sheets again from where it stands itself.
      preload: false,
      // Every rule is run; but of what is in order it need not tell each element and how to select it.
      resultTypes: ['violations'],
      selectors: false,
    }),
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary ?? ''}`),
    );
}

describeInspector('axe-core finds nothing serious', (open) => {
  for (const [name, played] of Object.entries(playedThemes)) {
    it(`in ${name}: empty, with a packet, with one that breaks rules, and with what is no packet`, async () => {
      const { page, host } = await open({ ...played, withoutPolicy: true });
      await page.getByRole('heading', { name: 'No packets captured yet' }).waitFor();
      await host((harness) => harness.setDown([{ key: 'user:bench', name: 'bench' }]), undefined);
      await page.getByRole('button', { name: 'Connect bench' }).waitFor();
      assert.deepEqual(await seriousFindings(page), []);
      const found = await host((harness, of) => harness.conversation(of), 5 as const);
      await page.getByRole('button', { name: 'Reconnect bench' }).waitFor();
      for (const sequence of [found.json, found.broken, found.http, found.connect]) {
        await page.locator(`#packet-${sequence} .type`).click();
        await page.locator('.details-head', { hasText: `#${sequence} ` }).waitFor();
        assert.deepEqual(await seriousFindings(page), []);
      }
      await page.locator(`#packet-${found.broken} .type`).click();
      await page.getByRole('button', { name: '1 problem' }).click();
      await page.getByRole('tooltip').waitFor();
      assert.deepEqual(await seriousFindings(page), []);
    });

    it(`in ${name}: exchanges, statistics, timeline and doctor`, async () => {
      const { page, host } = await open({ ...played, withoutPolicy: true });
      const found = await host((harness) => harness.troubled(), undefined);
      await page.locator(`#packet-${found.pong} .type`).click();
      await page.locator('.exchange').waitFor();
      assert.deepEqual(await seriousFindings(page), []);
      const shown = { Statistics: 'mqtt-sortable-table td', Timeline: '.timeline-label', Doctor: '.finding' };
      for (const [tab, content] of Object.entries(shown)) {
        await page.getByRole('tab', { name: tab }).click();
        await page.locator(content).first().waitFor();
        if (tab === 'Timeline') await page.locator('.timeline-label').first().click();
        assert.deepEqual(await seriousFindings(page), [], tab);
      }
    });
  }
});
