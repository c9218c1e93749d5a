import assert from 'node:assert/strict';
import type { Pace } from '../../src/base/slices';
import { Broker } from '../../src/broker/broker';
import type { BrokerJournal, KeptBroker } from '../../src/broker/brokerJournal';
import { startBrokerServer } from '../../src/broker/brokerServer';
import { journalFrom } from '../../src/broker/carriedState';
import { BrokerBench } from '../support/brokerBench';
import { FakeClock } from '../support/fakeClock';
import { MemoryDisk, MemoryJournal } from '../support/memoryJournal';
import { a } from '../support/packets';

const lasting = { cleanStart: false, properties: { sessionExpiryInterval: 1000 } };
const messages = 300;

/** A clock that each look at it moves on, and how often there was a rest. */
class CountedPace implements Pace {
  rests = 0;
  private time = 0;
  now = () => (this.time += 1);
  rest = () => Promise.resolve(void this.rests++);
}

async function used(): Promise<BrokerBench> {
  const bench = new BrokerBench();
  const away = await bench.client('away', lasting);
  await away.send(a.subscribe(1, [a.subscription('t', 1)]));
  away.drop();
  const publisher = await bench.client('p');
  for (let number = 1; number <= messages; number++) {
    await publisher.send(a.publish('t', 1, number), a.publish(`r/${number}`, 0, 0, { retain: true }));
  }
  return bench;
}

describe('What a broker carries over to the one after it', () => {
  it('is gathered and taken up a few messages at a time, so that nothing else waits', async () => {
    const before = await used();
    const pace = new CountedPace();
    const carried = await before.broker.carried(pace);
    assert.ok(pace.rests > (2 * messages) / 20, `${pace.rests} rests`);
    pace.rests = 0;
    const after = new Broker({ carried }, { clock: new FakeClock(), newIdentifier: () => 'x', pace });
    assert.equal(after.retainedCount, 0);
    await after.ready();
    assert.ok(pace.rests > (2 * messages) / 20, `${pace.rests} rests`);
    assert.deepEqual([after.retainedCount, after.client('away')?.queued], [messages, messages]);
  });

  it('is written to a journal in small batches', async () => {
    const carried = await (await used()).broker.carried(new CountedPace());
    const disk = new MemoryDisk();
    const journal = new MemoryJournal(disk);
    let batch = 0;
    let largest = 0;
    const counted: BrokerJournal = {
      kept: journal.kept,
      record: (change) => {
        largest = Math.max(largest, ++batch);
        journal.record(change);
      },
      whenSafe: (done) => {
        batch = 0;
        journal.whenSafe(done);
      },
      close: () => journal.close(),
    };
    const whole = await journalFrom(counted, carried, new CountedPace());
    await journal.close();
    assert.ok(largest <= 200, `${largest} at once`);
    assert.deepEqual(whole.kept, carried);
    assert.deepEqual(disk.kept, carried);
  });

  it('leaves no journal open where nothing is carried after all, or it cannot be written down', async () => {
    const before = await used();
    const carried = await before.broker.carried(new CountedPace());
    const fails = () => Promise.reject(new Error('gone'));
    for (const each of [fails, () => Promise.resolve(carried)]) {
      const { journal, closed } = closing(carried);
      await assert.rejects(journalFrom(journal, each(), new CountedPace()), /gone/);
      assert.equal(closed(), 1);
    }
  });

  it('leaves no journal open where a server cannot take it up, in slices or at once', async () => {
    const { sessions, retained } = await (await used()).broker.carried(new CountedPace());
    const broken = {
      sessions: sessions.map((each) => ({ ...each, messages: undefined as never })),
      retained,
    };
    const clock = new FakeClock();
    const listen = () => assert.fail('nobody listens');
    for (const more of [{ pace: new CountedPace() }, {}]) {
      const { journal, closed } = closing(broken);
      const dependencies = { clock, newIdentifier: () => 'x', listen, ...more };
      await assert.rejects(startBrokerServer({ port: 0, journal }, dependencies), TypeError);
      assert.equal(closed(), 1);
    }
    assert.equal(clock.waiting, 0);
  });

  it('is not taken up any further, and starts nothing, once the broker is closed', async () => {
    const carried = await (await used()).broker.carried(new CountedPace());
    const clock = new FakeClock();
    const pace = new CountedPace();
    const after = new Broker({ carried, sysInterval: 1 }, { clock, newIdentifier: () => 'x', pace });
    const ready = after.ready();
    await after.close();
    await ready;
    assert.ok(pace.rests < 5, `${pace.rests} rests`);
    assert.equal(clock.waiting, 0);
  });
});

/** A journal that takes nothing, and how often it was closed. */
function closing(kept: KeptBroker): { journal: BrokerJournal; closed: () => number } {
  let count = 0;
  const journal: BrokerJournal = {
    kept,
    record: () => {
      throw new Error('gone');
    },
    whenSafe: (done) => done(true),
    close: () => Promise.resolve(void count++),
  };
  return { journal, closed: () => count };
}
