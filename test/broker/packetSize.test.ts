import assert from 'node:assert/strict';
import type { Violation } from '../../src/protocol/violations';
import { BrokerBench } from '../support/brokerBench';
import { a } from '../support/packets';

describe("The broker's limit on the size of packets", () => {
  it('holds for CONNECT, which is answered in the version that it names', async () => {
    const bench = new BrokerBench({ maximumPacketSize: 64 });
    const connect = a.connect({ clientIdentifier: 'c'.repeat(100) });
    assert.deepEqual(await bench.open().send(connect), ['CONNACK 0x95', 'closed']);
    assert.deepEqual(await bench.open(4).send({ ...connect, protocolVersion: 4 }), ['closed']);
  });

  it('is no rule that a client breaks before CONNACK has told it [MQTT-3.2.2-15]', async () => {
    const bench = new BrokerBench({ maximumPacketSize: 64 });
    const endings: unknown[] = [];
    bench.broker.onDidDisconnect(({ ending }) => endings.push(ending));
    const large = a.publish('t', 0, 0, { payload: new Uint8Array(100) });
    const clientIdentifier = 'c'.repeat(100);
    for (const version of [5, 3] as const)
      await bench.open(version).send(a.connect({ clientIdentifier, protocolVersion: version }));
    for (const protocolVersion of [4, 5] as const) {
      const client = await bench.client('c', { protocolVersion });
      await client.send(large);
    }
    const limit = { reasonCode: 0x95, cause: 'maximumPacketSize' };
    assert.deepEqual(endings.slice(0, 3), [
      { kind: 'refused', ...limit, version: 5, packetSize: 115 },
      { kind: 'refused', ...limit, version: 3, packetSize: 116 },
      { kind: 'disconnectedByServer', ...limit, packetSize: 105 },
    ]);
    const [broken] = endings.slice(3) as readonly { readonly violation?: Violation }[];
    assert.deepEqual([broken?.violation?.id, broken?.violation?.subject], ['packetTooLarge', 'client']);
  });
});
