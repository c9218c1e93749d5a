import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { FakeUri, fakeVscode } from '../../support/vscodeFake';
import type { ProtocolVersion } from '../../../src/protocol/controlPacket';
import { BrokerCommands } from '../../../src/ui/broker/brokerCommands';
import { repositoryRoot } from '../../support/paths';
import { type BrokerWindow, running } from './brokerWindow';

const { window: shown } = fakeVscode;

function commandsOf({ local, captures, problems, clock }: BrokerWindow): BrokerCommands {
  return new BrokerCommands({
    ...{ local, captures, problems },
    documents: { open: () => assert.fail('nothing is opened') },
    inspectClient: () => assert.fail('nothing is inspected'),
    authority: () => Promise.resolve(undefined),
    now: () => clock.now(),
    extensionUri: FakeUri.file(repositoryRoot) as never,
  });
}

describe('Commands about clients of the local broker', () => {
  beforeEach(() => {
    shown.messages.length = shown.picks.length = shown.panels.length = 0;
    shown.press = shown.pick = undefined;
  });

  async function connected(version: ProtocolVersion) {
    const window = await running();
    const device = window.device(version);
    await device.connect('dev');
    return {
      device,
      disconnect: () => commandsOf(window).disconnectBrokerClient({ clientIdentifier: 'dev' }),
    };
  }

  it('ask for a Reason Code where it is told, which is since 5.0', async () => {
    const { device, disconnect } = await connected(5);
    await disconnect();
    assert.deepEqual([shown.picks[0]?.asked, device.isClosed], ['Reason Code of DISCONNECT', false]);
    shown.pick = 'Server busy';
    await disconnect();
    assert.deepEqual([...(device.received.at(-1) ?? [])], [0xe0, 1, 0x89]);
    assert.deepEqual(shown.messages, []);
  });

  for (const version of [3, 4] as const) {
    it(`only ask whether a client of version ${version} is to go, since no reason can be told it`, async () => {
      const { device, disconnect } = await connected(version);
      await disconnect();
      assert.deepEqual([shown.picks, device.isClosed], [[], false]);
      const [{ text, detail, buttons } = assert.fail()] = shown.messages;
      assert.deepEqual([text, buttons], ['Disconnect dev?', ['Disconnect']]);
      assert.equal(detail, 'No reason can be told before MQTT 5.0: its connection just ends.');
      const heard = device.received.length;
      shown.press = 'Disconnect';
      await disconnect();
      assert.deepEqual([device.isClosed, device.received.length], [true, heard]);
    });
  }
});

describe('The panel with a QR code', () => {
  it('has an icon of its own for each kind of theme', async () => {
    await commandsOf(await running()).showBrokerQrCode({ url: 'mqtt://127.0.0.1:1883' });
    const { title, iconPath, webview } = shown.panels.at(-1) ?? assert.fail();
    assert.equal(title, 'QR Code: mqtt://127.0.0.1:1883');
    assert.match(webview.html, /<img/);
    for (const theme of ['light', 'dark'] as const) {
      const file = iconPath?.[theme].path ?? '';
      assert.equal(path.basename(file), `qrCode-${theme}.svg`);
      assert.ok(fs.existsSync(file), file);
    }
  });
});
