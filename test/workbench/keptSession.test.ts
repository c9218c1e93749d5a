import { strict as assert } from 'node:assert';
import * as net from 'node:net';
import type { AddressInfo } from 'node:net';
import type { ControlPacket, Publish } from '../../src/protocol/controlPacket';
import { SocketTransport } from '../../src/transport/socketTransport';
import { a } from '../support/packets';
import { requirePeer } from '../support/peers';
import { RawPeer } from '../support/rawPeer';
import type { ViewPane } from '../support/viewPane';
import type { Workbench } from '../support/workbench';
import { sharedWorkbench } from './sharedWorkbench';

const name = 'kept';

describe('A session that the extension keeps, in real VS Code', function () {
  this.timeout(120_000);
  /** The server is the test: the connections it got, first to last. */
  const peers: RawPeer[] = [];
  const server = net.createServer((socket) =>
    peers.push(new RawPeer(new SocketTransport(socket, 'workbench'), 5)),
  );
  let workbench: Workbench;
  let view: ViewPane;

  before(async function () {
    requirePeer(this, 'chromium');
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const connection = {
      ...{ name, host: '127.0.0.1', port, version: '5.0', userName: 'ada' },
      ...{ clientId: 'desk', cleanStart: false, keepAlive: 0 },
    };
    workbench = await sharedWorkbench({
      suite: 'kept-session',
      settings: { 'mqttWorkbench.connections': [connection] },
    });
    view = workbench.view('Connections');
    await workbench.openContainer('MQTT');
    await view.waitForRow(name);
  });
  after(async () => {
    if (peers.length > 0) await view.pressInline(name, 'Disconnect');
    server.close();
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await workbench.screenshot(`failed-${this.currentTest.title}`);
  });

  /** The first packet of a type that came, or comes, on a connection. */
  async function next<T extends ControlPacket['type']>(
    type: T,
    connection: number,
  ): Promise<Extract<ControlPacket, { type: T }>> {
    for (;;) {
      const found = peers[connection]?.packets.find((packet) => packet.type === type);
      if (found) return found as Extract<ControlPacket, { type: T }>;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async function connected(connection: number, sessionPresent: boolean): Promise<RawPeer> {
    await view.pressInline(name, 'Connect');
    const { clientIdentifier, cleanStart } = await next('CONNECT', connection);
    assert.deepEqual([clientIdentifier, cleanStart], ['desk', false]);
    const peer = peers[connection];
    assert.ok(peer);
    await peer.send(a.connack({ sessionPresent }));
    await view.waitForRow(name, '/s');
    return peer;
  }

  async function publish(topicName: string, qos: 1 | 2): Promise<void> {
    const { quickInput } = workbench;
    await workbench.runCommand('MQTT: Publish…');
    await quickInput.answer('Topic to publish to', topicName);
    await quickInput.answer('Payload', 'once');
    await quickInput.pick('Quality of service', `QoS ${qos}`);
    await quickInput.pick('Whether the server keeps the message', 'Not retained');
  }

  const publishesOf = ({ packets }: RawPeer): readonly Publish[] =>
    packets.filter((packet) => packet.type === 'PUBLISH');

  it('goes on after a reload of the window: a QoS 2 message that was cut in the middle arrives exactly once [MQTT-4.3.3-1] [MQTT-4.4.0-1]', async () => {
    await connected(0, false);
    await publish('cut', 2);
    const first = await next('PUBLISH', 0);
    assert.deepEqual([first.topicName, first.qos, first.dup], ['cut', 2, false]);
    // No PUBREC comes: the server may have it or not.
    await workbench.reload();
    await workbench.openContainer('MQTT');
    await view.waitForRow(name);

    const second = await connected(1, true);
    const again = await next('PUBLISH', 1);
    assert.deepEqual(again, { ...first, dup: true });
    await second.send(a.acknowledgement('PUBREC', first.packetIdentifier));
    await next('PUBREL', 1);
    await second.send(a.acknowledgement('PUBCOMP', first.packetIdentifier));
    await view.pressInline(name, 'Disconnect');
    await next('DISCONNECT', 1);
    assert.equal(publishesOf(second).length, 1);

    const third = await connected(2, true);
    await publish('after', 1);
    const after = await next('PUBLISH', 2);
    assert.equal(after.topicName, 'after');
    assert.deepEqual(
      third.packets.map(({ type }) => type),
      ['CONNECT', 'PUBLISH'],
    );
    await third.send(a.acknowledgement('PUBACK', after.packetIdentifier));
  });

  it('leaves nothing uncaught behind', () => assert.deepEqual(workbench.errors(), []));
});
