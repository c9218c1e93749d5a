import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { FrameLocator } from 'playwright-core';
import { encodeUtf8 } from '../../src/base/utf8';
import { gesture, OverlayGone } from '../support/gesture';
import { type Mosquitto, mosquittoPublish } from '../support/mosquitto';
import { savedCapture } from '../support/savedCapture';
import type { Workbench } from '../support/workbench';
import { tsharkPackets } from '../support/tshark';
import { bench50, connectBench, useBench } from './bench';
import { lookAt } from './lookAt';
import { doubleClick, saveAs } from './person';

const rows = (inspector: FrameLocator, text: string) =>
  inspector.locator('[data-sequence]', { hasText: text }).first();

describe('Capture files in real VS Code', function () {
  this.timeout(180_000);
  let workbench: Workbench;
  let broker: Mosquitto;
  let folder: string;
  const file = (name: string): string => path.join(folder, name);

  /** Opens what the flight recorder offers, leaves a picture of it and closes it. */
  const showFlightRecorder = async (picture: string): Promise<void> => {
    await gesture(async () => {
      await workbench.runCommand('MQTT: Flight Recorder…');
      await workbench.quickInput.waitFor('recorded');
      await workbench.screenshot(picture);
      const picker = workbench.page.locator('.quick-input-widget:visible', { hasText: 'Flight Recorder' });
      // An inspector that has just loaded takes the focus, and the picker goes with it.
      if (!(await picker.isVisible())) throw new OverlayGone('The picker closed before it was pictured');
    });
    await workbench.quickInput.cancel();
  };

  useBench(
    {
      suite: 'captureFiles',
      viewport: { width: 1600, height: 1000 },
      peers: ['mosquitto_pub', 'tshark'],
      connections: [bench50],
    },
    (bench) => {
      ({ broker, workbench, folder } = bench);
      const whole = savedCapture(20);
      fs.writeFileSync(file('saved.pcapng'), whole);
      fs.writeFileSync(file('cut.pcapng'), whole.subarray(0, whole.length - 20));
      fs.writeFileSync(file('none.pcap'), 'This is a text.');
      fs.writeFileSync(file('long.pcapng'), savedCapture(5000));
    },
  );

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
    assert.equal(await inspector.getByRole('button', { name: 'Clear the packet log' }).count(), 0);
    await workbench.screenshot('opened');
  });

  it('stay at their beginning however long they are', async () => {
    await doubleClick(workbench, 'long.pcapng');
    const inspector = workbench.webview();
    await inspector.getByText('5,002 packets').waitFor();
    await rows(inspector, 'CONNACK').waitFor();
    assert.ok(await rows(inspector, 'CONNACK').isVisible());
    await workbench.closeTab('long.pcapng');
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

  it('offer what was added to them on the disk', async () => {
    await workbench.showTab('saved.pcapng');
    const inspector = workbench.webview();
    await rows(inspector, 'CONNACK').waitFor();
    fs.writeFileSync(file('saved.pcapng'), savedCapture(30));
    await inspector.getByText('More was added to the file since it was read.').waitFor();
    await workbench.screenshot('grown');
    await inspector.getByRole('button', { name: 'Show what was added to the file' }).click();
    await workbench.webview().getByText('32 packets').waitFor();
    await workbench.webview().locator('.packet-row.selected').waitFor();
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

  it('are saved from what a connection did, and tshark reads them', async () => {
    await workbench.openContainer('MQTT');
    await connectBench(workbench, 'demo/#', 1);
    await mosquittoPublish(broker, { topic: 'demo/state', payload: encodeUtf8('{"on":true}'), qos: 1 });
    await workbench.view('Subscriptions').waitForRow('state');
    await workbench.runCommand('MQTT: Open Inspector');
    await rows(workbench.webview(), 'PUBACK').click();
    await gesture(async () => {
      await workbench.page.getByRole('button', { name: 'Save Packets…' }).first().click();
      await workbench.quickInput.pick('Which packets to save', 'All packets');
    });
    await saveAs(workbench, file('session.pcapng'));
    await workbench.notification(/\d+ packets saved to session\.pcapng \(/);
    await workbench.screenshot('saved');
    const packets = tsharkPackets(file('session.pcapng')).map(({ fields }) => JSON.stringify(fields));
    for (const text of ['demo/state', 'demo/#'])
      assert.ok(
        packets.some((fields) => fields.includes(text)),
        text,
      );
    assert.ok(packets.length >= 6, String(packets.length));
    await workbench.answerNotification('saved to session.pcapng', 'Open');
    await rows(workbench.webview(), 'demo/state').waitFor();
    await workbench.screenshot('saved-opened');
  });

  it('are saved as far as a filter shows them, from a file too', async () => {
    const inspector = workbench.webview();
    await inspector.getByRole('combobox', { name: /filter/i }).click();
    await workbench.page.keyboard.type('packet == PUBLISH');
    await workbench.page.keyboard.press('Escape');
    await workbench.page.keyboard.press('Enter');
    await inspector.locator('.filter-count', { hasText: /1 of \d+/ }).waitFor();
    await gesture(async () => {
      await workbench.page.getByRole('button', { name: 'Save Packets…' }).first().click();
      await workbench.quickInput.pick('Which packets to save', 'Packets that the filter shows');
    });
    await saveAs(workbench, file('shown.jsonl'));
    await workbench.notification('1 packet saved to shown.jsonl');
    const [line, ...others] = fs.readFileSync(file('shown.jsonl'), 'utf8').trim().split('\n');
    assert.match(line ?? '', /"topic":"demo\/state"/);
    assert.deepEqual(others, []);
    await workbench.screenshot('saved-filtered');
    await workbench.showTab('MQTT Inspector');
    await rows(workbench.webview(), 'demo/state').waitFor();
  });

  it('are saved as they are selected, from one packet on', async () => {
    await rows(workbench.webview(), 'demo/state').click();
    await workbench.runCommand('MQTT: Save Selected Packets…');
    await saveAs(workbench, file('selected.jsonl'));
    await workbench.notification('1 packet saved to selected.jsonl');
    assert.match(fs.readFileSync(file('selected.jsonl'), 'utf8'), /^.*"topic":"demo\/state".*\n$/);
  });

  it('are written by name as JSON lines and CSV', async () => {
    for (const name of ['session.jsonl', 'session.csv']) {
      await gesture(async () => {
        await workbench.runCommand('MQTT: Save Packets…');
        await workbench.quickInput.pick('Which packets to save', 'All packets');
      });
      await saveAs(workbench, file(name));
      await workbench.notification(`saved to ${name}`);
      assert.match(fs.readFileSync(file(name), 'utf8'), /demo\/state/);
    }
    await workbench.clearNotifications();
  });

  it('are recorded all the time by the flight recorder, once it is on', async () => {
    await workbench.runCommand('MQTT: Open Latest Recording');
    await workbench.answerNotification('the flight recorder is off', 'Turn On');
    await workbench.page.locator('.statusbar-item', { hasText: 'Recording MQTT' }).waitFor();
    await mosquittoPublish(broker, { topic: 'demo/flight', payload: encodeUtf8('1'), qos: 1 });
    await workbench.view('Subscriptions').waitForRow('flight');
    await workbench.runCommand('MQTT: Open Latest Recording');
    // The live inspector, which has the packet too, stays in sight until the recording has come.
    await workbench.page.locator('.tabs-container .tab.active[aria-label*=".pcapng"]').waitFor();
    const inspector = workbench.webview();
    await rows(inspector, 'demo/flight').waitFor();
  });

  for (const theme of ['light', 'dark', 'high contrast'] as const) {
    it(`follow the ${theme} theme`, async () => {
      await workbench.setTheme(theme);
      await workbench.showTab('cut.pcapng');
      await workbench.webview().locator('.file-notice', { hasText: 'The file ends inside block' }).waitFor();
      await lookAt(workbench, `theme-${theme.replace(' ', '-')}`);
      await showFlightRecorder(`flight-recorder-${theme.replace(' ', '-')}`);
    });
  }

  it('have met no error', () => {
    assert.deepEqual(workbench.errors(), []);
  });
});
