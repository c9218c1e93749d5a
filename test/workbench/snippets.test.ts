import { strict as assert } from 'node:assert';
import { equalBytes } from '../../src/base/bytes';
import { encodeUtf8 } from '../../src/base/utf8';
import { becomes } from '../support/eventually';
import { gesture } from '../support/gesture';
import { type Mosquitto, mosquittoSubscribe, type MosquittoSubscription } from '../support/mosquitto';
import type { Workbench } from '../support/workbench';
import { useBench } from './bench';
import { addConnection, connect } from './person';

const file = `@device = bench-7
@base = devices/{{device}}

### LED on
PUBLISH {{base}}/led
QoS: 1

{"on": true,   "note": "spaces,\ttabs and ünïcode stay"}

### Raw bytes
PUBLISH {{base}}/raw
QoS: 2
Body: hex

DE AD BE EF   00 01

### Somebody else
PUBLISH {{base}}/named
Connection: nowhere

x

### Mistake
PUBLISH {{base}}/{{missing}}

x

### Properties
PUBLISH {{base}}/properties
Content-Type: text/plain

x
`;

describe('Snippets in real VS Code', function () {
  this.timeout(120_000);
  let broker: Mosquitto;
  let workbench: Workbench;

  useBench(
    {
      suite: 'snippets',
      viewport: { width: 1280, height: 1400 },
      peers: ['mosquitto_sub'],
      files: { 'bench.mqtt': file },
    },
    (bench) => void ({ broker, workbench } = bench),
  );

  it('are listed with the messages in them, and open at their line', async () => {
    const view = workbench.view('Snippets');
    await view.waitForRow('bench.mqtt');
    await view.waitForRow('LED on', '{{base}}/led');
    await becomes(
      async () => (await view.rows()).map(({ label }) => label),
      ['bench.mqtt', 'LED on', 'Raw bytes', 'Somebody else', 'Mistake', 'Properties'],
    );
    await view.select('Raw bytes');
    await workbench.editor('bench.mqtt').waitOpen();
    await workbench.page.locator('.statusbar-item', { hasText: 'Ln 11, Col 1' }).waitFor();
  });

  it('underline what is wrong in them', async () => {
    const editor = await workbench.openFile('bench.mqtt');
    assert.match(await editor.hover('missing'), /There is no variable 'missing'/);
    await becomes(() => editor.squiggles('error'), 1);
  });

  it('ask for a connection where there is none', async () => {
    await workbench.editor('bench.mqtt').pressCodeLens('Publish…', 'PUBLISH {{base}}/led');
    await workbench.answerNotification('There is no connection yet', 'Add Connection');
    await workbench.quickInput.waitFor('Name of the connection');
    await workbench.quickInput.cancel();
  });

  for (const version of ['3.1.1', '5.0'] as const) {
    describe(`over MQTT ${version}`, () => {
      const name = `bench ${version}`;
      let subscriber: MosquittoSubscription;

      before(async () => {
        subscriber = await mosquittoSubscribe(broker, 'devices/#');
        await addConnection(workbench, { name, port: broker.port, version });
        await connect(workbench, name);
        await workbench.openFile('bench.mqtt');
      });
      after(async () => {
        await subscriber?.stop();
        await workbench.view('Connections').pressInline(name, 'Disconnect');
        await workbench.view('Connections').waitForRow(name, /^[^/]*$/);
      });

      it('send exactly the bytes of their block when the lens over it is pressed', async () => {
        const editor = workbench.editor('bench.mqtt');
        await editor.pressCodeLens(`Publish on ${name}`, 'PUBLISH {{base}}/led');
        const [led] = await subscriber.received(1);
        assert.equal(led?.topic, 'devices/bench-7/led');
        assert.equal(led?.qos, 1);
        const body = '{"on": true,   "note": "spaces,\ttabs and ünïcode stay"}';
        assert.ok(equalBytes(led?.payload ?? encodeUtf8(''), encodeUtf8(body)));
        await workbench.page
          .locator('.statusbar-item', { hasText: 'Published devices/bench-7/led' })
          .waitFor();
        await workbench.screenshot(`published-${version}`);

        await editor.pressCodeLens(`Publish on ${name}`, 'PUBLISH {{base}}/raw');
        const raw = (await subscriber.received(2))[1];
        assert.equal(raw?.qos, 2);
        assert.deepEqual(raw?.payload, Uint8Array.of(0xde, 0xad, 0xbe, 0xef, 0, 1));
      });

      it('send nothing where something is wrong, and name the line', async () => {
        await workbench
          .editor('bench.mqtt')
          .pressCodeLens(`Publish on ${name}`, 'PUBLISH {{base}}/{{missing}}');
        const toast = await workbench.notification("There is no variable 'missing'");
        assert.match((await toast.textContent()) ?? '', /bench\.mqtt, line 24: .*Nothing was sent\./);
        await workbench.screenshot(`problem-${version}`);
        await workbench.answerNotification("There is no variable 'missing'", 'Go to Line');
        await workbench.page.locator('.statusbar-item', { hasText: 'Ln 24, ' }).waitFor();
      });

      it('say that the connection they name is not there', async () => {
        await workbench.editor('bench.mqtt').pressCodeLens('Publish on nowhere', 'PUBLISH {{base}}/named');
        await workbench.notification('there is no connection called "nowhere"');
        await workbench.clearNotifications();
      });

      if (version === '3.1.1') {
        it('say that properties need MQTT 5.0', async () => {
          await workbench
            .editor('bench.mqtt')
            .pressCodeLens(`Publish on ${name}`, 'PUBLISH {{base}}/properties');
          await workbench.notification("'Content-Type' exists since MQTT 5.0");
          await workbench.clearNotifications();
        });
      } else {
        it('go to a connection that is chosen, connecting it', async () => {
          const editor = workbench.editor('bench.mqtt');
          await gesture(async () => {
            await editor.pressCodeLens('Publish on another connection…', 'PUBLISH {{base}}/led');
            await workbench.quickInput.pick('Connection to publish "LED on" on', 'bench 3.1.1');
          });
          assert.equal((await subscriber.received(3))[2]?.topic, 'devices/bench-7/led');
          await workbench.view('Connections').pressInline('bench 3.1.1', 'Disconnect');
          await workbench.view('Connections').waitForRow('bench 3.1.1', /^[^/]*$/);
        });

        it('send what the editor has, saved or not', async () => {
          const editor = workbench.editor('bench.mqtt');
          const raw = await mosquittoSubscribe(broker, 'devices/bench-7/raw');
          await editor.goToLine(1);
          await workbench.page.keyboard.insertText('# One line more moves every block down.\n');
          await editor.goToLine(16);
          await workbench.page.keyboard.insertText('CAFE ');
          await editor.pressCodeLens(`Publish on ${name}`, 'PUBLISH {{base}}/raw');
          const [message] = await raw.received(1);
          await raw.stop();
          assert.deepEqual(message?.payload, Uint8Array.of(0xca, 0xfe, 0xde, 0xad, 0xbe, 0xef, 0, 1));
        });
      }
    });
  }

  describe('that are done', () => {
    it('leave nothing uncaught behind', () => assert.deepEqual(workbench.errors(), []));
  });
});
