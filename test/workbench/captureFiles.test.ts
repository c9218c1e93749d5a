import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { FrameLocator } from 'playwright-core';
import { requirePeer } from '../support/peers';
import { savedCapture } from '../support/savedCapture';
import { Workbench } from '../support/workbench';
import { temporaryWorkspace } from './person';

/** Opens a file as its double click in the explorer does. */
async function doubleClick(workbench: Workbench, file: string): Promise<void> {
  await workbench.openContainer('Explorer');
  await workbench.page
    .locator('.explorer-folders-view .monaco-list-row', { hasText: file })
    .first()
    .dblclick();
  await workbench.page.locator(`.tabs-container .tab[aria-label^="${file}"]`).waitFor();
}

const rows = (inspector: FrameLocator, text: string) =>
  inspector.locator('[data-sequence]', { hasText: text }).first();

describe('Capture files in real VS Code', function () {
  this.timeout(180_000);
  const workspace = temporaryWorkspace();
  const file = (name: string): string => path.join(workspace.folder, name);
  let workbench: Workbench;

  before(async function () {
    requirePeer(this, 'chromium', 'mosquitto', 'mosquitto_pub', 'tshark');
    const whole = savedCapture(20);
    fs.writeFileSync(file('saved.pcapng'), whole);
    fs.writeFileSync(file('cut.pcapng'), whole.subarray(0, whole.length - 20));
    fs.writeFileSync(file('none.pcap'), 'This is a text.');
    workbench = await Workbench.open({
      suite: 'captureFiles',
      workspace: workspace.folder,
      viewport: { width: 1600, height: 1000 },
    });
    // The extension is there once its container is.
    await workbench.openContainer('MQTT');
  });
  after(async () => {
    await workbench?.close();
    workspace.remove();
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await workbench.screenshot(`failed-${this.currentTest.title}`);
  });

  it('open in an inspector with a double click, from their beginning', async () => {
    await doubleClick(workbench, 'saved.pcapng');
    const inspector = workbench.webview();
    await rows(inspector, 'CONNACK').waitFor();
    await inspector.getByText('22 packets').waitFor();
    await rows(inspector, 'saved/3').click();
    await inspector
      .getByRole('treeitem', { name: /Topic Name/ })
      .first()
      .waitFor();
    assert.equal(await inspector.getByRole('button', { name: 'Clear' }).count(), 0);
    await workbench.screenshot('opened');
  });

  it('say where they are damaged, and show what is readable', async () => {
    await doubleClick(workbench, 'cut.pcapng');
    const inspector = workbench.webview();
    await inspector
      .getByText(/The file ends inside block \d+, at byte [\d,]+\. What is before is shown\./)
      .waitFor();
    await rows(inspector, 'CONNACK').waitFor();
    await workbench.screenshot('cut');
    await doubleClick(workbench, 'none.pcap');
    await workbench.webview().getByText('This is not a capture file: it begins like neither').waitFor();
    await workbench.screenshot('none');
  });

  it('offer to be read again when they change on the disk', async () => {
    await workbench.showTab('saved.pcapng');
    const inspector = workbench.webview();
    await rows(inspector, 'CONNACK').waitFor();
    fs.writeFileSync(file('saved.pcapng'), savedCapture(30));
    await inspector.getByText('The file has changed on the disk since it was read.').waitFor();
    await workbench.screenshot('changed');
    await inspector.getByRole('button', { name: 'Read the file again' }).click();
    await workbench.webview().getByText('32 packets').waitFor();
  });

  it('are read again when the window reloads', async () => {
    await workbench.reload();
    const inspector = workbench.webview();
    await inspector.getByText('32 packets').waitFor({ timeout: 60_000 });
    await inspector
      .getByRole('treeitem', { name: /Topic Name/ })
      .first()
      .waitFor();
  });

  it('have met no error', () => {
    assert.deepEqual(workbench.errors(), []);
  });
});
