import assert from 'node:assert/strict';
import { RetainedExpiry } from '../../src/broker/retainedExpiry';
import { BrokerBench } from '../support/brokerBench';
import { FakeClock } from '../support/fakeClock';
import { MemoryDisk, MemoryJournal } from '../support/memoryJournal';
import { a } from '../support/packets';

const expiring = (topicName: string, messageExpiryInterval: number) =>
  a.publish(topicName, 0, 0, { retain: true, properties: { messageExpiryInterval } });

describe('A retained message whose Message Expiry Interval has passed', () => {
  it('is gone within a second though nobody looks at it, from counts and memory too (3.3.2.3.3)', async () => {
    const bench = new BrokerBench({ sysInterval: 1 });
    const publisher = await bench.client('p');
    const count = async () => {
      const topic = '$SYS/broker/retained messages/count';
      const client = await bench.client('s');
      await client.send(a.subscribe(1, [a.subscription(topic)]));
      const last = client.packets.at(-1);
      client.drop();
      return last?.type === 'PUBLISH' ? Number(Buffer.from(last.payload).toString()) : undefined;
    };
    await bench.clock.pass(1_000);
    const own = await count();
    await publisher.send(...Array.from({ length: 1_200 }, (_, index) => expiring(`t/${index}`, 10)));
    await publisher.send(expiring('later', 20), a.publish('stays', 0, 0, { retain: true }));
    await bench.clock.pass(5_000);
    assert.equal(bench.broker.retainedCount, 1_202);
    assert.equal((await count()) ?? 0, (own ?? 0) + 1_202);
    await bench.clock.pass(6_000);
    assert.equal(bench.broker.retainedCount, 2);
    await bench.clock.pass(1_000);
    assert.equal((await count()) ?? 0, (own ?? 0) + 2);
    await bench.clock.pass(10_000);
    assert.equal(bench.broker.retainedCount, 1);
    await bench.broker.close();
    assert.equal(bench.clock.waiting, 0);
  });

  it('is taken out a few at a time, however many seconds are over at once after a sleep', async () => {
    const clock = new FakeClock(0);
    const gone: string[] = [];
    const expiry = new RetainedExpiry(clock, (topicName) => gone.push(topicName));
    const [seconds, each] = [20, 400];
    for (let second = 1; second <= seconds; second++) {
      for (let number = 0; number < each; number++) expiry.add(`${second}/${number}`, second * 1_000 - 1);
    }
    expiry.remove('1/0', 999);
    let before = 0;
    for (clock.jump(1_000_000); clock.waiting > 0; clock.jump(0)) {
      assert.ok(gone.length - before <= 500, `${gone.length - before} in one turn`);
      before = gone.length;
    }
    assert.deepEqual([gone.length, new Set(gone).size], [seconds * each - 1, seconds * each - 1]);
    // What comes now and is over already goes as well.
    expiry.add('late', 999);
    await clock.pass(0);
    assert.deepEqual([gone.at(-1), clock.waiting], ['late', 0]);
  });

  it('does not take the one with it that has come in its place [MQTT-3.3.1-5]', async () => {
    const bench = new BrokerBench();
    const publisher = await bench.client('p', { keepAlive: 0 });
    await publisher.send(expiring('a', 2), expiring('b', 2), expiring('c', 2));
    await publisher.send(expiring('a', 30), a.publish('b', 0, 0, { retain: true }));
    assert.equal(bench.broker.clearRetained('c'), 1);
    await bench.clock.pass(10_000);
    assert.equal(bench.broker.retainedCount, 2);
    assert.equal(bench.clock.waiting, 1);
    await bench.clock.pass(30_000);
    assert.deepEqual([bench.broker.retainedCount, bench.clock.waiting], [1, 0]);
  });

  it('is gone from the disk too, also where its time passed while no broker ran', async () => {
    const disk = new MemoryDisk();
    const before = new BrokerBench({ journal: new MemoryJournal(disk) });
    const publisher = await before.client('p');
    await publisher.send(expiring('a', 10), a.publish('kept', 1, 1, { retain: true }));
    assert.equal(disk.kept.retained.length, 2);
    const after = new BrokerBench({ journal: new MemoryJournal(disk) });
    await after.clock.pass(11_000);
    assert.equal(after.broker.retainedCount, 1);
    await (await after.client('c')).send(a.publish('b', 1, 1, { retain: true }));
    assert.deepEqual(disk.kept.retained.map(([topicName]) => topicName).sort(), ['b', 'kept']);
  });
});
