import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { requirePeer } from '../../support/peers';
import { type InspectorPage, type InspectorPageOptions, InspectorSite } from './inspectorPage';

/** Opens the inspector's page for the test that runs. */
export type OpenInspector = (options?: InspectorPageOptions) => Promise<InspectorPage>;

/** One for all suites of a process: to bundle the page and to start a browser takes longer than most tests do. */
let site: Promise<InspectorSite> | undefined;

/** The site that all suites of the process share; needs Chromium. */
export function sharedSite(): Promise<InspectorSite> {
  return (site ??= InspectorSite.start());
}

// This is loaded outside of any suite, so it is the last thing of all that happens.
after(async () => (await site)?.stop());

/** A suite of tests in Chromium. Each may open one page, which must end without an error of script, policy or host. */
export function describeInspector(title: string, tests: (open: OpenInspector) => void): void {
  describe(title, function () {
    this.timeout(60_000);
    let inspector: InspectorPage | undefined;

    before(async function () {
      requirePeer(this, 'chromium');
      await sharedSite();
    });

    afterEach(async () => {
      if (!inspector) return;
      const failures = await inspector.host((harness) => harness.failures, undefined);
      const { errors } = inspector;
      await inspector.close();
      inspector = undefined;
      assert.deepEqual([...failures, ...errors], []);
    });

    tests(async (options) => {
      inspector = await (await sharedSite()).open(options);
      return inspector;
    });
  });
}

/** Offsets of the packet's bytes that carry a class, in order. */
export function markedBytes(page: Page, className: string): Promise<number[]> {
  return page
    .locator(`.bytes .byte.${className}`)
    .evaluateAll((cells) => cells.map((cell) => Number((cell as HTMLElement).dataset['offset'])));
}

/** Sequence numbers of the rows that are drawn, oldest first. */
export function drawnSequences(page: Page): Promise<number[]> {
  return page
    .locator('[data-sequence]')
    .evaluateAll((rows) =>
      rows.map((row) => Number((row as HTMLElement).dataset['sequence'])).sort((a, b) => a - b),
    );
}
