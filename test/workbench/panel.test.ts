import { strict as assert } from 'node:assert';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { FrameLocator, Locator } from 'playwright-core';
import { toHex } from '../../src/base/bytes';
import { encodeUtf8 } from '../../src/base/utf8';
import { chooseInMenu, openMenu } from '../support/contextMenu';
import { becomes, eventually } from '../support/eventually';
import { gesture } from '../support/gesture';
import { restOn } from '../support/hover';
import { type Mosquitto, mosquittoPublish, mosquittoSubscribe } from '../support/mosquitto';
import type { Workbench } from '../support/workbench';
import { bench50, connectBench, useBench } from './bench';
import { lookAt } from './lookAt';
import { copied } from './person';

const state = '{"on": true,  "mV": 3312}';
const everyByte = Uint8Array.from({ length: 256 }, (_, byte) => byte);
const title = 'MQTT Inspector';
const snippets = `### First\nPUBLISH a\n\nfirst`;

/** A received PUBLISH by its topic. */
function publishRow(inspector: FrameLocator, topic: string): Locator {
  return inspector
    .locator('[data-sequence]', { hasText: topic })
    .filter({ has: inspector.locator('.type', { hasText: /^PUBLISH$/ }) })
    .filter({ has: inspector.locator('[aria-label="received"]') })
    .first();
}

async function boxOf(locator: Locator): Promise<{ x: number; y: number; width: number; height: number }> {
  return (await locator.boundingBox()) ?? assert.fail(`Nothing is drawn of ${locator.toString()}`);
}

