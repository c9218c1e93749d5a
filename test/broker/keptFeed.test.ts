import assert from 'node:assert/strict';
import type { Pace } from '../../src/base/slices';
import { encodeUtf8 } from '../../src/base/utf8';
import type { AccessControl } from '../../src/broker/accessControl';
import type { BrokerOptions } from '../../src/broker/broker';
import { BrokerBench } from '../support/brokerBench';
import { turn } from '../support/fakeClock';
import { MemoryDisk, MemoryJournal } from '../support/memoryJournal';
import { a } from '../support/packets';
import type { RawPeer } from '../support/rawPeer';

const topics = 100;
const pace: Pace = { now: () => 0, rest: () => Promise.resolve() };
const limits = { queuedMessages: 20 };
const lasting = { cleanStart: false, properties: { sessionExpiryInterval: 100 } };

/** A broker that takes up what the one before has left on the disk. */
const startOn = (disk: MemoryDisk, options: BrokerOptions = {}): BrokerBench =>
  new BrokerBench({ ...limits, ...options, journal: new MemoryJournal(disk) });

async function retain(bench: BrokerBench): Promise<void> {
  const publisher = await bench.client('publisher');
  for (let index = 0; index < topics; index++) {
    await publisher.send(a.publish(`t/${index}`, 2, 1, { retain: true }), a.acknowledgement('PUBREL', 1));
  }
}

const topicsAt = (peer: RawPeer) =>
  peer.packets.flatMap((packet) => (packet.type === 'PUBLISH' ? [packet.topicName] : []));

/** Answers what comes at QoS 2, until nothing more does or so many messages were completed. */
async function takeMessages(bench: BrokerBench, peer: RawPeer, most = Infinity): Promise<void> {
  let answered = 0;
  let completed = 0;
  for (let idle = 0; idle < 3 && completed < most;) {
    await bench.clock.pass(0);
    await peer.received();
    const fresh = peer.packets.slice(answered);
    answered = peer.packets.length;
    idle = fresh.length === 0 ? idle + 1 : 0;
    for (const packet of fresh) {
      if (packet.type === 'PUBLISH') await peer.send(a.acknowledgement('PUBREC', packet.packetIdentifier));
      if (packet.type !== 'PUBREL') continue;
      completed++;
      await peer.send(a.acknowledgement('PUBCOMP', packet.packetIdentifier));
    }
  }
}

describe('Retained messages that a new subscription was promised', () => {
  it('come after a crash too, those that wait in the Session once [MQTT-3.3.1-9] [MQTT-4.1.0-1]', async () => {
    const disk = new MemoryDisk();
    const before = startOn(disk);
    await retain(before);
    const client = await before.client('client', lasting);
    const asked = a.subscribe(1, [a.subscription('#', 2)], { subscriptionIdentifiers: [7] });
    assert.equal((await client.send(asked))[0], 'SUBACK #1 0x02');
    const inFlight = topicsAt(client);
    assert.ok(inFlight.length < topics);

    const after = startOn(disk);
    const back = await after.client('client', lasting);
    await takeMessages(after, back);
    assert.deepEqual(topicsAt(back).slice(0, inFlight.length), inFlight);
    assert.deepEqual([new Set(topicsAt(back)).size, topicsAt(back).length], [topics, topics]);
    const identifiers = back.packets.flatMap((each) =>
      each.type === 'PUBLISH' ? [each.properties.subscriptionIdentifiers?.join()] : [],
    );
    assert.deepEqual([...new Set(identifiers)], ['7']);
    assert.equal(disk.kept.sessions[0]?.subscriptions[0]?.awaitsRetained, false);

    const later = startOn(disk);
    const again = await later.client('client', lasting);
    await takeMessages(later, again);
    assert.deepEqual(topicsAt(again), []);
  });

  it('come however far it had got, and are not promised any more once the subscription is over', async () => {
    const disk = new MemoryDisk();
    const before = startOn(disk);
    await retain(before);
    const client = await before.client('client', lasting);
    await client.send(a.subscribe(1, [a.subscription('t/+', 2), a.subscription('t/#', 2)]));
    await client.send(a.unsubscribe(2, ['t/#']));
    await takeMessages(before, client, 30);
    const middle = startOn(disk);
    const back = await middle.client('client', lasting);
    await takeMessages(middle, back, 10);
    const after = startOn(disk);
    const last = await after.client('client', lasting);
    await takeMessages(after, last);
    const all = [client, back, last].flatMap(topicsAt);
    assert.equal(new Set(all).size, topics);
    assert.equal(disk.kept.sessions[0]?.subscriptions.length, 1);
  });

  it('come where a broker goes on with what the one before had in memory', async () => {
    const before = new BrokerBench(limits);
    await retain(before);
    const client = await before.client('client', lasting);
    await client.send(a.subscribe(1, [a.subscription('#', 2)]));
    const after = new BrokerBench({ ...limits, carried: await before.broker.carried(pace) });
    const back = await after.client('client', lasting);
    await takeMessages(after, back);
    assert.deepEqual([new Set(topicsAt(back)).size, topicsAt(back).length], [topics, topics]);
  });
});

describe('A will of before a restart', () => {
  const will = (willDelayInterval: number) => ({
    ...({ topicName: 'w', payload: encodeUtf8('gone'), qos: 1, retain: true } as const),
    properties: { willDelayInterval },
  });

  it('that finds no room in a Session is told, though nobody could listen when it did', async () => {
    const disk = new MemoryDisk();
    const before = startOn(disk);
    const away = await before.client('away', lasting);
    await away.send(a.subscribe(1, [a.subscription('w', 1)]), a.disconnect());
    for (const name of ['one', 'two']) await before.client(name, { ...lasting, will: will(0) });
    const after = startOn(disk, { queuedMessages: 1 });
    const told: string[] = [];
    after.broker.onDidDrop(({ clientIdentifier, peer, topic, limit }) =>
      told.push(`${clientIdentifier} ${peer}: ${topic} ${limit}`),
    );
    await turn();
    assert.deepEqual(told, ['away before the restart: w queuedMessages']);
  });

  /** Who may publish now. */
  const onlyAnn: AccessControl = {
    authenticate: () => true,
    mayPublish: ({ userName }) => userName === 'ann',
  };

  for (const delay of [0, 10]) {
    it(`is held to the rules of after it, ${delay} s after its client went (5.4.2)`, async () => {
      const disk = new MemoryDisk();
      const before = startOn(disk);
      for (const userName of ['ann', 'bob']) {
        await before.client(userName, {
          ...lasting,
          userName,
          will: { ...will(delay), topicName: userName },
        });
      }
      const after = startOn(disk, { accessControl: onlyAnn });
      const denied: string[] = [];
      after.broker.onDidDeny(({ userName, action, topic, peer }) =>
        denied.push(`${userName} ${action} ${topic} ${peer}`),
      );
      await after.clock.pass(delay * 1000);
      assert.deepEqual(
        after.broker.retainedMessages().map(({ topicName }) => topicName),
        ['ann'],
      );
      assert.deepEqual(denied, ['bob publish bob before the restart']);
      await after.client('ann', lasting); // Which is told nothing before all of it is safe.
      assert.ok(disk.kept.sessions.every(({ will: kept }) => kept === undefined));
    });
  }
});
