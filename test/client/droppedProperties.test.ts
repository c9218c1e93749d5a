import assert from 'node:assert/strict';
import { ClientBench } from '../support/clientBench';
import { turn } from '../support/fakeClock';
import { a } from '../support/packets';

const contentType = { properties: { contentType: 'c', userProperties: [] } };

describe('What the version that is spoken cannot say', () => {
  for (const version of [3, 4] as const) {
    it(`is told with the outcome of a publish by a client of ${version === 3 ? '3.1' : '3.1.1'}`, async () => {
      const bench = new ClientBench({ version });
      await bench.connected();
      const messages = [
        bench.publish('a', 1, contentType),
        bench.publish('b'),
        bench.publish('c', 0, contentType),
      ];
      await turn();
      await bench.server.send(a.acknowledgement('PUBACK', 1), a.acknowledgement('PUBACK', 2));
      const droppedProperties = ['contentType'];
      assert.deepEqual(await Promise.all(messages), [
        { reasonCode: 0, packetIdentifier: 1, properties: {}, droppedProperties },
        { reasonCode: 0, packetIdentifier: 2, properties: {} },
        { reasonCode: 0, packetIdentifier: 0, properties: {}, droppedProperties },
      ]);
    });
  }

  it('is nothing in 5.0, and nobody misses a Topic Alias', async () => {
    const bench = new ClientBench();
    await bench.connected();
    const sent = bench.publish('a', 0, contentType);
    assert.deepEqual(await sent, { reasonCode: 0, packetIdentifier: 0, properties: {} });
    const old = new ClientBench({ version: 4, queueQoS0: true });
    const waiting = old.publish('a', 0, { properties: { topicAlias: 1 } });
    await old.connected();
    assert.deepEqual(await waiting, { reasonCode: 0, packetIdentifier: 0, properties: {} });
  });

  it('is told where the server makes the client fall back after the message was taken, even as the connection ends', async () => {
    const bench = new ClientBench({
      version: 'automatic',
      properties: { userProperties: [['a', 'b']] },
      receiveMaximum: 10,
      will: {
        ...{ topicName: 'w', payload: new Uint8Array(), qos: 0, retain: false },
        properties: { willDelayInterval: 5, contentType: 'c' },
      },
    });
    const message = bench.publish('a', 1, contentType);
    const connecting = bench.client.connect();
    await turn();
    bench.serverVersion = 4;
    await bench.server.received();
    await bench.server.send(a.connack({ reasonCode: 0x84 }));
    await bench.server.received();
    await bench.server.send(a.connack());
    await connecting;
    const { state } = bench.client;
    assert.ok(state.state === 'connected');
    assert.deepEqual(state.dropped, {
      connect: ['receiveMaximum', 'userProperties'],
      will: ['contentType', 'willDelayInterval'],
    });
    await bench.server.send(a.acknowledgement('PUBACK', 1), { type: 'PINGREQ' });
    assert.deepEqual((await message).droppedProperties, ['contentType']);
  });

  it('is told with the answer to SUBSCRIBE and UNSUBSCRIBE, options of 5.0 included', async () => {
    const bench = new ClientBench({ version: 4 });
    await bench.connected();
    const properties = { userProperties: [['a', 'b'] as [string, string]] };
    const plain = {
      topicFilter: 't',
      qos: 0,
      noLocal: false,
      retainAsPublished: false,
      retainHandling: 0,
    } as const;
    const wanted = [plain, { ...plain, topicFilter: 'u', noLocal: true, retainHandling: 2 as const }];
    const subscribed = bench.client.subscribe(wanted, properties);
    const simple = bench.client.subscribe([plain]);
    const ended = bench.client.unsubscribe(['t'], properties);
    await turn();
    await bench.server.send(a.suback(1, [0, 0]), a.suback(2, [0]), a.unsuback(3, []));
    const droppedProperties = ['userProperties'];
    assert.deepEqual(await Promise.all([subscribed, simple, ended]), [
      {
        reasonCodes: [0, 0],
        properties: {},
        droppedProperties,
        droppedOptions: ['noLocal', 'retainHandling'],
      },
      { reasonCodes: [0], properties: {} },
      { reasonCodes: [0], properties: {}, droppedProperties },
    ]);
  });

  it('is told with the outcome of disconnect(), the reason included', async () => {
    const given = { reasonCode: 0x04, properties: { reasonString: 'battery is low' } };
    const old = new ClientBench({ version: 4 });
    await old.connected();
    assert.deepEqual(await old.client.disconnect(given), {
      droppedProperties: ['reasonString'],
      droppedReasonCode: 0x04,
    });
    assert.deepEqual(await old.client.disconnect(given), {});
    const bench = new ClientBench();
    await bench.connected();
    assert.deepEqual(await bench.client.disconnect(given), {});
  });
});
