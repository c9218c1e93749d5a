import assert from 'node:assert/strict';
import type { CaptureFileState } from '../../src/inspector/fileContract';
import type { InspectorPage } from './harness/inspectorPage';
import { sharedSite } from './harness/inspectorSuite';
import { requirePeer } from '../support/peers';

const reading: CaptureFileState = {
  name: 'a.pcapng',
  phase: 'reading',
  read: 10_000_000,
  size: 200_000_000,
  notes: [],
  damaged: false,
  format: 'capture',
  outdated: false,
  grown: false,
};

describe('The bar of a capture file', function () {
  this.timeout(60_000);
  let inspector: InspectorPage;

  before(async function () {
    requirePeer(this, 'chromium');
    inspector = await (await sharedSite()).open({ width: 420 });
    await inspector.page.locator('.toolbar').waitFor();
  });
  after(() => inspector?.close());

  /** What the extension host tells of the file. */
  const tell = (state: CaptureFileState): Promise<void> =>
    inspector.page.evaluate((news) => {
      window.postMessage({ kind: 'notice', method: 'fileChanged', args: [news] });
    }, state);

  it('shows how far the file is read, and stops it', async () => {
    const { page } = inspector;
    await tell(reading);
    await page.getByText(/^Reading: [\d.,]+ \w+ of [\d.,]+ \w+$/).waitFor();
    await page.getByRole('heading', { name: 'Reading a.pcapng' }).waitFor();
    const progress = page.getByRole('progressbar', { name: 'Reading the file' });
    assert.equal(await progress.evaluate((bar) => (bar as HTMLProgressElement).position), 0.05);
    await page.getByRole('button', { name: 'Stop reading the file' }).click();
    assert.equal(await page.getByRole('button', { name: 'Clear the packet log' }).count(), 0);
  });

  it('says that it was stopped, and offers to read again', async () => {
    const { page } = inspector;
    await tell({ ...reading, phase: 'cancelled' });
    await page.getByText(/^Reading was stopped after [\d.,]+ \w+ of [\d.,]+ \w+\./).waitFor();
    await page.getByRole('button', { name: 'Read the file again' }).click();
  });

  it('shows what is wrong, the first at once and all where somebody wants them', async () => {
    const { page } = inspector;
    await tell({ ...reading, phase: 'read', damaged: true, notes: ['First.', 'Second.', 'Third.'] });
    await page.getByText('First.').waitFor();
    assert.equal(await page.getByText('Third.').isVisible(), false);
    await page.getByText('2 more').click();
    await page.getByText('Third.').waitFor();
    await page.getByRole('heading', { name: 'There is no MQTT in this file' }).waitFor();
  });

  it('does not call a file empty of MQTT that is no capture', async () => {
    const { page } = inspector;
    for (const [format, heading] of [
      ['none', 'This is not a capture file'],
      ['unread', 'This kind of file is not read'],
    ] as const) {
      await tell({ ...reading, phase: 'read', damaged: true, format, notes: ['First.'] });
      await page.getByRole('heading', { name: heading }).waitFor();
    }
  });

  it('offers what was added to a file that is still being recorded, without alarm', async () => {
    const { page } = inspector;
    await tell({ ...reading, phase: 'read', grown: true });
    await page.getByText('More was added to the file since it was read.').waitFor();
    assert.equal(await page.locator('.file-notice .codicon-warning').count(), 0);
    await page.getByRole('button', { name: 'Show what was added to the file' }).click();
  });

  it('says that the file changed, and why it cannot be read', async () => {
    const { page } = inspector;
    await tell({ ...reading, phase: 'read', outdated: true });
    await page.getByText('The file has changed on the disk since it was read.').waitFor();
    await tell({ ...reading, phase: 'failed', notes: ['The file could not be read.'] });
    await page.getByRole('heading', { name: 'This file could not be read' }).waitFor();
    await page.getByRole('button', { name: 'Read the file again' }).waitFor();
  });

  it('fits a narrow panel, and meets no error', async () => {
    const { page, errors } = inspector;
    await tell({
      ...reading,
      notes: ['A long sentence that says where the file is damaged and what is shown. '.repeat(3)],
    });
    await page.getByText('A long sentence').waitFor();
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    assert.ok(overflow <= 0);
    assert.deepEqual(errors, []);
  });
});
