import assert from 'node:assert/strict';
import { decodeUtf8, encodeUtf8 } from '../../src/base/utf8';
import type { BrokerOptions } from '../../src/broker/broker';
import { BrokerBench } from '../support/brokerBench';
import { MemoryDisk, MemoryJournal } from '../support/memoryJournal';
import { a } from '../support/packets';

const lasting = { cleanStart: false, properties: { sessionExpiryInterval: 100 } };

/** Brokers on one disk, of which each takes up what the one before has left. */
class Machine {
  readonly disk = new MemoryDisk();
  journal = new MemoryJournal(this.disk);

  constructor(private readonly options: BrokerOptions = {}) {}

  /** The broker before was killed, if there was one; its clock stood still since. */
  start(): BrokerBench {
    this.journal = new MemoryJournal(this.disk);
    return new BrokerBench({ ...this.options, journal: this.journal });
  }
}

describe('A broker that keeps its state', () => {
  it('has Sessions with subscriptions and messages after it was killed, in flight and queued ones', async () => {
    const machine = new Machine();
    const before = machine.start();
    const more = { cleanStart: false, properties: { sessionExpiryInterval: 100, receiveMaximum: 2 } };
    const client = await before.client('c', more);
    await client.send(
      a.subscribe(1, [a.subscription('t', 2), a.subscription('u')], { subscriptionIdentifiers: [7] }),
    );
    const publisher = await before.client('p');
    for (let number = 1; number <= 4; number++) await publisher.send(a.publish('t', 2, number));
    await client.send(a.unsubscribe(2, ['u']), a.acknowledgement('PUBREC', 1), a.publish('own', 2, 9));
    const after = machine.start();
    const back = after.open();
    assert.deepEqual(await back.send(a.connect({ clientIdentifier: 'c', ...more })), [
      'CONNACK 0x00 present',
      'PUBREL #1',
      'PUBLISH q2 #2 dup s7 t "x"',
      'PUBLISH q2 #3 s7 t "x"',
    ]);
    // What it had sent is known [MQTT-4.3.3-10].
    await back.send(a.subscribe(3, [a.subscription('own', 2)]));
    assert.deepEqual(await back.send(a.publish('own', 2, 9, { dup: true })), ['PUBREC #9']);
    assert.deepEqual(await back.send(a.acknowledgement('PUBREL', 9)), ['PUBCOMP #9']);
    const rest = await back.send(
      a.acknowledgement('PUBCOMP', 1),
      a.acknowledgement('PUBREC', 2),
      a.acknowledgement('PUBCOMP', 2),
    );
    assert.deepEqual(rest, ['PUBREL #2', 'PUBLISH q2 #4 s7 t "x"']);
  });

  it('knows which messages are of a shared subscription, and gives them to others when their Session ends (4.8.2)', async () => {
    const machine = new Machine();
    const before = machine.start();
    const shared = a.subscribe(1, [a.subscription('$share/g/t', 2), a.subscription('own', 1)]);
    for (const [name, seconds] of [
      ['goes', 100],
      ['stays', 1000],
    ] as const) {
      const peer = await before.client(name, {
        cleanStart: false,
        properties: { sessionExpiryInterval: seconds },
      });
      await peer.send(shared);
      peer.drop();
      await peer.received();
    }
    const publisher = await before.client('p');
    for (let number = 1; number <= 3; number++) {
      await publisher.send(a.publish('t', 1, number, { payload: encodeUtf8(`${number}`) }));
    }
    await publisher.send(a.publish('own', 1, 4));
    assert.deepEqual(
      ['goes', 'stays'].map((name) => before.broker.client(name)?.queued),
      [3, 2],
    );

    const after = machine.start();
    await after.clock.pass(100_000);
    assert.equal(after.broker.client('goes'), undefined);
    const stays = await after.client('stays', {
      cleanStart: false,
      properties: { sessionExpiryInterval: 1000 },
    });
    const texts = stays.packets.flatMap((packet) =>
      packet.type === 'PUBLISH' ? [`${packet.topicName} ${decodeUtf8(packet.payload) ?? ''}`] : [],
    );
    assert.deepEqual(texts, ['t 2', 'own x', 't 1', 't 3']);
  });

  it('has retained messages, and those that were removed not', async () => {
    const machine = new Machine();
    const publisher = await machine.start().client('p');
    const retain = (text: string) => ({ retain: true, payload: encodeUtf8(text) });
    await publisher.send(
      a.publish('a', 1, 1, { ...retain('1'), properties: { contentType: 'c', messageExpiryInterval: 50 } }),
      a.publish('b', 0, 0, retain('2')),
      a.publish('b', 0, 0, retain('')),
    );
    const after = machine.start();
    await after.clock.pass(20_000);
    const subscriber = await after.client('s');
    assert.deepEqual(await subscriber.send(a.subscribe(1, [a.subscription('#', 2)])), [
      'SUBACK #1 0x02',
      'PUBLISH q1 #1 retain expires 30 a "1"',
    ]);
  });

  it('ends Sessions when their time is over, as if it had been there all the time', async () => {
    const machine = new Machine();
    const before = machine.start();
    const client = await before.client('c', lasting);
    client.drop();
    await client.received();
    const after = machine.start();
    await after.clock.pass(100_000);
    assert.deepEqual(await after.open().send(a.connect({ clientIdentifier: 'c', ...lasting })), [
      'CONNACK 0x00',
    ]);
    assert.deepEqual(machine.start().broker.clients().length, 1);
  });

  it('publishes the wills of those who were there, and delayed ones in time', async () => {
    for (const [willDelayInterval, sessionExpiryInterval] of [
      [0, 0],
      [0, 100],
      [10, 100],
    ] as const) {
      const machine = new Machine();
      const before = machine.start();
      const will = { topicName: 'w', payload: encodeUtf8('gone'), qos: 1, retain: false } as const;
      await before.client('c', {
        will: { ...will, properties: { willDelayInterval } },
        properties: { sessionExpiryInterval },
      });
      const listener = await before.client('l', lasting);
      await listener.send(a.subscribe(1, [a.subscription('w', 1)]));
      const after = machine.start();
      const back = await after.client('l', lasting);
      await after.clock.pass(9_999);
      const early = back.packets.length - 1;
      await after.clock.pass(1);
      await back.received();
      assert.deepEqual([early, back.packets.length - 1], [willDelayInterval === 0 ? 1 : 0, 1]);
      // Once is enough.
      machine.start();
      assert.deepEqual(
        machine.disk.kept.sessions.filter(({ will: kept }) => kept !== undefined),
        [],
      );
    }
  });

  it('writes nothing down of Sessions that end with their connection', async () => {
    const machine = new Machine();
    const client = await machine.start().client('c');
    await client.send(a.subscribe(1, [a.subscription('t', 1)]), a.publish('t', 1, 2));
    assert.deepEqual(machine.disk.kept, { sessions: [], retained: [] });
  });

  it('keeps one array of bytes for all who get a message', async () => {
    const machine = new Machine();
    const bench = machine.start();
    for (const name of ['a', 'b']) {
      await (
        await bench.client(name, lasting)
      ).send(a.subscribe(1, [a.subscription('t', 1)]), a.disconnect());
    }
    await (await bench.client('p')).send(a.publish('t', 1, 1));
    const [one, other] = machine.disk.kept.sessions.map(({ messages }) => messages[0]?.packet);
    assert.ok(one && one === other);
  });

  it('acknowledges nothing before it is safe, and does not let a PUBLISH overtake it', async () => {
    const machine = new Machine();
    const bench = machine.start();
    const subscriber = await bench.client('s', lasting);
    await subscriber.send(a.subscribe(1, [a.subscription('t', 1)]));
    const publisher = await bench.client('p');
    machine.journal.isSlow = true;
    assert.deepEqual(await publisher.send(a.publish('t', 1, 1)), []);
    assert.deepEqual(await publisher.send({ type: 'PINGREQ' }), []);
    assert.deepEqual((await subscriber.received()).slice(1), []);
    machine.journal.commit();
    assert.deepEqual(await publisher.received(), ['PUBACK #1', 'PINGRESP']);
    assert.deepEqual(await subscriber.received(), ['PUBLISH q1 #1 t "x"']);
  });

  it('ends the connections that wait where it cannot be kept, without a word of what was not', async () => {
    const machine = new Machine();
    const bench = machine.start();
    const subscriber = await bench.client('s', lasting);
    await subscriber.send(a.subscribe(1, [a.subscription('t', 1)]));
    const publisher = await bench.client('p');
    machine.journal.isBroken = true;
    const lines = await publisher.send(a.publish('t', 1, 1));
    assert.ok(publisher.isClosed);
    assert.ok(!lines.some((line) => line.startsWith('PUBACK')));
  });

  it('makes a client wait that sends more than can be kept in time', async () => {
    const machine = new Machine();
    const bench = machine.start();
    const self = await bench.client('self', lasting);
    await self.send(a.subscribe(1, [a.subscription('t')]));
    machine.journal.isSlow = true;
    const payload = new Uint8Array(60_000);
    await self.send(a.publish('kept', 1, 1, { retain: true }));
    for (let count = 0; count < 60; count++) await self.send(a.publish('t', 0, 0, { payload }));
    machine.journal.commit();
    machine.journal.isSlow = false;
    for (let count = 0; count < 60; count++) await self.received();
    assert.equal(self.packets.filter(({ type }) => type === 'PUBLISH').length, 60);
  });

  it('leaves out messages that cannot be read, and says how many', () => {
    const disk = new MemoryDisk();
    const message = { packet: Uint8Array.of(0x30, 5), acceptedAt: 0 };
    disk.write({ kind: 'retained', topicName: 't', message });
    const bench = new BrokerBench({ journal: new MemoryJournal(disk) });
    assert.equal(bench.broker.unreadableMessages, 1);
    assert.deepEqual(bench.broker.retainedMessages(), []);
  });
});
