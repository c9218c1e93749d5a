import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Locator } from 'playwright-core';

const source = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Axe {
  run(part: Element, options: object): Promise<AxeResults>;
}

/** What axe-core calls serious or critical in a part of a page, a line for each place. */
export async function seriousFindings(part: Locator): Promise<readonly string[]> {
  if (!(await part.evaluate(() => 'axe' in globalThis))) await part.evaluate(source);
  const { violations } = await part.evaluate((element) =>
    (globalThis as unknown as { axe: Axe }).axe.run(element, {
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
