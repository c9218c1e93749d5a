import { strict as assert } from 'node:assert';
import type { FrameLocator, Locator } from 'playwright-core';
import { encodeUtf8 } from '../../src/base/utf8';
import { becomes, eventually } from '../support/eventually';
import { type Mosquitto, mosquittoPublish, startMosquitto } from '../support/mosquitto';
import { requirePeer } from '../support/peers';
import { Workbench } from '../support/workbench';
import { addConnection, connect, subscribe, temporaryWorkspace } from './person';

const user = { name: 'ada', password: 'correct horse battery' };
const state = '{"on":true,"mV":3312}';
const everyByte = Uint8Array.from({ length: 256 }, (_, byte) => byte);
const title = 'MQTT Inspector';

const range = (start: number, end: number): number[] =>
  Array.from({ length: end - start }, (_, index) => start + index);

/** A received PUBLISH by a part of its summary. */
function publishRow(inspector: FrameLocator, topic: string): Locator {
  return inspector
    .locator('[data-sequence]', { hasText: topic })
    .filter({ has: inspector.locator('.type', { hasText: /^PUBLISH$/ }) })
    .filter({ has: inspector.locator('[aria-label="received"]') })
    .first();
}

function field(inspector: FrameLocator, label: string): Locator {
  return inspector
    .locator('.tree-row.field')
    .filter({ has: inspector.locator('.label', { hasText: new RegExp(`^${label}$`) }) })
    .first();
}

async function hoveredBytes(inspector: FrameLocator): Promise<number[]> {
  const cells = inspector.locator('.bytes .byte.hovered');
  return cells.evaluateAll((all) => all.map((cell) => Number((cell as HTMLElement).dataset['offset'])));
}

