import assert from 'node:assert/strict';
import { decodeUtf8, encodeUtf8 } from '../../src/base/utf8';
import type { QoS } from '../../src/protocol/controlPacket';
import { BrokerBench } from '../support/brokerBench';
import { a } from '../support/packets';
import type { RawPeer } from '../support/rawPeer';

/** Larger than a transport takes at once: whoever does not read is full after one of them. */
const block = 'x'.repeat(70_000);
const queueBytes = 200_000;
const limits = { queueBytes, writeBufferBytes: queueBytes };

/** Numbered messages, each 70 kB. */
const numbered = (topic: string, qos: QoS, from: number, count: number) =>
  Array.from({ length: count }, (_, index) =>
    a.publish(topic, qos, qos === 0 ? 0 : from + index, { payload: encodeUtf8(`${from + index} ${block}`) }),
  );

/** The numbers of the messages a peer got. */
const numbersAt = (peer: RawPeer) =>
  peer.packets.flatMap((packet) =>
    packet.type === 'PUBLISH' ? [Number(decodeUtf8(packet.payload)?.split(' ')[0])] : [],
  );

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

async function subscribed(
  bench: BrokerBench,
  clientIdentifier: string,
  filter: string,
  more = {},
): Promise<RawPeer> {
  const peer = await bench.client(clientIdentifier, more);
  await peer.send(a.subscribe(1, [a.subscription(filter, 1)]));
  return peer;
}

