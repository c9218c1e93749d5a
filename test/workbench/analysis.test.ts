import { strict as assert } from 'node:assert';
import { encodeUtf8 } from '../../src/base/utf8';
import { becomes } from '../support/eventually';
import { mosquittoPublish } from '../support/mosquitto';
import { type Theme, themeNames } from '../support/themes';
import type { Workbench } from '../support/workbench';
import { bench50, connectBench, useBench } from './bench';
import { subscribe } from './person';

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
    await inspector.locator('.finding h3', { hasText: '“/demo/#” begins with a slash' }).waitFor();
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
    for (const theme of Object.keys(themeNames) as Theme[]) {
      await workbench.setTheme(theme);
      for (const [name, tab] of Object.entries(pages)) {
        await inspector.getByRole('tab', { name: tab }).click();
        await inspector.locator(`[role="tab"][aria-selected="true"]`, { hasText: tab }).waitFor();
        await workbench.screenshot(`${name}-${theme.replace(/ /g, '-')}`);
      }
    }
  });
});