describe('The inspector in real VS Code', function () {
  this.timeout(180_000);

  for (const version of ['3.1.1', '5.0'] as const) {
    describe(`over MQTT ${version}`, () => {
      const workspace = temporaryWorkspace();
      const suite = `inspector-${version}`;
      let broker: Mosquitto;
      let workbench: Workbench;

      before(async function () {
        requirePeer(this, 'chromium', 'mosquitto', 'mosquitto_pub');
        broker = await startMosquitto({ user });
        workbench = await Workbench.open({
          suite,
          workspace: workspace.folder,
          viewport: { width: 1600, height: 1000 },
        });
      });
      after(async () => {
        await workbench?.close();
        await broker?.stop();
        workspace.remove();
      });
      afterEach(async function () {
        if (this.currentTest?.state === 'failed')
          await workbench.screenshot(`failed-${this.currentTest.title}`);
      });

      it('says what to do while there is nothing to show, and leads there', async () => {
        await workbench.openContainer('MQTT');
        await workbench.runCommand('MQTT: Open Inspector');
        const inspector = workbench.webview();
        await inspector.getByRole('heading', { name: 'No packets captured yet' }).waitFor();
        await workbench.screenshot('empty');
        await workbench.openContainer('Explorer');
        await inspector.getByRole('link', { name: 'Connections' }).click();
        await workbench.view('Connections').pane.waitFor();
        await workbench.closeTab(title);
      });

      it('lists what was sent and received while it was closed', async () => {
        await workbench.openContainer('MQTT');
        await addConnection(workbench, { name: 'bench', port: broker.port, version, user });
        await connect(workbench, 'bench');
        await subscribe(workbench, 'demo/#', 1);
        await mosquittoPublish(broker, { topic: 'demo/state', payload: encodeUtf8(state), qos: 1 });
        await mosquittoPublish(broker, { topic: 'demo/raw', payload: everyByte, qos: 1 });
        await workbench.view('Subscriptions').waitForRow('raw');
        await workbench.runCommand('MQTT: Open Inspector');
        const inspector = workbench.webview();
        await publishRow(inspector, 'demo/raw').waitFor();
        await eventually(
          () => inspector.locator('[data-sequence] .type').allTextContents(),
          (types) => {
            for (const type of ['CONNECT', 'CONNACK', 'SUBSCRIBE', 'SUBACK', 'PUBLISH', 'PUBACK'])
              assert.ok(types.includes(type), `${type} is not among ${types.join(' ')}`);
          },
        );
        assert.deepEqual(await inspector.locator('[data-sequence] .warning').allTextContents(), []);
        await workbench.screenshot('list');
      });

      it('shows the fields of a PUBLISH and marks exactly the bytes of the one that is pointed at', async () => {
        const inspector = workbench.webview();
        await publishRow(inspector, 'demo/state').click();
        await field(inspector, 'Topic Name').locator('.label').hover();
        await becomes(() => hoveredBytes(inspector), range(2, 14));
        await workbench.screenshot('field-hovered');
        await field(inspector, 'Packet Identifier').locator('.label').hover();
        await becomes(() => hoveredBytes(inspector), [14, 15]);
        // 5.0 has the Subscription Identifier that this came for.
        const payloadStart = version === '5.0' ? 19 : 16;
        await field(inspector, 'Payload').locator('.label').hover();
        await becomes(() => hoveredBytes(inspector), range(payloadStart, payloadStart + state.length));
        await field(inspector, 'QoS').locator('.label').hover();
        await becomes(() => hoveredBytes(inspector), [0]);
        await becomes(() => inspector.locator('.bit.marked').allTextContents(), ['0', '1']);

        await inspector.locator('.bytes .byte[data-offset="15"]').hover();
        await becomes(
          () => inspector.locator('.tree-row.hovered .label').allTextContents(),
          ['Packet Identifier'],
        );
        assert.equal(await field(inspector, 'Topic Name').locator('.section').textContent(), '§3.3.2.1');
      });

      it('shows the payload as JSON where it is, and every byte of one that is none', async () => {
        const inspector = workbench.webview();
        await inspector.locator('.text-line', { hasText: '"mV": 3312' }).waitFor();
        await publishRow(inspector, 'demo/raw').click();
        const bytes = inspector.locator('mqtt-payload-view .byte');
        await bytes.first().waitFor();
        await inspector.locator('mqtt-payload-view .byte-viewport').focus();
        await workbench.page.keyboard.press('Control+End');
        await inspector
          .locator('mqtt-payload-view .byte[data-offset="255"].cursor', { hasText: 'ff' })
          .waitFor();
        await workbench.screenshot('every-byte');
      });

      it('shows no password', async () => {
        const inspector = workbench.webview();
        await inspector.getByRole('grid', { name: 'Captured packets' }).focus();
        await workbench.page.keyboard.press('Home');
        await inspector.locator('.details-head', { hasText: 'CONNECT' }).waitFor();
        await becomes(
          () => inspector.locator('.bytes .byte', { hasText: '••' }).count(),
          user.password.length,
        );
        const document = (await inspector.locator('body').textContent()) ?? '';
        assert.ok(!document.includes('horse'), document);
        await workbench.screenshot('connect');
      });

      it('keeps what is selected, and everything that came, while it is hidden', async () => {
        const inspector = workbench.webview();
        await publishRow(inspector, 'demo/state').click();
        await inspector.locator('.text-line', { hasText: '"mV": 3312' }).waitFor();
        await workbench.runCommand('File: New Untitled Text File');
        await inspector.locator('mqtt-inspector').waitFor({ state: 'detached' });
        await mosquittoPublish(broker, { topic: 'demo/hidden', payload: encodeUtf8('1'), qos: 1 });
        await workbench.view('Subscriptions').waitForRow('hidden');
        await workbench.showTab(title);
        await inspector.locator('.text-line', { hasText: '"mV": 3312' }).waitFor();
        await publishRow(inspector, 'demo/hidden').waitFor();
        await becomes(() => inspector.locator('.selected[data-sequence]').count(), 1);
      });

      it('has everything that came while it was closed', async () => {
        await workbench.closeTab(title);
        await mosquittoPublish(broker, { topic: 'demo/closed', payload: encodeUtf8('1'), qos: 1 });
        await workbench.view('Subscriptions').waitForRow('closed');
        await workbench.runCommand('MQTT: Open Inspector');
        const inspector = workbench.webview();
        for (const topic of ['demo/state', 'demo/raw', 'demo/hidden', 'demo/closed']) {
          await publishRow(inspector, topic).waitFor();
        }
      });

      it('comes back with all its packets when the window reloads', async () => {
        let inspector = workbench.webview();
        await publishRow(inspector, 'demo/state').click();
        await inspector.locator('.text-line', { hasText: '"mV": 3312' }).waitFor();
        const sequences = (): Promise<string[]> =>
          inspector.locator('[data-sequence] .number:not(.length)').allTextContents();
        const before = await sequences();
        await workbench.reload();
        inspector = workbench.webview();
        await inspector.locator('.text-line', { hasText: '"mV": 3312' }).waitFor({ timeout: 60_000 });
        await publishRow(inspector, 'demo/closed').waitFor();
        await becomes(async () => (await sequences()).slice(0, before.length), before);
        await workbench.screenshot('after-reload');
      });

      for (const theme of ['dark', 'light', 'high contrast'] as const) {
        it(`follows the ${theme} theme`, async () => {
          await workbench.setTheme(theme);
          const inspector = workbench.webview();
          await workbench.showTab(title);
          await field(inspector, 'Topic Name').locator('.label').hover();
          await becomes(() => hoveredBytes(inspector), range(2, 14));
          await workbench.screenshot(`theme-${theme.replace(' ', '-')}`);
        });
      }

      it('has met no error', () => {
        assert.deepEqual(workbench.errors(), []);
      });
    });
  }
});
