import assert from 'node:assert/strict';
import type { ProtocolVersion } from '../../src/protocol/controlPacket';
import { BrokerBench } from '../support/brokerBench';
import { a } from '../support/packets';

/** Its Session outlives the connection. */
const lasting = (protocolVersion: ProtocolVersion) => ({
  protocolVersion,
  cleanStart: false,
  properties: protocolVersion === 5 ? { sessionExpiryInterval: 100 } : {},
});

describe('A message the broker has accepted', () => {
  for (const version of [4, 5] as const) {
    for (const qos of [1, 2] as const) {
      it(`survives that its only subscriber leaves in the same chunk, QoS ${qos} in version ${version}`, async () => {
        const bench = new BrokerBench();
        const client = await bench.client('c', lasting(version));
        await client.send(a.subscribe(1, [a.subscription('t', 2)]));
        await client.send(a.publish('t', qos, 9), a.disconnect());
        const back = bench.open(version);
        assert.deepEqual(await back.send(a.connect({ clientIdentifier: 'c', ...lasting(version) })), [
          'CONNACK 0x00 present',
          `PUBLISH q${qos} #1 t "x"`,
        ]);
      });
    }
  }

  it('survives that the subscriber is taken over before it was sent', async () => {
    const bench = new BrokerBench();
    const subscriber = await bench.client('s', lasting(5));
    await subscriber.send(a.subscribe(1, [a.subscription('t', 1)]));
    const publisher = await bench.client('p');
    const next = bench.open();
    void subscriber.send(a.disconnect());
    void publisher.send(a.publish('t', 1, 1));
    assert.deepEqual(await next.send(a.connect({ clientIdentifier: 's', ...lasting(5) })), [
      'CONNACK 0x00 present',
      'PUBLISH q1 #1 t "x"',
    ]);
  });
});
