import assert from 'node:assert/strict';
import { encodeUtf8 } from '../../src/base/utf8';
import { BrokerBench } from '../support/brokerBench';
import { a } from '../support/packets';

/** With its topic and what goes with a message, 1,000 bytes. */
const payload = encodeUtf8('x'.repeat(1_000 - 64 - 1));
const lasting = { cleanStart: false, properties: { sessionExpiryInterval: 100 } };
const message = (topic: string, qos: 0 | 1, identifier: number) =>
  a.publish(topic, qos, qos === 0 ? 0 : identifier, { payload });

/** A subscriber that is away. */
async function away(bench: BrokerBench, clientIdentifier: string, topic: string): Promise<void> {
  const peer = await bench.client(clientIdentifier, lasting);
  await peer.send(a.subscribe(1, [a.subscription(topic, 1)]));
  peer.drop();
  await peer.received();
}

describe('What waits for all clients together', () => {
  it('is bounded: who has more than an equal part of it gets no more, which is counted, and others still do', async () => {
    const bench = new BrokerBench({ totalQueueBytes: 10_000 });
    await away(bench, 'flooded', 'f');
    await away(bench, 'other', 'o');
    const publisher = await bench.client('publisher');
    for (let number = 1; number <= 20; number++) await publisher.send(message('f', 1, number));
    assert.equal(bench.broker.client('flooded')?.queued, 11);
    assert.equal(bench.broker.client('flooded')?.droppedMessages, 9);
    // A third of the bound is its part.
    for (let number = 21; number <= 30; number++) await publisher.send(message('o', 1, number));
    assert.equal(bench.broker.client('other')?.queued, 4);
    assert.equal(bench.broker.client('other')?.droppedMessages, 6);
    assert.equal(bench.broker.queuedBytes, 15_000);
  });

  it('is nothing any more once it was taken, expired with its Session, or was for a connection that is over', async () => {
    const bench = new BrokerBench({ totalQueueBytes: 10_000 });
    for (const name of ['back', 'gone', 'forgotten']) await away(bench, name, 't');
    const publisher = await bench.client('publisher');
    await publisher.send(message('t', 1, 1), message('t', 1, 2));
    assert.equal(bench.broker.queuedBytes, 6_000);
    bench.broker.forgetSession('forgotten');
    assert.equal(bench.broker.queuedBytes, 4_000);
    const back = await bench.client('back', lasting);
    await back.send(a.acknowledgement('PUBACK', 1));
    assert.equal(bench.broker.queuedBytes, 3_000);
    await back.send(a.acknowledgement('PUBACK', 2));
    await bench.clock.pass(100_000);
    assert.equal(bench.broker.queuedBytes, 0);

    const slow = await bench.client('slow');
    await slow.send(a.subscribe(1, [a.subscription('t', 0)]));
    slow.stopReading();
    for (let number = 0; number < 200; number++) await publisher.send(message('t', 0, 0));
    assert.ok(
      bench.broker.queuedBytes > 9_000 && bench.broker.queuedBytes <= 11_000,
      String(bench.broker.queuedBytes),
    );
    assert.ok((bench.broker.client('slow')?.droppedMessages ?? 0) > 0);
    slow.startReading();
    slow.drop();
    await slow.received();
    assert.equal(bench.broker.queuedBytes, 0);
  });

  it('makes publishers wait for a client that is connected, rather than lose anything', async () => {
    const bench = new BrokerBench({ totalQueueBytes: 5_000 });
    const slow = await bench.client('slow', { properties: { receiveMaximum: 1 } });
    await slow.send(a.subscribe(1, [a.subscription('t', 1)]));
    const publisher = await bench.client('publisher');
    for (let number = 1; number <= 10; number++) await publisher.send(message('t', 1, number));
    assert.ok(bench.broker.queuedBytes < 8_000, String(bench.broker.queuedBytes));
    for (let number = 1; number <= 10; number++) await slow.send(a.acknowledgement('PUBACK', number));
    await publisher.received();
    assert.equal(slow.packets.filter(({ type }) => type === 'PUBLISH').length, 10);
    assert.equal(bench.broker.client('slow')?.droppedMessages, 0);
    assert.equal(bench.broker.queuedBytes, 0);
  });
});
