import { strict as assert } from 'node:assert';
import { becomes } from '../support/eventually';
import { type Mosquitto, mosquittoPublish } from '../support/mosquitto';
import type { ViewPane } from '../support/viewPane';
import type { Workbench } from '../support/workbench';
import { useBench } from './bench';
import { connect, copied, subscribe } from './person';

const everyByte = Uint8Array.from({ length: 256 }, (_, byte) => byte);

const versions = ['3.1.1', '5.0'] as const;
const connections = versions.map((version) => ({ name: `bench ${version}`, version }));

describe('Subscriptions in real VS Code', function () {
  this.timeout(120_000);
  let broker: Mosquitto;
  let workbench: Workbench;
  let view: ViewPane;

  useBench(
    {
      suite: 'subscriptions',
      viewport: { width: 1280, height: 1400 },
      peers: ['mosquitto_pub'],
      connections,
    },
    (bench) => {
      ({ broker, workbench } = bench);
      view = workbench.view('Subscriptions');
    },
  );

  for (const version of versions) {
    describe(`over MQTT ${version}`, () => {
      const name = `bench ${version}`;
      const base = `demo${version.replaceAll('.', '')}`;

      before(async () => {
        await connect(workbench, name);
      });
      after(async () => {
        await workbench.view('Connections').pressInline(name, 'Disconnect');
        await view.waitForRowGone(name);
      });

      it('start with a row that offers to subscribe', async () => {
        await view.waitForRow('Subscribe to a topic filter…');
      });

      it('are asked for with a filter that is checked, and granted by the server', async () => {
        await view.pressInline(name, 'Subscribe…');
        const { quickInput } = workbench;
        await quickInput.waitFor('Topic filter');
        await quickInput.type(`${base}/#/x`);
        await quickInput.accept();
        assert.match(await quickInput.complaint(), /the # is not a whole last level.*MQTT-4\.7\.1-[12]/);
        await quickInput.cancel();
        await subscribe(workbench, `${base}/#`, 1);
        const row = await view.waitForRow(`${base}/#`, 'QoS 1 · 0 · 0/s');
        assert.equal(row.level, 2);
        await broker.logged(new RegExp(`${base}/# \\(QoS 1\\)`));
      });

      it('are made with the keyboard alone', async () => {
        const { quickInput } = workbench;
        await view.pressInline(name, 'Subscribe…');
        await quickInput.answer('Topic filter', `${base}/enter`);
        await quickInput.waitFor('Highest QoS');
        await quickInput.accept();
        await view.waitForRow(`${base}/enter`, /^QoS \d · 0/);
      });

      it('show JSON and bytes of every value at their topics', async () => {
        const json = '{"on":true,"mV":3312}';
        await mosquittoPublish(broker, { topic: `${base}/state/led`, payload: json, qos: 1 });
        await mosquittoPublish(broker, { topic: `${base}/raw`, payload: everyByte, qos: 1 });
        const led = await view.waitForRow('led', json);
        assert.equal(led.level, 5);
        assert.equal(led.description, `1 · ${json}`);
        const raw = await view.waitForRow('raw', '00 01 02 03 04 05 06 07');
        assert.equal(raw.level, 4);
        assert.match(raw.description, /^1 · 00 01 /);
        const below = async (): Promise<string[]> => {
          const labels = (await view.rows()).map(({ label }) => label);
          return labels.slice(labels.indexOf(`${base}/#`) + 1).slice(0, 4);
        };
        await becomes(below, [base, 'raw', 'state', 'led']);
        await view.waitForRow(`${base}/#`, 'QoS 1 · 2 · ');
        await workbench.screenshot(`values-${version}`);
      });

      it('keep selection and what is closed while values change', async () => {
        await view.select('raw');
        await view.setExpanded('state', false);
        for (let count = 2; count <= 4; count++) {
          await mosquittoPublish(broker, { topic: `${base}/raw`, payload: Uint8Array.of(count) });
          await mosquittoPublish(broker, { topic: `${base}/state/led`, payload: `${count}` });
        }
        const raw = await view.waitForRow('raw', '4 · 04');
        assert.match(raw.ariaLabel, /4 messages/);
        const selected = view.pane.locator('.monaco-list-row.selected');
        await becomes(() => selected.locator('.label-name').allTextContents(), ['raw']);
        assert.equal((await view.waitForRow('state')).expanded, false);
        await view.setExpanded('state', true);
        await view.waitForRow('led', '4 · 4');
      });

      it('mark what the server retained', async () => {
        await mosquittoPublish(broker, { topic: `kept/${base}`, payload: '21.5 °C', retain: true });
        await subscribe(workbench, 'kept/+', 0);
        await view.waitForRow(base, '1 · R · 21.5 °C');
      });

      it('copy topic and value', async () => {
        await view.contextMenu('led', 'Copy Topic');
        await copied(workbench, `${base}/state/led`);
        await view.contextMenu('led', 'Copy Value');
        await copied(workbench, '4');
      });

      it('take a message to the topic of a row', async () => {
        await view.contextMenu('led', 'Publish Here…');
        const { quickInput } = workbench;
        await quickInput.waitFor('Topic to publish to');
        assert.equal(await quickInput.value(), `${base}/state/led`);
        await quickInput.accept();
        await quickInput.answer('Payload', '{"on":false}');
        await quickInput.pick('Quality of service', 'QoS 2');
        await quickInput.pick('Whether the server keeps the message', 'Not retained');
        await view.waitForRow('led', '{"on":false}');
        await workbench.waitForStatus(`Published ${base}/state/led · 12 B · QoS 2 received exactly once`);
      });

      it('show the packet of a topic in the inspector', async () => {
        await view.contextMenu('raw', 'Show in Inspector');
        await workbench.webview().getByText(`${base}/raw`).first().waitFor();
        await workbench.closeTab('MQTT Inspector');
      });

      it('stay with the connection and are made again when it is up again', async () => {
        const connections = workbench.view('Connections');
        await connections.pressInline(name, 'Disconnect');
        await view.waitForRow(`${base}/#`, 'QoS 1 · not connected');
        await view.pressInline(name, 'Connect');
        await view.waitForRow(`${base}/#`, /^QoS 1 · \d/);
        await mosquittoPublish(broker, { topic: `${base}/raw`, payload: 'again' });
        await view.waitForRow('raw', 'again');
      });

      it('end when they are told to', async () => {
        for (const filter of ['kept/+', `${base}/enter`, `${base}/#`]) {
          await view.pressInline(filter, 'Unsubscribe…');
          await view.waitForRowGone(filter);
        }
        await broker.logged(new RegExp(`Received UNSUBSCRIBE from`));
      });
    });
  }

  describe('that are done', () => {
    it('leave nothing uncaught behind', () => assert.deepEqual(workbench.errors(), []));
  });
});
