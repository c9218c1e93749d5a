import assert from 'node:assert/strict';
import type { Pace } from '../../src/base/slices';
import type { TopicRule } from '../../src/broker/access/topicRules';
import { UserAccess } from '../../src/broker/access/userAccess';
import { systemPasswordHashing } from '../../src/transport/systemCrypto';
import { BrokerBench } from '../support/brokerBench';
import { turn } from '../support/fakeClock';
import { a } from '../support/packets';

const lasting = { cleanStart: false, properties: { sessionExpiryInterval: 100, receiveMaximum: 1 } };
const everything = { who: 'everybody', publish: ['#'], subscribe: ['#'] } as const satisfies TopicRule;

describe('A broker that runs takes over', () => {
  it('other rules: for what is published, subscribed to, delivered and waiting (5.4.2)', async () => {
    const accessControl = new UserAccess({ users: new Map() }, systemPasswordHashing);
    const bench = new BrokerBench({ accessControl });
    const client = await bench.client('c', lasting);
    await client.send(a.subscribe(1, [a.subscription('#', 1)]));
    const publisher = await bench.client('p');
    await publisher.send(a.publish('open/1', 1, 1), a.publish('secret/1', 1, 2), a.publish('open/2', 1, 3));
    assert.deepEqual(await client.received(), ['PUBLISH q1 #1 open/1 "x"']);

    accessControl.useRules([{ who: 'everybody', publish: ['open/#', 'secret/#'], subscribe: ['open/#'] }]);
    await bench.broker.applyRules();
    assert.deepEqual(await client.send(a.acknowledgement('PUBACK', 1)), ['PUBLISH q1 #2 open/2 "x"']);
    assert.deepEqual(await client.send(a.acknowledgement('PUBACK', 2)), []);
    assert.deepEqual(await client.send(a.subscribe(2, [a.subscription('secret/#')])), ['SUBACK #2 0x87']);
    const codes = await publisher.send(a.publish('other', 1, 4), a.publish('secret/2', 1, 5));
    assert.deepEqual(codes, ['PUBACK #4 0x87', 'PUBACK #5 0x10']);

    accessControl.useRules([]);
    await bench.broker.applyRules();
    assert.deepEqual(await publisher.send(a.publish('secret/3', 1, 6)), ['PUBACK #6']);
    assert.deepEqual(await client.received(), ['PUBLISH q1 #3 secret/3 "x"']);
    accessControl.useRules([everything]);
    assert.deepEqual(await publisher.send(a.publish('secret/4', 1, 7)), ['PUBACK #7']);
  });

  it('other rules a few messages at a time, and none that waits goes out meanwhile against them', async () => {
    const accessControl = new UserAccess({ users: new Map() }, systemPasswordHashing);
    let time = 0;
    let rests = 0;
    let goOn = (): void => undefined;
    const pace: Pace = {
      now: () => ++time,
      rest: () => new Promise((resolve) => (goOn = () => void (rests++, resolve()))),
    };
    const bench = new BrokerBench({ accessControl }, pace);
    await bench.broker.ready();
    const client = await bench.client('c', lasting);
    await client.send(a.subscribe(1, [a.subscription('#', 1)]));
    const publisher = await bench.client('p');
    const messages = 100;
    for (let each = 1; each <= messages; each++) await publisher.send(a.publish(`secret/${each}`, 1, each));
    await publisher.send(a.publish('open', 1, messages + 1));
    await client.received();

    accessControl.useRules([{ ...everything, subscribe: ['open'] }]);
    void bench.broker.applyRules();
    assert.equal(bench.broker.client('c')?.queued, messages);
    accessControl.useRules([{ ...everything, subscribe: ['open', 'secret/50'] }]);
    const applied = bench.broker.applyRules();
    assert.deepEqual(await client.send(a.acknowledgement('PUBACK', 1)), ['PUBLISH q1 #2 secret/50 "x"']);
    let isDone = false;
    void applied.then(() => (isDone = true));
    while (!isDone) {
      goOn();
      await turn();
    }
    assert.ok(rests > 2, `${rests} rests`);
    assert.deepEqual(await client.send(a.acknowledgement('PUBACK', 2)), ['PUBLISH q1 #3 open "x"']);
    assert.equal(bench.broker.client('c')?.queued, 0);
  });

  it('other rules: what waits and may not go out any more is gone, however long nobody comes for it', async () => {
    const accessControl = new UserAccess({ users: new Map() }, systemPasswordHashing);
    const bench = new BrokerBench({ accessControl }, { now: () => 0, rest: () => Promise.resolve() });
    await bench.broker.ready();
    const client = await bench.client('c', lasting);
    await client.send(a.subscribe(1, [a.subscription('#', 1)]));
    client.drop();
    const publisher = await bench.client('p');
    const many = 2_500;
    for (let each = 1; each <= many; each++) await publisher.send(a.publish(`t/${each % 2}`, 1, each));
    accessControl.useRules([{ ...everything, subscribe: ['t/0'] }]);
    await bench.broker.applyRules();
    assert.equal(bench.broker.client('c')?.queued, many / 2);
  });

  it('other limits, without a word to who is connected', async () => {
    const bench = new BrokerBench();
    const client = await bench.client('c');
    bench.broker.applyLimits({
      ...{ maximumConnections: 2, maximumPacketSize: 100, receiveMaximum: 7, subscriptionsPerSession: 1 },
      ...{ retainedMessages: 1, maximumSessionExpiry: 60, topicLevels: 2 },
    });
    const other = bench.open();
    await other.send(a.connect({ clientIdentifier: 'd', properties: { sessionExpiryInterval: 600 } }));
    const [connack] = other.packets;
    const told = connack?.type === 'CONNACK' ? connack.properties : {};
    assert.deepEqual([told.maximumPacketSize, told.receiveMaximum, told.sessionExpiryInterval], [100, 7, 60]);
    assert.deepEqual(await bench.open().send(a.connect({ clientIdentifier: 'e' })), [
      'CONNACK 0x97',
      'closed',
    ]);
    const large = { payload: new Uint8Array(1000) };
    assert.deepEqual(await client.send(a.publish('t', 1, 1, large)), ['PUBACK #1 0x10']);
    assert.deepEqual(
      await client.send(
        a.subscribe(
          2,
          ['a', 'b'].map((filter) => a.subscription(filter)),
        ),
      ),
      ['SUBACK #2 0x00 0x97'],
    );
    assert.deepEqual(
      await client.send(
        a.publish('r/1', 1, 3, { retain: true }),
        a.publish('r/2', 1, 4, { retain: true }),
        a.publish('r/2/3', 1, 5),
      ),
      ['PUBACK #3 0x10', 'PUBACK #4 0x97', 'PUBACK #5 0x90'],
    );
    assert.deepEqual(await other.send(a.publish('t', 1, 1, large)), ['DISCONNECT 0x95', 'closed']);
  });

  it('a lower maximum of Session Expiry, for what is asked from now on: what CONNACK promised stays (3.2.2.3.2)', async () => {
    const bench = new BrokerBench();
    const properties = { sessionExpiryInterval: 600 };
    const leaving = async (clientIdentifier: string, asked?: number): Promise<void> => {
      const peer = await bench.client(clientIdentifier, { cleanStart: false, properties });
      bench.broker.applyLimits({ maximumSessionExpiry: 60 });
      const more = asked === undefined ? {} : { sessionExpiryInterval: asked };
      await peer.send({ type: 'DISCONNECT', reasonCode: 0, properties: more });
      bench.broker.applyLimits({ maximumSessionExpiry: 1_000 });
    };
    await leaving('silent');
    await leaving('shorter', 30);
    await leaving('longer', 900);
    const left = () => bench.broker.clients().map((each) => [each.clientIdentifier, each.expiryInterval]);
    assert.deepEqual(left(), [
      ['silent', 600],
      ['shorter', 30],
      ['longer', 600],
    ]);
    await bench.clock.pass(61_000);
    assert.equal(left().length, 2);
  });
});
