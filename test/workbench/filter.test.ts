import { strict as assert } from 'node:assert';
import type { FrameLocator, Locator } from 'playwright-core';
import { encodeUtf8 } from '../../src/base/utf8';
import { chooseInMenu } from '../support/contextMenu';
import { becomes, eventually } from '../support/eventually';
import { type Mosquitto, mosquittoPublish } from '../support/mosquitto';
import type { Workbench } from '../support/workbench';
import { bench50, connectBench, useBench } from './bench';
import { lookAt } from './lookAt';

const input = (inspector: FrameLocator): Locator =>
  inspector.getByRole('combobox', { name: 'Filter packets' });

/** What the rows in sight are about. */
const topics = (inspector: FrameLocator): Promise<string[]> =>
  inspector.locator('[data-sequence] .summary').allTextContents();

const title = 'MQTT Inspector';
const ofBench = `${title}: bench`;

describe('The filter of an inspector in real VS Code', function () {
  this.timeout(120_000);
  let broker: Mosquitto;
  let workbench: Workbench;

  const showPacketsOfConnection = async (): Promise<void> => {
    await workbench.view('Connections').contextMenu('bench', 'Show Packets of Connection');
    const active = `.tabs-container .tab.active[aria-label^="${ofBench}"]`;
    await workbench.page.locator(active).waitFor();
    await becomes(() => input(workbench.webview()).inputValue(), 'client == "bench"');
  };

  useBench(
    {
      suite: 'filter',
      viewport: { width: 1600, height: 1000 },
      peers: ['mosquitto_pub'],
      connections: [bench50],
    },
    async (bench) => {
      ({ broker, workbench } = bench);
      await connectBench(workbench, 'devices/#', 1);
      for (const [topic, payload] of [
        ['devices/1/state', '{"on":true,"mV":3312}'],
        ['devices/1/log', 'booted, firmware 1.4'],
        ['devices/2/state', '{"on":false,"mV":2990}'],
      ] as const) {
        await mosquittoPublish(broker, { topic, payload: encodeUtf8(payload), qos: 1 });
      }
      await workbench.view('Subscriptions').waitForRow('log');
    },
  );

  it('is written with what it offers, and shows what matches', async () => {
    await workbench.runCommand('MQTT: Open Inspector');
    const inspector = workbench.webview();
    await inspector.locator('[data-sequence]').first().waitFor();
    await input(inspector).click();
    await workbench.page.keyboard.type('payload.on == tr');
    await inspector.getByRole('option', { name: 'true' }).waitFor();
    await workbench.page.keyboard.press('ArrowDown');
    await workbench.page.keyboard.press('Enter');
    await workbench.page.keyboard.type('and topic ');
    await inspector.getByRole('option', { name: /^~/ }).waitFor();
    await workbench.screenshot('completion');
    await workbench.page.keyboard.type('~ "devices/+/state"');
    await workbench.page.keyboard.press('Escape');
    await workbench.page.keyboard.press('Enter');
    await inspector.locator('.filter-count', { hasText: /\b1 of \d+\s+packets/ }).waitFor();
    await inspector.locator('[data-sequence]', { hasText: 'devices/1/state' }).waitFor();
    await eventually(
      () => topics(inspector),
      ([only, ...others]) => {
        assert.match(only ?? '', /devices\/1\/state/);
        assert.deepEqual(others, []);
      },
    );
  });

  it('shows packets that come while it is set', async () => {
    const inspector = workbench.webview();
    await mosquittoPublish(broker, { topic: 'devices/3/state', payload: encodeUtf8('{"on":true}'), qos: 1 });
    await inspector.locator('.filter-count', { hasText: /\b2 of \d+\s+packets/ }).waitFor();
    // The count is told before the rows have come.
    await inspector.locator('[data-sequence]', { hasText: 'devices/3/state' }).waitFor();
    await eventually(
      () => topics(inspector),
      (shown) => assert.match(shown.at(-1) ?? '', /devices\/3\/state/),
    );
  });

  it('says what is wrong at the character', async () => {
    const inspector = workbench.webview();
    await input(inspector).fill('qos = 1 and retain == true');
    await workbench.page.keyboard.press('Enter');
    await inspector.locator('.filter-problem', { hasText: 'Write == in place of =.' }).waitFor();
    await becomes(() => inspector.locator('.wrong-part').textContent(), '=');
    await workbench.screenshot('problem');
    await workbench.page.keyboard.press('Escape');
    await workbench.page.keyboard.press('Escape');
  });

  it('is narrowed by a field of the packet that is looked at', async () => {
    const inspector = workbench.webview();
    await inspector.locator('[data-sequence]', { hasText: 'devices/1/state' }).click();
    const topicName = inspector.locator('.tree-row.field', { hasText: 'Topic Name' }).first();
    await chooseInMenu(workbench.page, topicName, 'Filter by This Field');
    await inspector.locator('.filter-count', { hasText: /\b1 of \d+\s+packets/ }).waitFor();
    await eventually(
      () => input(inspector).inputValue(),
      (text) => assert.match(text, / and topic == "devices\/1\/state"$/),
    );
    await workbench.screenshot('narrowed');
  });

  it('finds text in payloads', async () => {
    const inspector = workbench.webview();
    await inspector.getByRole('button', { name: 'Clear the filter' }).click();
    await inspector.locator('.filter-count').waitFor({ state: 'detached' });
    await inspector.getByRole('grid', { name: 'Captured packets' }).focus();
    await workbench.page.keyboard.type('Firmware 1.4');
    await workbench.page.keyboard.press('Enter');
    await inspector.locator('.selected[data-sequence]', { hasText: 'devices/1/log' }).waitFor();
    await workbench.screenshot('find');
    await workbench.page.keyboard.press('Escape');
  });

  it('has an inspector of its own for the packets of a connection', async () => {
    let inspector = workbench.webview();
    await input(inspector).fill('packet == PUBLISH and payload.mV < 3000');
    await workbench.page.keyboard.press('Enter');
    await inspector.locator('.filter-count', { hasText: /\b1 of \d+\s+packets/ }).waitFor();
    await workbench.openContainer('MQTT');
    await showPacketsOfConnection();
    inspector = workbench.webview();
    await workbench.screenshot('connection');
    // That it was opened for the connection does not change with what somebody looks for in it.
    await input(inspector).fill('client == "bench" and packet == SUBSCRIBE');
    await workbench.page.keyboard.press('Enter');
    await inspector.locator('.filter-count', { hasText: /\b1 of \d+\s+packets/ }).waitFor();
    assert.ok((await workbench.tabs()).some((tab) => tab.startsWith(ofBench)));
    // Led elsewhere it is called so no more.
    await input(inspector).fill('');
    await workbench.page.keyboard.press('Enter');
    await eventually(
      () => workbench.tabs(),
      (tabs) => assert.ok(!tabs.some((tab) => tab.startsWith(ofBench)), tabs.join()),
    );
    await input(inspector).fill('client == "bench" and packet == SUBSCRIBE');
    await workbench.page.keyboard.press('Enter');
    await eventually(
      () => workbench.tabs(),
      (tabs) =>
        assert.ok(
          tabs.some((tab) => tab.startsWith(ofBench)),
          tabs.join(),
        ),
    );
    await workbench.showTab(title);
  });

  it('comes back when the window reloads', async () => {
    await workbench.reload();
    const inspector = workbench.webview();
    await inspector
      .locator('.filter-count', { hasText: /\b1 of \d+\s+packets/ })
      .waitFor({ timeout: 60_000 });
    assert.equal(await input(inspector).inputValue(), 'packet == PUBLISH and payload.mV < 3000');
    await eventually(
      () => topics(inspector),
      (shown) => assert.match(shown[0] ?? '', /devices\/2\/state/),
    );
  });

  it('brings the inspector of a connection to the front that came back, and opens no other', async () => {
    const titles = await workbench.tabs();
    // Nobody has looked at its tab since, so VS Code has made no panel for it yet.
    await showPacketsOfConnection();
    const inspector = workbench.webview();
    await inspector.getByRole('button', { name: 'Earlier filters' }).click();
    await inspector.getByRole('option', { name: 'client == "bench" and packet == SUBSCRIBE' }).waitFor();
    await workbench.screenshot('both-came-back');
    await workbench.page.keyboard.press('Escape');
    await workbench.showTab(title);
    await showPacketsOfConnection();
    assert.deepEqual(await workbench.tabs(), titles);
  });

  for (const theme of ['dark', 'high contrast'] as const) {
    it(`follows the ${theme} theme`, async () => {
      await workbench.setTheme(theme);
      await workbench.showTab(ofBench);
      const inspector = workbench.webview();
      await input(inspector).fill('qos === 1 and ');
      await inspector.locator('.wrong-part').waitFor();
      const name = theme.replace(' ', '-');
      await lookAt(workbench, `theme-${name}`);
      await input(inspector).fill('');
      await workbench.page.keyboard.type('packet == PUB');
      await inspector.getByRole('option', { name: 'PUBREC' }).waitFor();
      await workbench.page.keyboard.press('ArrowDown');
      await lookAt(workbench, `completion-${name}`);
      await workbench.page.keyboard.press('Escape');
      await workbench.page.keyboard.press('Escape');
      await inspector.getByRole('grid', { name: 'Captured packets' }).focus();
      await workbench.page.keyboard.type('Firmware');
      await workbench.page.keyboard.press('Enter');
      await inspector.locator('.selected[data-sequence]', { hasText: 'devices/1/log' }).waitFor();
      await lookAt(workbench, `find-${name}`);
      await workbench.page.keyboard.press('Escape');
    });
  }

  it('has met no error', () => {
    assert.deepEqual(workbench.errors(), []);
  });
});
