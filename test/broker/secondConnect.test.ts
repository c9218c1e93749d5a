import assert from 'node:assert/strict';
import { BrokerBench } from '../support/brokerBench';
import { a, encodeAll } from '../support/packets';

describe('A second CONNECT', () => {
  it('is answered with a Reason Code that DISCONNECT may carry, whatever is wrong with it [MQTT-3.1.0-2]', async () => {
    const good = encodeAll([a.connect({ clientIdentifier: 'c' })], 5);
    for (let at = 0; at < good.length; at++) {
      for (const byte of [0x00, 0x09, 0xff]) {
        const bench = new BrokerBench();
        const client = await bench.client('c');
        const bytes = good.slice();
        bytes[at] = byte;
        await client.sendBytes(bytes);
        // A packet that is cut short waits for its rest.
        bench.broker.disconnect('c');
        await client.received();
        const said = client.packets.slice(1).map((packet) => packet.type);
        assert.ok(said.every((type) => type !== 'CONNACK'));
      }
    }
  });

  it('in a version nobody knows is a Protocol Error', async () => {
    const client = await new BrokerBench().client('c');
    const bytes = encodeAll([a.connect({ clientIdentifier: 'c' })], 5).slice();
    bytes[8] = 9;
    const [said] = await client.sendBytes(bytes);
    assert.match(said ?? '', /^DISCONNECT 0x8[12]/);
  });
});
