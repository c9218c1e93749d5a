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

describe('What comes right before DISCONNECT', () => {
  for (const version of [4, 5] as const) {
    const code = version === 5 ? ' 0x00' : '';
    it(`is answered in ${version === 5 ? '5.0' : '3.1.1'} [MQTT-4.3.2-4] [MQTT-4.3.3-8] [MQTT-3.8.4-1]`, async () => {
      const bench = new BrokerBench();
      const subscriber = await bench.client('s');
      await subscriber.send(a.subscribe(1, [a.subscription('w')]));
      const will = {
        topicName: 'w',
        payload: new Uint8Array(1),
        qos: 0,
        retain: false,
        properties: {},
      } as const;
      const client = await bench.client('c', { protocolVersion: version, will });
      assert.deepEqual(
        await client.send(
          a.subscribe(1, [a.subscription('t')]),
          a.publish('u', 1, 2),
          a.publish('u', 2, 3),
          a.unsubscribe(4, ['t']),
          a.publish('u', 0),
          a.disconnect(),
        ),
        [
          'CONNACK 0x00',
          'SUBACK #1 0x00',
          `UNSUBACK #4${code}`,
          `PUBACK #2${version === 5 ? ' 0x10' : ''}`,
          `PUBREC #3${version === 5 ? ' 0x10' : ''}`,
          'closed',
        ].slice(1),
      );
      assert.deepEqual(await subscriber.received(), []); // [MQTT-3.14.4-3]
      assert.equal(bench.events.at(-1), '- c disconnectedByClient');
    });
  }
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
