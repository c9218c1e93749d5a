import { strict as assert } from 'node:assert';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { encodeUtf8 } from '../../src/base/utf8';
import { becomes } from '../support/eventually';
import { mosquittoPublish } from '../support/mosquitto';
import { type Theme, themeNames } from '../support/themes';
import { foreignCapture } from '../support/foreignCapture';
import { ScriptedCapture } from '../support/scriptedCapture';
import type { Workbench } from '../support/workbench';
import { troubledConversation } from '../inspector/harness/troubledConversation';
import { bench50, connectBench, useBench } from './bench';
import { lookAt } from './lookAt';
import { doubleClick, subscribe } from './person';

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
  let workbench: Workbench;

  useBench(
    {
      suite: 'analysis',
      viewport: { width: 1600, height: 1000 },
      peers: ['mosquitto_pub'],
      connections: [bench50],
    },
    async (bench) => {
      ({ workbench } = bench);
      fs.writeFileSync(path.join(bench.folder, 'bad-day.pcap'), troubledCapture());
      await connectBench(workbench, '/demo/#', 1);
      for (let index = 0; index < 10; index++) {
        const payload = encodeUtf8(`{"n":${index}}`);
        await mosquittoPublish(bench.broker, { topic: '/demo/beat', payload, qos: 1 });
      }
      await workbench.view('Subscriptions').waitForRow('beat');
      await workbench.runCommand('MQTT: Open Inspector');
    },
  );

  it('links a PUBLISH with its PUBACK, and leads there and back', async () => {
    const inspector = workbench.webview();
    const publish = inspector.locator('[data-sequence]', { hasText: '/demo/beat' }).first();
    await publish.click();
    const strip = inspector.locator('.exchange', { hasText: 'QoS 1 handshake' });
    await strip.locator('.exchange-outcome', { hasText: /^complete / }).waitFor();
    await becomes(() => inspector.locator('.packet-row.linked').count(), 2);
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
  });

  it('draws what the client did, and says it in words', async () => {
    const inspector = workbench.webview();
    await inspector.getByRole('tab', { name: 'Timeline' }).click();
    await inspector.locator('.timeline-label').first().click();
    const told = inspector.locator('.timeline-selection li', { hasText: 'Connection “bench”' });
    await told.waitFor();
    assert.match((await told.textContent()) ?? '', /new session · keep alive \d+ s/);
  });

  it('says what a person who knows MQTT would say, and goes on looking', async () => {
    const inspector = workbench.webview();
    await inspector.getByRole('tab', { name: 'Doctor' }).click();
    await inspector.locator('.finding h3', { hasText: /“\/demo.* begins? with a slash/ }).waitFor();
    await subscribe(workbench, 'living room/#', 0);
    await inspector.locator('.finding h3', { hasText: '“living room/#” holds a space' }).waitFor();
    await inspector.locator('.finding', { hasText: 'living room' }).locator('.packet-link').click();
    await inspector.locator('.details-head', { hasText: 'SUBSCRIBE' }).waitFor();
  });

  it('looks right in every kind of theme', async () => {
    const inspector = workbench.webview();
    const pages = { exchange: 'Packets', statistics: 'Statistics', timeline: 'Timeline', doctor: 'Doctor' };
    await inspector.locator('[data-sequence]', { hasText: '/demo/beat' }).first().click();
    await inspector.locator('.exchange', { hasText: 'QoS 1 handshake' }).waitFor();
    // A capture file, which has more to show, is looked at in the others too.
    for (const theme of ['dark', 'high contrast light'] as const) {
      await workbench.setTheme(theme);
      for (const [name, tab] of Object.entries(pages)) {
        await inspector.getByRole('tab', { name: tab }).click();
        await inspector.locator(`[role="tab"][aria-selected="true"]`, { hasText: tab }).waitFor();
        await lookAt(workbench, `${name}-${theme.replace(/ /g, '-')}`);
      }
    }
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
      '2 topics under “/cmd” begin with a slash',
      'not acknowledged',
    ]) {
      await inspector.locator('.finding h3', { hasText: title }).first().waitFor();
    }
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
    await labels.filter({ hasText: 'esp32-7f2a' }).click();
    for (const text of [
      'Will Message published',
      'session taken over',
      'taken over by packet #',
      'Keep Alive is 0',
    ])
      await told(text).waitFor();
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
      ['sensor', '1.00 s', '1', '6.00 s'],
    );
    await row('Violations', 'Keep Alive is 0').waitFor();
    assert.equal(await row('Clients', 'esp32-7f2a').count(), 1);
  });

  it('shows all that of a capture file in every kind of theme', async () => {
    const inspector = workbench.webview();
    const pages = {
      'file-doctor': ['Doctor', '.finding'],
      'file-timeline': ['Timeline', '.timeline-label'],
      'file-statistics': ['Statistics', 'table'],
    } as const;
    for (const theme of Object.keys(themeNames) as Theme[]) {
      await workbench.setTheme(theme);
      for (const [name, [tab, shown]] of Object.entries(pages)) {
        await inspector.getByRole('tab', { name: tab }).click();
        await inspector.locator(shown).first().waitFor();
        await lookAt(workbench, `${name}-${theme.replace(/ /g, '-')}`);
      }
    }
  });
});
