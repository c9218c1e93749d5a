import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as net from 'node:net';
import type { AddressInfo } from 'node:net';
import * as path from 'node:path';
import { freePort } from '../support/freePort';
import { requirePeer } from '../support/peers';
import { savedCapture } from '../support/savedCapture';
import { Workbench } from '../support/workbench';
import { doubleClick, temporaryWorkspace } from './person';

describe('A workspace that nobody trusts, in real VS Code', function () {
  this.timeout(120_000);
  const workspace = temporaryWorkspace();
  const recordings = path.join(workspace.folder, 'recordings');
  let callers = 0;
  const server = net.createServer((socket) => {
    callers++;
    socket.destroy();
  });
  let workbench: Workbench;
  let brokerPort: number;

  before(async function () {
    requirePeer(this, 'chromium');
    brokerPort = await freePort();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    // What somebody may have put there who wants to be called, and to have files written.
    const settings = {
      'mqttWorkbench.connections': [{ name: 'theirs', host: '127.0.0.1', port }],
      'mqttWorkbench.flightRecorder.enabled': true,
      'mqttWorkbench.flightRecorder.folder': recordings,
      'mqttWorkbench.broker.host': '0.0.0.0',
    };
    fs.mkdirSync(path.join(workspace.folder, '.vscode'));
    fs.writeFileSync(path.join(workspace.folder, '.vscode', 'settings.json'), JSON.stringify(settings));
    fs.writeFileSync(path.join(workspace.folder, 'mailed.pcapng'), savedCapture(20));
    workbench = await Workbench.open({
      suite: 'restricted-mode',
      workspace: workspace.folder,
      restricted: true,
      machineSettings: { 'mqttWorkbench.broker.tcpPort': brokerPort },
    });
  });
  after(async () => {
    await workbench?.close();
    server.close();
    workspace.remove();
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await workbench.screenshot(`failed-${this.currentTest.title}`);
  });

  it('is in Restricted Mode, and has the extension', async () => {
    await workbench.waitForStatus('Restricted Mode');
    await workbench.openContainer('MQTT');
    await workbench.view('Connections').waitForRow('theirs');
  });

  it('has its capture files read, which nobody needs to trust', async () => {
    await doubleClick(workbench, 'mailed.pcapng');
    const inspector = workbench.webview();
    await inspector.getByText('22 packets').waitFor();
    await inspector.locator('[data-sequence]', { hasText: 'saved/3' }).first().click();
    await inspector
      .getByRole('treeitem', { name: /Topic Name/ })
      .first()
      .waitFor();
    await workbench.screenshot('capture-file');
  });

  it('has nobody called that its settings name, unless a person agrees', async () => {
    await workbench.openContainer('MQTT');
    const view = workbench.view('Connections');
    await view.pressInline('theirs', 'Connect');
    assert.match(await workbench.dialog(), /Connect to 127\.0\.0\.1:\d+\?.*which you have not trusted/s);
    await workbench.screenshot('question');
    await workbench.page.keyboard.press('Escape');
    await workbench.page.locator('.monaco-dialog-box').waitFor({ state: 'detached' });
    assert.equal(callers, 0);
  });

  it('neither records to a folder nor lets others reach the local broker by its settings', async () => {
    const view = workbench.view('Connections');
    await workbench.runCommand('MQTT: Start Local Broker');
    await view.waitForRow('Local broker', new RegExp(`127\\.0\\.0\\.1:${brokerPort}`));
    await workbench.screenshot('broker');
    await workbench.runCommand('MQTT: Stop Local Broker');
    assert.equal(fs.existsSync(recordings), false);
  });

  it('has met no error', () => assert.deepEqual(workbench.errors(), []));
});
