import { strict as assert } from 'node:assert';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { FrameLocator, Locator } from 'playwright-core';
import { encodeUtf8 } from '../../src/base/utf8';
import { becomes, eventually } from '../support/eventually';
import { gesture } from '../support/gesture';
import { type Mosquitto, mosquittoPublish } from '../support/mosquitto';
import type { Workbench } from '../support/workbench';
import { bench50, connectBench, useBench } from './bench';
import { lookAt } from './lookAt';
import { copied } from './person';

const title = 'MQTT Inspector';
const topic = 'demo/room/state';

/** The newest message of a topic that the list shows. */
function newestRow(inspector: FrameLocator, of: string): Locator {
  return inspector.locator('[data-sequence]', { hasText: of }).last();
}

describe('Payloads and the chart in real VS Code', function () {
  this.timeout(180_000);
  let broker: Mosquitto;
  let workbench: Workbench;
  let folder: string;

  useBench(
    {
      suite: 'payload',
      viewport: { width: 1600, height: 1000 },
      peers: ['mosquitto_pub'],
      connections: [bench50],
    },
    async (bench) => {
      ({ broker, workbench, folder } = bench);
      await connectBench(workbench, 'demo/#', 0);
    },
  );

  const publish = (payload: string): Promise<void> =>
    mosquittoPublish(broker, { topic, payload: encodeUtf8(payload), qos: 0 });
  const pane = (): Locator => workbench.webview().locator('mqtt-payload-view');
  const chart = (): Locator => workbench.webview().locator('mqtt-chart');
  const press = (name: string): Promise<void> => pane().getByRole('button', { name, exact: true }).click();

  it('shows a payload as a tree and copies the path of a value', async () => {
    for (let index = 0; index < 8; index++) {
      const temperature = (21 + 3 * Math.sin(index)).toFixed(2);
      await publish(`{"t":${temperature},"rh":${40 + index},"id":12345678901234567890,"list":[{"x":-0}]}`);
    }
    await workbench.view('Subscriptions').waitForRow('state');
    await workbench.runCommand('MQTT: Open Inspector');
    const inspector = workbench.webview();
    await newestRow(inspector, topic).click();
    await pane().locator('.json-row', { hasText: '12345678901234567890' }).waitFor();
    await pane().locator('.json-row', { hasText: '"x": -0' }).click();
    await press('Copy path');
    await copied(workbench, 'payload.list[0].x');
    await workbench.screenshot('tree');
  });

  it('shows what changed since the previous message of the topic, and goes there', async () => {
    const inspector = workbench.webview();
    await press('Difference to the previous message of the topic');
    await pane().getByText('Values: 2 changed, 2 the same.').waitFor();
    await pane().locator('.diff-row', { hasText: 'payload.rh46→47' }).waitFor();
    await workbench.screenshot('difference');
    const before = await inspector.locator('.selected[data-sequence]').getAttribute('data-sequence');
    await press('Previous message of the topic');
    await pane().locator('.diff-row', { hasText: 'payload.rh45→46' }).waitFor();
    const now = await inspector.locator('.selected[data-sequence]').getAttribute('data-sequence');
    assert.ok(Number(now) < Number(before));
    await press('Difference to the previous message of the topic');
  });

  it('remembers for a topic what its payloads are shown as, in the settings of the workspace', async () => {
    await pane().locator('vscode-single-select').click();
    await pane().locator('vscode-single-select li', { hasText: 'Text' }).click();
    await press('Always show Text for this topic…');
    await workbench.quickInput.pick('Topics whose payloads are shown so from now on', 'demo/+/state');
    await pane().getByText('Text, by the rule for demo/+/state').waitFor();
    const settings = fs.readFileSync(path.join(folder, '.vscode/settings.json'), 'utf8');
    assert.deepEqual((JSON.parse(settings) as Record<string, unknown>)['mqttWorkbench.payloadRules'], [
      { topic: 'demo/+/state', as: 'text' },
    ]);
    await press('Forget the rule for demo/+/state');
    await pane().locator('.json-row').first().waitFor();
  });

  it('charts a number of the payload, live', async () => {
    await pane().locator('.json-row', { hasText: '"t":' }).click();
    await press('Chart this number');
    const line = chart().locator('.chart-legend li').first();
    await line.getByText('8 points').waitFor();
    await publish('{"t":30.5,"rh":12}');
    await line.getByText('9 points').waitFor();
    await line.locator('.last-value', { hasText: '30.5' }).waitFor();
  });

  it('charts another number from the Subscriptions view', async () => {
    await workbench.view('Subscriptions').waitForRow('state');
    await gesture(async () => {
      await workbench.view('Subscriptions').contextMenu('state', 'Chart a Number…');
      await workbench.quickInput.waitFor('Numbers to chart');
      await workbench.quickInput.choose('payload.rh');
      await workbench.quickInput.accept();
    });
    const line = chart().locator('.chart-legend li').nth(1);
    await line.getByText('9 points').waitFor();
    await workbench.screenshot('chart');
  });

  it('leads from a point back to its packet', async () => {
    const inspector = workbench.webview();
    await chart().locator('.chart-canvas').focus();
    await workbench.page.keyboard.press('End');
    await chart().getByText('payload.t = 30.5').waitFor();
    await workbench.page.keyboard.press('Enter');
    await inspector.locator('.details-head', { hasText: 'PUBLISH' }).waitFor();
    await pane().locator('.json-row', { hasText: '"t": 30.5' }).waitFor();
  });

  /** Saves the chart by a button of its own. */
  const saveChart = async (button: string, file: string): Promise<void> => {
    await workbench.webview().getByRole('tab', { name: 'Chart' }).click();
    await chart().getByRole('button', { name: button }).click();
    await workbench.quickInput.waitForLabel('..');
    await workbench.quickInput.type(file);
    await workbench.quickInput.accept();
    await workbench.quickInput.waitClosed();
    await eventually(
      () => Promise.resolve(fs.existsSync(file) && fs.statSync(file).size > 0),
      (isSaved) => assert.ok(isSaved),
    );
    await chart().getByText('saved').waitFor();
  };

  it('saves every point as a table', async () => {
    const file = path.join(folder, 'points.csv');
    await saveChart('Save all points as CSV…', file);
    const lines = fs.readFileSync(file, 'utf8').trimEnd().split('\r\n');
    assert.equal(lines.length, 19);
    assert.match(lines.at(-1) ?? '', /Z,\d+,bench,received,demo\/room\/state,payload\.rh,12$/);
  });

  it('saves the chart as an image, and shows images that are published', async () => {
    const file = path.join(folder, 'chart.png');
    await saveChart('Save as PNG image…', file);
    const image = fs.readFileSync(file);
    // The header of a PNG tells how wide and high it is.
    assert.equal(image.toString('latin1', 1, 4), 'PNG');
    const [width, height] = [image.readUInt32BE(16), image.readUInt32BE(20)];
    assert.ok(width > 400 && height > 100, `${width} × ${height}`);
    await mosquittoPublish(broker, { topic: 'demo/room/chart', payload: image, qos: 0 });
    const inspector = workbench.webview();
    await inspector.getByRole('tab', { name: 'Packets' }).click();
    await newestRow(inspector, 'demo/room/chart').click();
    const shown = pane().locator('img');
    await becomes(() => shown.evaluate((element) => [(element as HTMLImageElement).naturalWidth]), [width]);
    await workbench.screenshot('image');
  });

  it('compares by byte what is nothing else', async () => {
    const inspector = workbench.webview();
    for (const last of [0xfe, 0xff])
      await mosquittoPublish(broker, { topic: 'demo/raw', payload: Uint8Array.of(1, 2, 0xff, last), qos: 0 });
    await inspector.getByRole('button', { name: 'Follow the newest packet' }).click();
    await inspector.locator('[data-sequence]', { hasText: 'demo/raw' }).nth(1).waitFor();
    await newestRow(inspector, 'demo/raw').click();
    await press('Difference to the previous message of the topic');
    await pane().getByText('Bytes: 1 byte in one place.').waitFor();
    await pane().locator('.diff-row', { hasText: 'fe' }).waitFor();
    await workbench.screenshot('difference-by-byte');
    await press('Difference to the previous message of the topic');
  });

  it('shows the bytes of a text where somebody wants them', async () => {
    const choose = async (mode: string): Promise<void> => {
      await pane().locator('vscode-single-select').click();
      await pane().locator('vscode-single-select li', { hasText: mode }).click();
    };
    await newestRow(workbench.webview(), topic).click();
    await pane().locator('.json-row', { hasText: '"rh": 12' }).waitFor();
    await choose('Hex');
    await pane().locator('.byte[data-offset="0"]', { hasText: '7b' }).waitFor();
    await workbench.screenshot('hex-by-hand');
    await choose('Automatic');
    await pane().locator('.json-row', { hasText: '"rh": 12' }).waitFor();
    await workbench.webview().getByRole('tab', { name: 'Chart' }).click();
  });

  for (const theme of ['dark', 'light', 'high contrast'] as const) {
    it(`follows the ${theme} theme`, async () => {
      await workbench.setTheme(theme);
      await workbench.showTab(title);
      await chart().locator('canvas').waitFor();
      await lookAt(workbench, `chart-${theme.replace(' ', '-')}`);
      const inspector = workbench.webview();
      await inspector.getByRole('tab', { name: 'Packets' }).click();
      await pane().locator('.json-row', { hasText: '"rh"' }).click();
      await lookAt(workbench, `tree-${theme.replace(' ', '-')}`);
      await press('Difference to the previous message of the topic');
      await pane().locator('.diff-row').first().waitFor();
      await lookAt(workbench, `difference-${theme.replace(' ', '-')}`);
      await press('Difference to the previous message of the topic');
      await inspector.getByRole('tab', { name: 'Chart' }).click();
    });
  }

  it('forgets everything by Clear, and goes on with what comes', async () => {
    const inspector = workbench.webview();
    await inspector.getByRole('tab', { name: 'Packets' }).click();
    await inspector.getByRole('button', { name: 'Clear the packet log' }).click();
    await inspector.getByRole('heading', { name: 'No packets captured yet' }).waitFor();
    await workbench.screenshot('cleared');
    await publish('{"t":1,"rh":1}');
    await newestRow(inspector, topic).click();
    await pane().locator('.json-row', { hasText: '"rh": 1' }).waitFor();
    await inspector.getByRole('tab', { name: 'Chart' }).click();
    await chart().locator('.chart-legend li').first().getByText('1 point', { exact: true }).waitFor();
  });

  it('has met no error', () => {
    assert.deepEqual(workbench.errors(), []);
  });
});
