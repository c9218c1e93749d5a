import { strict as assert } from 'node:assert';
import { seriousFindings } from '../support/axe';
import type { Workbench } from '../support/workbench';

/** Takes a screenshot of what an inspector shows, in which axe-core has to find nothing serious. */
export async function lookAt(workbench: Workbench, name: string): Promise<void> {
  await workbench.screenshot(name);
  assert.deepEqual(await seriousFindings(workbench.webview().locator('html')), [], name);
}