describe('A subscriber that is slower than its messages', () => {
  it('is there as long as it sends PINGREQ, though nothing is read from it (3.1.2.10) [MQTT-3.1.2-22]', async () => {
    const bench = new BrokerBench({ writeBufferBytes: 4_000_000 });
    const slow = await bench.client('slow', { keepAlive: 10 });
    await slow.send(a.subscribe(1, [a.subscription('t')]));
    slow.stopReading();
    const publisher = await bench.client('publisher');
    for (let number = 1; number <= 4; number++) {
      await publisher.send(a.publish('t', 0, 0, { payload: new Uint8Array(600_000) }));
    }
    const heard = () => bench.broker.client('slow')?.connection?.lastHeard;
    const before = heard();
    for (let second = 10; second <= 60; second += 10) {
      await slow.send({ type: 'PINGREQ' });
      if (second === 10) assert.equal(heard(), before, 'it is read from');
      await bench.clock.pass(10_000);
      assert.ok(!slow.isClosed, `${second} s`);
    }
    await bench.clock.pass(5_000 + 2_000 + 15_000);
    slow.startReading();
    await slow.received();
    assert.equal(slow.packets.filter(({ type }) => type === 'PUBLISH').length, 0);
  });

  it('makes their publisher wait at QoS 1, and misses nothing', async () => {
    const bench = new BrokerBench(limits);
    const slow = await subscribed(bench, 'slow', 't');
    const publisher = await bench.client('publisher', { keepAlive: 2 });
    slow.stopReading();
    for (let number = 1; number <= 20; number++) await publisher.send(...numbered('t', 1, number, 1));
    const acknowledged = publisher.packets.filter(({ type }) => type === 'PUBACK').length;
    assert.ok(acknowledged >= 3 && acknowledged < 10, `${acknowledged} messages were taken`);
    // Its Keep Alive does not run while nobody reads from it.
    await bench.clock.pass(3_900);
    assert.ok(!publisher.isClosed);
    slow.startReading();
    let answered = 0;
    for (let round = 0; round < 40; round++) {
      await slow.received();
      for (; answered < slow.packets.length; answered++) {
        const packet = slow.packets[answered];
        if (packet?.type === 'PUBLISH') await slow.send(a.acknowledgement('PUBACK', packet.packetIdentifier));
      }
    }
    assert.deepEqual(numbersAt(slow), upTo(20));
    assert.equal(
      (await publisher.received()).filter((text) => text.startsWith('PUBACK')).length,
      20 - acknowledged,
    );
  });

  it('that is its own publisher is not waited for: what is beyond its queue is dropped, and counted', async () => {
    const bench = new BrokerBench({ queuedMessages: 5 });
    const own = await subscribed(bench, 'own', 't');
    for (let number = 1; number <= 20; number++) await own.send(a.publish('t', 1, 100 + number));
    assert.ok((await own.send({ type: 'PINGREQ' })).includes('PINGRESP'));
    const { inFlight = 0, queued = 0, droppedMessages } = bench.broker.client('own') ?? {};
    assert.deepEqual([inFlight + queued, droppedMessages], [5, 15]);
  });

  it('loses QoS 0 beyond its queue, which is counted, and the publisher goes on', async () => {
    const bench = new BrokerBench(limits);
    const dropped: number[] = [];
    bench.broker.onDidDisconnect(({ droppedMessages }) => dropped.push(droppedMessages));
    const slow = await subscribed(bench, 'slow', 't');
    const publisher = await bench.client('publisher');
    slow.stopReading();
    for (let number = 1; number <= 20; number++) await publisher.send(...numbered('t', 0, number, 1));
    assert.deepEqual(await publisher.send({ type: 'PINGREQ' }), ['PINGRESP']);
    slow.startReading();
    for (let round = 0; round < 10; round++) await slow.received();
    const got = numbersAt(slow);
    assert.deepEqual(got, upTo(got.length));
    assert.ok(got.length >= 3 && got.length < 10);
    slow.drop();
    await slow.received();
    assert.deepEqual(dropped, [20 - got.length]);
  });

  it('that goes while some wait misses those, which is counted as well', async () => {
    const bench = new BrokerBench(limits);
    const dropped: number[] = [];
    bench.broker.onDidDisconnect(({ droppedMessages }) => dropped.push(droppedMessages));
    const slow = await subscribed(bench, 'slow', 't', { properties: { sessionExpiryInterval: 100 } });
    slow.stopReading();
    const publisher = await bench.client('publisher');
    for (let number = 1; number <= 3; number++) await publisher.send(...numbered('t', 0, number, 1));
    assert.equal(bench.broker.client('slow')?.droppedMessages, 0);
    slow.drop();
    await publisher.send({ type: 'PINGREQ' });
    const [count = 0] = dropped;
    assert.ok(count > 0 && count < 3, `${count} of 3`);
    assert.equal(bench.broker.client('slow')?.droppedMessages, count);
  });

  it('does not make itself wait: nobody would read its acknowledgements', async () => {
    const bench = new BrokerBench(limits);
    const self = await subscribed(bench, 'self', 't', { properties: { receiveMaximum: 1 } });
    for (let number = 1; number <= 20; number++) await self.send(...numbered('t', 1, number, 1));
    assert.deepEqual(await self.send({ type: 'PINGREQ' }), ['PINGRESP']);
  });

  it('does not make two clients wait for each other', async () => {
    const bench = new BrokerBench(limits);
    const more = { properties: { receiveMaximum: 1 } };
    const one = await subscribed(bench, 'one', 'to/one', more);
    const other = await subscribed(bench, 'other', 'to/other', more);
    for (let number = 1; number <= 10; number++) {
      await one.send(...numbered('to/other', 1, number, 1));
      await other.send(...numbered('to/one', 1, number, 1));
    }
    const answers = [await one.send({ type: 'PINGREQ' }), await other.send({ type: 'PINGREQ' })];
    assert.ok(answers.some((lines) => lines.includes('PINGRESP')));
    // The one that waits goes on as soon as the other has caught up.
    for (const peer of [other, one]) {
      for (let done = 0; done < peer.packets.length; done++) {
        const packet = peer.packets[done];
        if (packet?.type === 'PUBLISH') await peer.send(a.acknowledgement('PUBACK', packet.packetIdentifier));
      }
    }
    await one.received();
    await other.received();
    assert.equal(one.packets.filter(({ type }) => type === 'PINGRESP').length, 1);
    assert.equal(other.packets.filter(({ type }) => type === 'PINGRESP').length, 1);
  });

  it('has to go if it takes nothing while others wait, and they go on', async () => {
    const bench = new BrokerBench(limits);
    const more = { properties: { receiveMaximum: 1, sessionExpiryInterval: 100 } };
    const stuck = await subscribed(bench, 'stuck', 't', more);
    const publisher = await bench.client('publisher');
    for (let number = 1; number <= 10; number++) await publisher.send(...numbered('t', 1, number, 1));
    assert.deepEqual(await publisher.send({ type: 'PINGREQ' }), []);
    await stuck.received();
    await bench.clock.pass(4_000);
    assert.deepEqual(await stuck.received(), ['DISCONNECT 0x97', 'closed']);
    assert.equal((await publisher.received()).at(-1), 'PINGRESP');
    // Its Session keeps what fits.
    const back = await bench.client('stuck', { ...more, cleanStart: false });
    const [packet] = back.packets.slice(-1);
    assert.equal(packet?.type, 'PUBLISH');
  });

  it('misses what does not fit if it goes on taking, but slower than others can wait', async () => {
    const bench = new BrokerBench(limits);
    const dropped: number[] = [];
    bench.broker.onDidDisconnect(({ droppedMessages }) => dropped.push(droppedMessages));
    const slow = await subscribed(bench, 'slow', 't', { properties: { receiveMaximum: 1 } });
    const publisher = await bench.client('publisher');
    for (let number = 1; number <= 10; number++) await publisher.send(...numbered('t', 1, number, 1));
    await bench.clock.pass(2_000);
    await slow.send(a.acknowledgement('PUBACK', 1));
    await bench.clock.pass(2_000);
    assert.equal((await publisher.send({ type: 'PINGREQ' })).at(-1), 'PINGRESP');
    assert.ok(!slow.isClosed);
    let answered = 1;
    for (let round = 0; round < 20; round++) {
      await slow.received();
      const numbers = slow.packets.flatMap((packet) =>
        packet.type === 'PUBLISH' ? [packet.packetIdentifier] : [],
      );
      for (const identifier of numbers.slice(answered)) {
        answered++;
        await slow.send(a.acknowledgement('PUBACK', identifier));
      }
    }
    const got = numbersAt(slow);
    assert.ok(got.length >= 3 && got.length < 10);
    // It has caught up, so that others wait for it again and nothing more is missed.
    await publisher.send(...numbered('t', 1, 11, 1));
    await slow.received();
    assert.deepEqual(numbersAt(slow), [...got, 11]);
    slow.drop();
    await slow.received();
    assert.deepEqual(dropped, [10 - got.length]);
  });

  it('counts what it has not acknowledged, not only what waits to be sent', async () => {
    const bench = new BrokerBench(limits);
    await subscribed(bench, 'silent', 't');
    const publisher = await bench.client('publisher');
    for (let number = 1; number <= 10; number++) await publisher.send(...numbered('t', 1, number, 1));
    assert.deepEqual(await publisher.send({ type: 'PINGREQ' }), []);
  });

  it('makes no more retained messages wait than fit, and loses none, however often it subscribes', async () => {
    for (const qos of [0, 1] as const) {
      const bench = new BrokerBench(limits);
      const dropped: number[] = [];
      bench.broker.onDidDisconnect(({ droppedMessages }) => dropped.push(droppedMessages));
      const publisher = await bench.client('publisher');
      const payload = encodeUtf8(block);
      await publisher.send(a.publish('t', 1, 1, { payload, retain: true }));
      const greedy = await bench.client('greedy', { properties: { receiveMaximum: 1 } });
      const asked = Array.from({ length: 100 }, (_, index) =>
        a.subscribe(index + 1, [a.subscription('t', qos)]),
      );
      greedy.stopReading();
      await greedy.send(...asked);
      assert.ok(bench.broker.queuedBytes <= queueBytes, `${bench.broker.queuedBytes} bytes wait`);
      assert.equal(bench.broker.client('greedy')?.droppedMessages, 0);
      greedy.drop();
      await greedy.received();
      // The one that waits for its connection goes with that.
      assert.deepEqual(dropped, [qos === 0 ? 1 : 0], `QoS ${qos}`);
    }
  });

  it('that goes away lets its publisher go on', async () => {
    const bench = new BrokerBench(limits);
    const slow = await subscribed(bench, 'slow', 't', { properties: { receiveMaximum: 1 } });
    const publisher = await bench.client('publisher');
    for (let number = 1; number <= 10; number++) await publisher.send(...numbered('t', 1, number, 1));
    assert.deepEqual(await publisher.send({ type: 'PINGREQ' }), []);
    slow.drop();
    assert.equal((await publisher.received()).at(-1), 'PINGRESP');
  });
});

describe('A Session without a connection', () => {
  it('keeps what fits its queue', async () => {
    const bench = new BrokerBench(limits);
    const lasting = { cleanStart: false, properties: { sessionExpiryInterval: 100 } };
    const away = await subscribed(bench, 'away', 't', lasting);
    away.drop();
    const publisher = await bench.client('publisher');
    for (let number = 1; number <= 10; number++) await publisher.send(...numbered('t', 1, number, 1));
    assert.equal(publisher.packets.filter(({ type }) => type === 'PUBACK').length, 10);
    const back = await bench.client('away', lasting);
    await back.received();
    assert.deepEqual(numbersAt(back), [1, 2, 3]);
  });
});
