import assert from 'node:assert/strict';
import { encodeUtf8 } from '../../src/base/utf8';
import { BrokerBench } from '../support/brokerBench';
import { a } from '../support/packets';
import type { RawPeer } from '../support/rawPeer';

/** More than a client's queue takes in these tests, and than is looked at in one turn. */
const topics = 3_000;
const limits = { queuedMessages: 20 };

async function withRetained(bench: BrokerBench, count = topics): Promise<RawPeer> {
  const publisher = await bench.client('publisher');
  const retained = Array.from({ length: count }, (_, index) =>
    a.publish(`t/${index}`, 1, index + 1, { retain: true }),
  );
  await publisher.send(...retained);
  return publisher;
}

const topicsAt = (peer: RawPeer) =>
  peer.packets.flatMap((packet) => (packet.type === 'PUBLISH' ? [packet.topicName] : []));

/** Acknowledges what comes, at any QoS 1, until nothing more does. */
async function takeAll(bench: BrokerBench, peer: RawPeer, from = 0): Promise<number> {
  let answered = from;
  let idle = 0;
  while (idle < 3) {
    await bench.clock.pass(0);
    await peer.received();
    const fresh = peer.packets.slice(answered);
    answered = peer.packets.length;
    idle = fresh.length === 0 ? idle + 1 : 0;
    const answers = fresh.flatMap((packet) =>
      packet.type === 'PUBLISH' && packet.qos === 1
        ? [a.acknowledgement('PUBACK', packet.packetIdentifier)]
        : [],
    );
    if (answers.length > 0) await peer.send(...answers);
  }
  return answered;
}

describe('Retained messages for a new subscription', () => {
  for (const qos of [0, 1] as const) {
    it(`come as the client takes them, and all of them, at QoS ${qos} [MQTT-3.3.1-9]`, async () => {
      const bench = new BrokerBench(limits);
      await withRetained(bench);
      const client = await bench.client('client');
      await client.send(a.subscribe(1, [a.subscription('#', qos)]));
      assert.ok((bench.broker.client('client')?.queued ?? 0) <= limits.queuedMessages);
      await takeAll(bench, client);
      assert.equal(new Set(topicsAt(client)).size, topics);
      assert.equal(topicsAt(client).length, topics);
      assert.equal(bench.broker.client('client')?.droppedMessages, 0);
    });
  }

  it('are looked for once where one SUBSCRIBE names the same filter again and again', async () => {
    const bench = new BrokerBench(limits);
    await withRetained(bench);
    const client = await bench.client('client');
    const same = Array.from({ length: 20_000 }, () => a.subscription('#', 0));
    await client.send(a.subscribe(1, same));
    assert.ok(topicsAt(client).length < topics, 'all of it in one turn');
    await takeAll(bench, client);
    assert.equal(topicsAt(client).length, topics);
  });

  it('leave room for other messages, which are not sent twice [MQTT-3.3.1-12]', async () => {
    const bench = new BrokerBench(limits);
    const publisher = await withRetained(bench, 100);
    const client = await bench.client('client');
    await client.send(a.subscribe(1, [a.subscription('#', 1)]));
    await publisher.send(a.publish('t/99', 1, 1, { retain: true, payload: encodeUtf8('later') }));
    await takeAll(bench, client);
    const got = topicsAt(client);
    assert.equal(got.length, 100);
    assert.equal(got.filter((topic) => topic === 't/99').length, 1);
  });

  it('end with their subscription [MQTT-3.10.4-2]', async () => {
    const bench = new BrokerBench(limits);
    await withRetained(bench, 100);
    const client = await bench.client('client');
    await client.send(a.subscribe(1, [a.subscription('#', 1)]));
    await client.send(a.unsubscribe(2, ['#']));
    await takeAll(bench, client);
    assert.ok(topicsAt(client).length <= limits.queuedMessages);
  });

  it('go on where the client goes on with its Session (4.1)', async () => {
    const bench = new BrokerBench(limits);
    await withRetained(bench, 100);
    const lasting = { cleanStart: false, properties: { sessionExpiryInterval: 100 } };
    const client = await bench.client('client', lasting);
    await client.send(a.subscribe(1, [a.subscription('#', 1)]));
    client.drop();
    await client.received();
    const back = await bench.client('client', lasting);
    await takeAll(bench, back);
    assert.equal(new Set([...topicsAt(client), ...topicsAt(back)]).size, 100);
  });

  it('that were cleared or have expired meanwhile are not sent', async () => {
    const bench = new BrokerBench(limits);
    const publisher = await withRetained(bench, 50);
    await publisher.send(a.publish('u', 1, 1, { retain: true, properties: { messageExpiryInterval: 1 } }));
    const client = await bench.client('client');
    await client.send(a.subscribe(1, [a.subscription('#', 1)]));
    assert.equal(bench.broker.clearRetained('t/49'), 1);
    await bench.clock.pass(1_000);
    await takeAll(bench, client);
    assert.equal(topicsAt(client).length, 49);
    assert.ok(!topicsAt(client).includes('u'));
    assert.equal(bench.broker.retainedMessages().length, 49);
  });
});
