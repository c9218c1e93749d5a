import { strict as assert } from 'node:assert';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { encodeUtf8 } from '../../src/base/utf8';
import { type Mosquitto, mosquittoPublish, startMosquitto } from '../support/mosquitto';
import { requirePeer } from '../support/peers';
import { type Theme, themeNames } from '../support/themes';
import { Workbench } from '../support/workbench';
import { troubledConversation } from '../inspector/harness/troubledConversation';
import { foreignCapture } from '../support/foreignCapture';
import { a } from '../support/packets';
import { ScriptedCapture } from '../support/scriptedCapture';
import { addConnection, connect, doubleClick, subscribe, temporaryWorkspace } from './person';

const user = { name: 'ada', password: 'correct horse battery' };

/** What tcpdump would have written of a bad day: frames that no part of the program has made. */
function troubledCapture(): Uint8Array {
  const script = new ScriptedCapture();
  troubledConversation(script);
  script
    .connected({ clientIdentifier: 'intruder' }, { reasonCode: 0x87 }, 'intruder (192.168.1.66:50000)')
    .close();
  return foreignCapture(script.log);
}

describe('What the inspector says of many packets, in real VS Code', function () {
  this.timeout(120_000);
  const workspace = temporaryWorkspace();
  let broker: Mosquitto;
  let workbench: Workbench;

  before(async function () {
    requirePeer(this, 'chromium', 'mosquitto', 'mosquitto_pub');
    broker = await startMosquitto({ user });
    fs.writeFileSync(path.join(workspace.folder, 'bad-day.pcap'), troubledCapture());
    workbench = await Workbench.open({
      suite: 'analysis',
      workspace: workspace.folder,
      viewport: { width: 1600, height: 1000 },
    });
    await workbench.openContainer('MQTT');
    await addConnection(workbench, { name: 'bench', port: broker.port, version: '5.0', user });
    await connect(workbench, 'bench');
    await subscribe(workbench, '/demo/#', 1);
    for (let index = 0; index < 10; index++) {
      await mosquittoPublish(broker, { topic: '/demo/beat', payload: encodeUtf8(`{"n":${index}}`), qos: 1 });
    }
    await workbench.view('Subscriptions').waitForRow('beat');
    await workbench.runCommand('MQTT: Open Inspector');
  });
  after(async () => {
    await workbench?.close();
    await broker?.stop();
    workspace.remove();
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await workbench.screenshot(`failed-${this.currentTest.title}`);
  });

  /** The page as it looks in each kind of theme, for people to look at. */
  async function pictures(name: string): Promise<void> {
    for (const theme of Object.keys(themeNames) as Theme[]) {
      await workbench.setTheme(theme);
      await workbench.screenshot(`${name}-${theme.replace(/ /g, '-')}`);
    }
    await workbench.setTheme('dark');
  }

  it('links a PUBLISH with its PUBACK, and leads there and back', async () => {
    const inspector = workbench.webview();
    const publish = inspector.locator('[data-sequence]', { hasText: '/demo/beat' }).first();
    await publish.click();
    const strip = inspector.locator('.exchange', { hasText: 'QoS 1 handshake' });
    await strip.locator('.exchange-outcome', { hasText: /^complete / }).waitFor();
    assert.equal(await inspector.locator('.packet-row.linked').count(), 2);
    await pictures('exchange');
    await strip.getByRole('button', { name: /PUBACK/ }).click();
    await inspector.locator('.details-head', { hasText: 'PUBACK' }).waitFor();
    await strip.getByRole('button', { name: /PUBLISH/ }).click();
    await inspector.locator('.details-head', { hasText: 'PUBLISH' }).waitFor();
  });

  it('counts what went over the connection', async () => {
    const inspector = workbench.webview();
    await inspector.getByRole('tab', { name: 'Statistics' }).click();
    const topics = inspector.getByRole('table', { name: 'Topics', exact: true });
    await topics.locator('td', { hasText: '/demo/beat' }).first().waitFor();
    const latencies = inspector.getByRole('table', { name: 'Latencies' });
    await latencies.locator('td', { hasText: 'QoS 1 message' }).waitFor();
    await pictures('statistics');
  });

  it('draws what the client did, and says it in words', async () => {
    const inspector = workbench.webview();
    await inspector.getByRole('tab', { name: 'Timeline' }).click();
    await inspector.locator('.timeline-label').first().click();
    const told = inspector.locator('.timeline-selection li', { hasText: 'Connection “bench”' });
    await told.waitFor();
    assert.match((await told.textContent()) ?? '', /new session · keep alive \d+ s/);
    await pictures('timeline');
  });

  it('says what a person who knows MQTT would say, and goes on looking', async () => {
    const inspector = workbench.webview();
    await inspector.getByRole('tab', { name: 'Doctor' }).click();
    await inspector.locator('.finding h3', { hasText: '“/demo/#” begins with a slash' }).waitFor();
    await subscribe(workbench, 'living room/#', 0);
    await inspector.locator('.finding h3', { hasText: '“living room/#” holds a space' }).waitFor();
    await pictures('doctor');
    await inspector.locator('.finding', { hasText: 'living room' }).locator('.packet-link').click();
    await inspector.locator('.details-head', { hasText: 'SUBSCRIBE' }).waitFor();
  });

  it('says of a capture file of another program what is wrong, and with whom', async () => {
    await doubleClick(workbench, 'bad-day.pcap');
    const inspector = workbench.webview();
    await inspector.locator('[data-sequence]', { hasText: 'CONNACK' }).first().waitFor();
    await inspector.getByRole('tab', { name: 'Doctor' }).click();
    const fight = inspector.locator('.finding', {
      hasText: 'Two clients fight over the identifier “esp32-7f2a”',
    });
    await fight.waitFor();
    assert.match((await fight.textContent()) ?? '', /They come from 192\.168\.1\.30 and 192\.168\.1\.31/);
    for (const title of [
      '“esp32-7f2a” reconnects every',
      '“/cmd/#” begins with a slash',
      'not acknowledged',
    ]) {
      await inspector.locator('.finding h3', { hasText: title }).first().waitFor();
    }
    await pictures('file-doctor');
    await fight.getByRole('button', { name: 'Filter by esp32-7f2a' }).click();
    await inspector.locator('.filter-count', { hasText: /^23 of / }).waitFor();
    await inspector.getByRole('button', { name: 'Clear the filter' }).first().click();
  });

  it('draws its wills, take-overs, violations and refusals', async () => {
    const inspector = workbench.webview();
    await inspector.getByRole('tab', { name: 'Timeline' }).click();
    const labels = inspector.locator('.timeline-label');
    await labels.filter({ hasText: 'esp32-7f2a' }).waitFor();
    assert.equal(await labels.count(), 3);
    assert.match(
      (await labels.filter({ hasText: 'sensor' }).textContent()) ?? '',
      /1 connection · \d in flight/,
    );
    const told = (text: string) => inspector.locator('.timeline-selection li', { hasText: text }).first();
    await labels.filter({ hasText: 'intruder' }).click();
    for (const text of ['connection refused', 'refused with 0x87']) await told(text).waitFor();
    await pictures('file-timeline-refused');
    await labels.filter({ hasText: 'esp32-7f2a' }).click();
    for (const text of [
      'Will Message published',
      'session taken over',
      'taken over by packet #',
      'Keep Alive is 0',
    ])
      await told(text).waitFor();
    await pictures('file-timeline');
  });

  it('tells its period, its gap and its violations', async () => {
    const inspector = workbench.webview();
    await inspector.getByRole('tab', { name: 'Statistics' }).click();
    const row = (table: string, name: string) =>
      inspector.getByRole('table', { name: table, exact: true }).locator('tbody tr', { hasText: name });
    const beat = row('Periodic topics', 'sensor/beat');
    await beat.waitFor();
    const [, client, period, , , gaps, longest] = await beat.locator('td, th').allTextContents();
    assert.deepEqual(
      [client, period, gaps, longest].map((text) => text?.trim()),
      ['sensor', '1 s', '1', '6 s'],
    );
    await row('Violations', 'Keep Alive is 0').waitFor();
    assert.equal(await row('Clients', 'esp32-7f2a').count(), 1);
    await pictures('file-statistics');
  });
});