describe("The inspector's panel in real VS Code", function () {
  this.timeout(120_000);
  let broker: Mosquitto;
  let workbench: Workbench;
  let folder: string;

  const choose = (target: Locator, entry: string): Promise<void> =>
    chooseInMenu(workbench.page, target, entry);

  useBench(
    {
      suite: 'panel',
      viewport: { width: 1500, height: 950 },
      peers: ['mosquitto_pub', 'mosquitto_sub'],
      connections: [bench50],
      files: { 'bench.mqtt': snippets },
    },
    async (bench) => {
      ({ broker, workbench, folder } = bench);
      await connectBench(workbench, 'demo/#', 1);
      await mosquittoPublish(broker, { topic: 'demo/state', payload: encodeUtf8(state), qos: 1 });
      await mosquittoPublish(broker, { topic: 'demo/raw', payload: everyByte, qos: 1 });
      await workbench.view('Subscriptions').waitForRow('raw');
      await workbench.runCommand('MQTT: Open Inspector');
      await publishRow(workbench.webview(), 'demo/raw').waitFor();
    },
  );

  it('offers what a packet is good for in a menu of its own, and copies it', async () => {
    const inspector = workbench.webview();
    const row = publishRow(inspector, 'demo/raw');
    await openMenu(workbench.page, row, 'Copy as Hex');
    const entries = await workbench.page
      .locator('.context-view .monaco-menu .action-label')
      .allTextContents();
    await workbench.screenshot('menu');
    for (const entry of [
      'Publish Again',
      'Save as Snippet…',
      'Save Payload…',
      'Copy as C Array',
      'Copy as JSON',
      'Save Selected Packets…',
    ])
      assert.ok(entries.includes(entry), entries.join('\n'));
    await workbench.page.keyboard.press('Escape');
    await choose(row, 'Copy as Hex');
    await workbench.page.waitForFunction(
      async (bytes) => (await navigator.clipboard.readText()).endsWith(bytes),
      toHex(everyByte, ' '),
    );
    await choose(publishRow(inspector, 'demo/state'), 'Copy as mosquitto_pub Command');
    await copied(
      workbench,
      `mosquitto_pub -h 127.0.0.1 -p ${broker.port} -V 5 -t demo/state -q 1 -m '${state}'`,
    );
  });

  it('copies a packet as C array, Base64 and JSON', async () => {
    const row = publishRow(workbench.webview(), 'demo/raw');
    const bytes = toHex(everyByte);
    const copiedBytes = async (entry: string, bytesOf: (text: string) => Uint8Array): Promise<void> => {
      await choose(row, entry);
      await eventually(
        () => workbench.clipboard(),
        (text) => assert.ok(toHex(bytesOf(text)).endsWith(bytes), text),
      );
    };
    await copiedBytes('Copy as C Array', (text) =>
      Uint8Array.from([...text.matchAll(/\b0x([0-9a-f]{2})\b/gi)].map(([byte]) => Number(byte))),
    );
    await copiedBytes('Copy as Base64', (text) => Buffer.from(text, 'base64'));
    await choose(row, 'Copy as JSON');
    await eventually(
      () => workbench.clipboard(),
      (text) => assert.match(text, /^\{[^]*"packet": "PUBLISH"[^]*"demo\/raw"[^]*\}$/),
    );
  });

  it('publishes a packet again, every byte of it', async () => {
    const heard = await mosquittoSubscribe(broker, 'demo/raw', { qos: 1 });
    await choose(publishRow(workbench.webview(), 'demo/raw'), 'Publish Again');
    const [message] = await heard.received(1);
    assert.deepEqual(Buffer.from(message?.payload ?? []), Buffer.from(everyByte));
    await heard.stop();
  });

  it('saves a packet as a block at the end of a file', async () => {
    await gesture(async () => {
      await choose(publishRow(workbench.webview(), 'demo/state'), 'Save as Snippet…');
      await workbench.quickInput.pick('The .mqtt file to save the message in', 'bench.mqtt');
    });
    await workbench.editor('bench.mqtt').waitOpen();
    await workbench.page.locator('.view-line', { hasText: 'PUBLISH demo/state' }).waitFor();
    await workbench.screenshot('snippet');
    await workbench.runCommand('File: Revert File');
    await workbench.closeTab('bench.mqtt');
  });

  it('adds a packet to a test, as what is expected', async () => {
    await gesture(async () => {
      await choose(publishRow(workbench.webview(), 'demo/state'), 'Add to Test as EXPECT…');
      await workbench.quickInput.pick('The .mqtt file with the test', 'bench.mqtt');
    });
    await workbench.editor('bench.mqtt').waitOpen();
    await workbench.page.locator('.view-line', { hasText: 'EXPECT demo/state' }).waitFor();
    await workbench.page.locator('.view-line', { hasText: 'Where: payload.mV == 3312' }).waitFor();
    await workbench.screenshot('expect');
    await workbench.runCommand('File: Revert File');
    await workbench.closeTab('bench.mqtt');
  });

  it('saves a payload as a file', async () => {
    const file = path.join(folder, 'saved.bin');
    await choose(publishRow(workbench.webview(), 'demo/raw'), 'Save Payload…');
    await workbench.quickInput.waitForLabel('..');
    assert.match(await workbench.quickInput.value(), /\/raw\.bin$/);
    await workbench.quickInput.type(file);
    await workbench.quickInput.accept();
    await workbench.waitForStatus('Saved 256 B as saved.bin');
    assert.deepEqual(new Uint8Array(fs.readFileSync(file)), everyByte);
  });

  it('filters by what a packet has, one thing beside the other', async () => {
    const inspector = workbench.webview();
    const input = inspector.getByRole('combobox', { name: 'Filter packets' });
    const shown: string[] = [];
    for (const [entry, expression] of [
      ['Filter by Topic', 'topic == "demo/raw"'],
      ['Filter by Client', 'client == "bench"'],
      ['Filter by Packet Type', 'packet == PUBLISH'],
    ] as const) {
      await choose(publishRow(inspector, 'demo/raw'), entry);
      shown.push(expression);
      await becomes(() => input.inputValue(), shown.join(' and '));
    }
    // Its own message, and what came of publishing it again.
    await inspector.locator('.filter-count', { hasText: /\b3 of \d+\s+packets/ }).waitFor();
    await workbench.screenshot('filtered');
    await inspector.getByRole('button', { name: 'Clear the filter' }).click();
    await publishRow(inspector, 'demo/state').waitFor();
  });

  it('opens a payload in an editor of its language', async () => {
    await choose(publishRow(workbench.webview(), 'demo/state'), 'Open Payload in Editor');
    await workbench.page.locator('.view-line', { hasText: '3312' }).waitFor();
    await workbench.waitForStatus(/^\s*JSON\s*$/);
    await workbench.screenshot('payload');
    await workbench.runCommand('View: Close Editor');
  });

  it('hides a column by the menu of the heads, and tells times from a packet', async () => {
    const inspector = workbench.webview();
    await choose(inspector.getByRole('columnheader', { name: 'Client' }), 'Hide Column');
    await inspector.getByRole('columnheader', { name: 'Client' }).waitFor({ state: 'detached' });
    await gesture(async () => {
      await inspector.getByRole('button', { name: 'Choose columns' }).click();
      await workbench.quickInput.choose('Bytes');
      await workbench.screenshot('columns');
      await workbench.quickInput.accept();
    });
    await inspector.getByRole('columnheader', { name: 'Bytes' }).waitFor({ state: 'detached' });
    await choose(publishRow(inspector, 'demo/state'), 'Measure Times from This Packet');
    await inspector.getByRole('columnheader', { name: /^Time since #\d+$/ }).waitFor();
    await publishRow(inspector, 'demo/state').locator('.time', { hasText: '+0.000000' }).waitFor();
    await workbench.screenshot('times');
  });

  it('comes back with its columns and times when the window reloads', async () => {
    await workbench.reload();
    const inspector = workbench.webview();
    await inspector.getByRole('columnheader', { name: /^Time since #\d+$/ }).waitFor({ timeout: 60_000 });
    assert.equal(await inspector.getByRole('columnheader', { name: 'Client' }).count(), 0);
    await workbench.runCommand('MQTT: Reset Columns');
    await inspector.getByRole('columnheader', { name: 'Client' }).waitFor();
  });

  it('says after that that nothing is connected, and connects again', async () => {
    const inspector = workbench.webview();
    await inspector.locator('.not-connected', { hasText: 'Not connected' }).waitFor();
    await workbench.screenshot('not-connected');
    await inspector.getByRole('button', { name: 'Reconnect bench' }).click();
    await inspector.locator('.not-connected').waitFor({ state: 'detached' });
    // The connection of before and the one of now are one client, whatever identifier each had.
    await inspector.getByRole('tab', { name: 'Timeline' }).click();
    await inspector.locator('.timeline-label', { hasText: '2 connections' }).waitFor();
    assert.equal(await inspector.locator('.timeline-label').count(), 1);
    await workbench.screenshot('one-lane');
    await inspector.getByRole('tab', { name: 'Packets' }).click();
  });

  it('is opened once more by New Inspector, under a title of its own', async () => {
    await workbench.runCommand('MQTT: New Inspector');
    const tab = workbench.page.locator('.tabs-container .tab', { hasText: `${title} 2` });
    await tab.waitFor();
    await publishRow(workbench.webview(), 'demo/raw').waitFor();
    await workbench.screenshot('second');

    // Beside each other they have the same columns, whichever a person chooses them in.
    await workbench.runCommand('View: Move Editor into Right Group');
    const both = [0, 1].map((index) =>
      workbench.webview(undefined, index).getByRole('columnheader', { name: 'Packet' }),
    );
    for (const head of both) await head.waitFor();
    await choose(
      workbench.webview(undefined, 1).getByRole('columnheader', { name: 'Packet' }),
      'Hide Column',
    );
    for (const head of both) await head.waitFor({ state: 'detached' });
    await workbench.screenshot('beside-each-other');
    await workbench.runCommand('MQTT: Reset Columns');
    for (const head of both) await head.waitFor();
    await workbench.runCommand('View: Close Editor');
    await tab.waitFor({ state: 'detached' });
    await publishRow(workbench.webview(), 'demo/raw').waitFor();
  });

  for (const [what, leave] of [
    ['is closed', () => workbench.page.keyboard.press('Control+w')],
    ['is hidden', () => workbench.page.keyboard.press('Control+PageUp')],
  ] as const) {
    it(`hands the width of a column to the next one though it ${what} while that is being dragged`, async () => {
      await workbench.openFile('bench.mqtt');
      await workbench.runCommand('MQTT: New Inspector');
      // Keys go to the page.
      await publishRow(workbench.webview(), 'demo/raw').click();
      const head = workbench.webview().getByRole('columnheader', { name: 'Client' });
      const before = await boxOf(head);
      const edge = await boxOf(head.locator('.resize'));
      const { mouse } = workbench.page;
      const [x, y] = [edge.x + edge.width / 2, edge.y + edge.height / 2];
      await mouse.move(x, y);
      await mouse.down();
      await mouse.move(x + 80, y, { steps: 3 });
      await leave();
      await head.waitFor({ state: 'detached' });
      await mouse.up();

      await workbench.runCommand('MQTT: New Inspector');
      await publishRow(workbench.webview(), 'demo/raw').waitFor();
      await eventually(
        () => boxOf(workbench.webview().getByRole('columnheader', { name: 'Client' })),
        ({ width }) => assert.ok(Math.abs(width - before.width - 80) < 3, `${before.width} to ${width}`),
      );
      await workbench.runCommand('MQTT: Reset Columns');
      for (const name of await workbench.tabs())
        if (/Inspector \d/.test(name)) await workbench.closeTab(name);
    });
  }

  it('is the one that Open Inspector shows where its tab came back behind another and nobody looked at it', async () => {
    await workbench.openFile('bench.mqtt');
    const file = workbench.page.locator('.tabs-container .tab.active', { hasText: 'bench.mqtt' });
    await file.waitFor();
    const titles = await workbench.tabs();
    await workbench.reload();
    await file.waitFor();
    await workbench.runCommand('MQTT: Open Inspector');
    await publishRow(workbench.webview(), 'demo/raw').waitFor({ timeout: 60_000 });
    assert.deepEqual(await workbench.tabs(), titles);
    await workbench.closeTab('bench.mqtt');
  });

  it('copies the value, the name and the bytes of a field by its menu', async () => {
    const inspector = workbench.webview();
    await publishRow(inspector, 'demo/state').locator('.type').click();
    const topicName = inspector.locator('.tree-row', { hasText: 'Topic Name' });
    await choose(topicName, 'Copy Field Value');
    await copied(workbench, 'demo/state');
    await choose(topicName, 'Copy Field Name');
    await copied(workbench, 'Topic Name');
    await choose(topicName, 'Copy Field Bytes');
    await copied(workbench, `00 0a ${toHex(encodeUtf8('demo/state'), ' ')}`);
  });

  it('copies the path of a value of the payload by its menu, and charts a number', async () => {
    const inspector = workbench.webview();
    await publishRow(inspector, 'demo/state').locator('.type').click();
    const value = inspector.locator('.json-row', { hasText: '3312' });
    await choose(value, 'Copy Path of Payload Value');
    await copied(workbench, 'payload.mV');
    await choose(value, 'Chart Payload Number');
    await inspector.locator('[role="tab"][aria-selected="true"]', { hasText: 'Chart' }).waitFor();
    await inspector.getByRole('tab', { name: 'Packets' }).click();
  });

  for (const theme of ['dark', 'light', 'high contrast'] as const) {
    it(`follows the ${theme} theme`, async () => {
      await workbench.setTheme(theme);
      const inspector = workbench.webview();
      await workbench.showTab(title);
      await publishRow(inspector, 'demo/state').click();
      await publishRow(inspector, 'demo/raw').click({ modifiers: ['Control'] });
      const row = inspector.locator('.tree-row', { hasText: 'Topic Name' });
      await restOn(workbench.page, row, inspector.getByRole('tooltip'));
      await lookAt(workbench, `theme-${theme.replace(' ', '-')}`);
      await publishRow(inspector, 'demo/raw').click();
      await openMenu(workbench.page, publishRow(inspector, 'demo/raw'), 'Filter by Packet Type');
      await workbench.screenshot(`menu-${theme.replace(' ', '-')}`);
      await workbench.page.keyboard.press('Escape');
    });
  }

  it('has met no error', () => {
    assert.deepEqual(workbench.errors(), []);
  });
});
