import assert from 'node:assert/strict';
import { encodeUtf8 } from '../../src/base/utf8';
import type { Connack, Connect } from '../../src/protocol/controlPacket';
import { BrokerBench } from '../support/brokerBench';
import { a } from '../support/packets';

const connackOf = (bench: BrokerBench, more: Partial<Connect> = {}) =>
  bench.client('c', more).then((peer) => (peer.packets[0] as Connack).properties);

const will = (more: object) => ({
  will: { topicName: 'w', payload: encodeUtf8('x'), qos: 0 as const, retain: false, properties: {}, ...more },
});

describe('A limit of the broker', () => {
  it('on connections refuses the one too many with 0x97, until there is room', async () => {
    const bench = new BrokerBench({ maximumConnections: 1 });
    const first = await bench.client('first');
    assert.deepEqual(await bench.open().send(a.connect()), ['CONNACK 0x97', 'closed']);
    assert.deepEqual(await bench.open(4).send(a.connect({ protocolVersion: 4 })), ['CONNACK 0x03', 'closed']);
    await first.send(a.disconnect());
    assert.deepEqual(await bench.open().send(a.connect()), ['CONNACK 0x00']);
  });

  it('on connections lets a client take over from its own that is half open [MQTT-3.1.4-3]', async () => {
    const bench = new BrokerBench({ maximumConnections: 1 });
    const before = await bench.client('device');
    assert.deepEqual(await bench.open().send(a.connect({ clientIdentifier: 'device' })), ['CONNACK 0x00']);
    assert.deepEqual(await before.received(), ['DISCONNECT 0x8e', 'closed']);
    assert.deepEqual(await bench.open().send(a.connect({ clientIdentifier: 'other' })), [
      'CONNACK 0x97',
      'closed',
    ]);
  });

  it('on connections closes those without a word that do not even come to their turn', async () => {
    const bench = new BrokerBench({ maximumConnections: 1 });
    for (let count = 0; count < 1001; count++) bench.open();
    const last = bench.open();
    assert.equal((await last.received()).length, 1);
    assert.ok(last.isClosed);
  });

  it('on Sessions refuses the one too many, and not those that have one', async () => {
    const bench = new BrokerBench({ sessions: 1 });
    const lasting = { cleanStart: false, properties: { sessionExpiryInterval: 100 } };
    (await bench.client('first', lasting)).drop();
    assert.deepEqual(await bench.open().send(a.connect({ clientIdentifier: 'other' })), [
      'CONNACK 0x97',
      'closed',
    ]);
    assert.deepEqual(await bench.open().send(a.connect({ clientIdentifier: 'first', ...lasting })), [
      'CONNACK 0x00 present',
    ]);
  });

  it('on subscriptions refuses further ones with 0x97, and replaces those there are', async () => {
    for (const [version, code] of [
      [5, '0x97'],
      [4, '0x80'],
      // It has no failure: the client cannot be told.
      [3, '0x00'],
    ] as const) {
      const client = await new BrokerBench({ subscriptionsPerSession: 2 }).client('c', {
        protocolVersion: version,
      });
      const filters = ['a', 'b', 'c', 'a'].map((filter) => a.subscription(filter));
      assert.deepEqual(await client.send(a.subscribe(1, filters)), [`SUBACK #1 0x00 0x00 ${code} 0x00`]);
    }
  });

  it('on the bytes of subscriptions counts their levels, and leaves everybody an equal part', async () => {
    const bench = new BrokerBench({ subscriptionBytes: 4_000 });
    const deep = (name: string) => a.subscription(`${name}/2/3/4/5/6/7/8/9/10`);
    const greedy = await bench.client('greedy');
    assert.deepEqual(await greedy.send(a.subscribe(1, ['a', 'b', 'c', 'd'].map(deep))), [
      'SUBACK #1 0x00 0x00 0x97 0x97',
    ]);
    const modest = await bench.client('modest');
    assert.deepEqual(await modest.send(a.subscribe(1, ['a', 'b'].map(deep))), ['SUBACK #1 0x00 0x97']);
    // What is there may be replaced, and makes room when it goes.
    assert.deepEqual(
      await greedy.send(
        a.subscribe(2, [deep('a')]),
        a.unsubscribe(3, ['a/2/3/4/5/6/7/8/9/10', 'b/2/3/4/5/6/7/8/9/10']),
      ),
      ['SUBACK #2 0x00', 'UNSUBACK #3 0x00 0x00'],
    );
    assert.deepEqual(await modest.send(a.subscribe(2, [deep('b')])), ['SUBACK #2 0x00']);
  });

  it('on the bytes of retained messages counts the levels of their topics, as long as there are any', async () => {
    const client = await new BrokerBench({ retainedBytes: 1000 }).client('c');
    const publish = (topic: string, identifier: number, text = 'x') =>
      a.publish(topic, 1, identifier, { retain: true, payload: encodeUtf8(text) });
    assert.deepEqual(
      await client.send(
        publish('a/b/c/d/e', 1),
        publish('a/b/c/x', 2),
        publish('a/b/c/d/e', 3),
        publish('a/b/c/d/e', 4, ''),
        publish('a/b/c/x', 5),
      ),
      ['PUBACK #1 0x10', 'PUBACK #2 0x97', 'PUBACK #3 0x10', 'PUBACK #4 0x10', 'PUBACK #5 0x10'],
    );
  });

  it('on queued messages holds for a Session whose client is away', async () => {
    const bench = new BrokerBench({ queuedMessages: 2 });
    const lasting = { cleanStart: false, properties: { sessionExpiryInterval: 100 } };
    const away = await bench.client('away', lasting);
    await away.send(a.subscribe(1, [a.subscription('t', 1)]), a.disconnect());
    const publisher = await bench.client('publisher');
    for (let number = 1; number <= 3; number++) await publisher.send(a.publish('t', 1, number));
    const lines = await bench.open().send(a.connect({ clientIdentifier: 'away', ...lasting }));
    assert.deepEqual(lines.slice(1), ['PUBLISH q1 #1 t "x"', 'PUBLISH q1 #2 t "x"']);
  });

  const queueLimits = [
    ['queuedMessages', { queuedMessages: 2 }],
    ['queueBytes', { queueBytes: 1 }],
    ['totalQueueBytes', { totalQueueBytes: 1 }],
  ] as const;
  for (const [name, limits] of queueLimits) {
    it(`on ${name} is told once while a client is away, with how many were dropped when it is back`, async () => {
      const bench = new BrokerBench(limits);
      const told: string[] = [];
      bench.broker.onDidDrop(({ clientIdentifier, userName, peer, topic, limit }) =>
        told.push(`${clientIdentifier} ${userName} ${peer} ${topic} ${limit}`),
      );
      bench.broker.onDidConnect(({ clientIdentifier, droppedMessages }) =>
        told.push(`${clientIdentifier} ${droppedMessages}`),
      );
      const ended: number[] = [];
      bench.broker.onDidDisconnect(({ droppedMessages }) => ended.push(droppedMessages));
      const lasting = {
        ...{ cleanStart: false, properties: { sessionExpiryInterval: 100 } },
        ...{ userName: 'ann', password: undefined },
      };
      const publisher = await bench.client('p');
      for (const round of [1, 2]) {
        const away = await bench.client('away', lasting);
        await away.received();
        await away.send(
          ...[1, 2].map((number) => a.acknowledgement('PUBACK', number)),
          ...[a.subscribe(3, [a.subscription('#', 1)]), a.disconnect()],
        );
        for (let number = 1; number <= 4; number++)
          await publisher.send(a.publish(`${round}/${number}`, 1, number), a.publish('q', 0));
      }
      const kept = name === 'queuedMessages' ? 2 : 1;
      const first = (round: number) => `away ann memory:b ${round}/${kept + 1} ${name}`;
      assert.deepEqual(told, ['p 0', 'away 0', first(1), `away ${4 - kept}`, first(2)]);
      // It is told once, also to who does not go on with the Session, and each of them counts.
      assert.deepEqual(ended, [0, 0]);
      await bench.client('away', { ...lasting, cleanStart: true });
      assert.equal(told.at(-1), `away ${4 - kept}`);
    });
  }

  it('on queued messages does not count what has expired while it waited [MQTT-3.3.2-5]', async () => {
    const bench = new BrokerBench({ queuedMessages: 2 });
    const lasting = { cleanStart: false, properties: { sessionExpiryInterval: 100 } };
    const away = await bench.client('away', lasting);
    await away.send(a.subscribe(1, [a.subscription('+', 1)]), a.disconnect());
    const publisher = await bench.client('publisher');
    const brief = { properties: { messageExpiryInterval: 10 } };
    await publisher.send(a.publish('brief', 1, 1, brief), a.publish('kept', 1, 2), a.publish('lost', 1, 3));
    await bench.clock.pass(10_000);
    await publisher.send(a.publish('new', 1, 4), a.publish('lost', 1, 5));
    assert.deepEqual(
      [bench.broker.client('away')?.queued, bench.broker.client('away')?.droppedMessages],
      [2, 2],
    );
    const lines = await bench.open().send(a.connect({ clientIdentifier: 'away', ...lasting }));
    assert.deepEqual(lines.slice(1), ['PUBLISH q1 #1 kept "x"', 'PUBLISH q1 #2 new "x"']);
  });

  it('on queued and retained bytes counts what the Properties take', async () => {
    const bench = new BrokerBench({ queueBytes: 1000, retainedBytes: 1000 });
    const lasting = { cleanStart: false, properties: { sessionExpiryInterval: 100 } };
    const away = await bench.client('away', lasting);
    await away.send(a.subscribe(1, [a.subscription('+', 1)]), a.disconnect());
    const publisher = await bench.client('publisher');
    const pair = ['n'.repeat(300), 'v'.repeat(300)] as const;
    const large = { retain: true, properties: { userProperties: [pair] } };
    const codes = await publisher.send(
      a.publish('a', 1, 1, large),
      a.publish('b', 1, 2, large),
      a.publish('a', 1, 3, large),
    );
    assert.deepEqual(codes, ['PUBACK #1', 'PUBACK #2 0x97', 'PUBACK #3']);
    assert.deepEqual(
      [bench.broker.client('away')?.queued, bench.broker.client('away')?.droppedMessages],
      [2, 1],
    );
  });

  it('on retained messages refuses further topics with 0x97, once what has expired is out of the way', async () => {
    const bench = new BrokerBench({ retainedMessages: 1 });
    const client = await bench.client('c');
    const retained = { retain: true, properties: { messageExpiryInterval: 10 } };
    assert.deepEqual(
      await client.send(
        a.publish('a', 1, 1, retained),
        a.publish('b', 1, 2, retained),
        a.publish('a', 1, 3, retained),
      ),
      ['PUBACK #1 0x10', 'PUBACK #2 0x97', 'PUBACK #3 0x10'],
    );
    await bench.clock.pass(10_000);
    assert.deepEqual(await client.send(a.publish('b', 1, 4, retained)), ['PUBACK #4 0x10']);
    assert.deepEqual(
      bench.broker.retainedMessages().map(({ topicName }) => topicName),
      ['b'],
    );
  });

  it("on retained messages is about those of clients, whose place the server's own do not take", async () => {
    const bench = new BrokerBench({ retainedMessages: 1, retainedBytes: 400, sysInterval: 1 });
    const client = await bench.client('c');
    const retained = { retain: true };
    assert.deepEqual(await client.send(a.publish('a', 1, 1, retained), a.publish('b', 1, 2, retained)), [
      'PUBACK #1 0x10',
      'PUBACK #2 0x97',
    ]);
    const lines = await client.send(a.subscribe(3, [a.subscription('$SYS/broker/retained messages/count')]));
    assert.match(lines[1] ?? '', /PUBLISH q0 retain \$SYS/);
  });

  it('on the bytes of retained messages counts the one that is replaced no more', async () => {
    const client = await new BrokerBench({ retainedBytes: 1000 }).client('c');
    const large = { retain: true, payload: new Uint8Array(900) };
    assert.deepEqual(
      await client.send(
        a.publish('a', 1, 1, large),
        a.publish('a', 1, 2, large),
        a.publish('b', 1, 3, large),
      ),
      ['PUBACK #1 0x10', 'PUBACK #2 0x10', 'PUBACK #3 0x97'],
    );
  });

  it('on packets is told in CONNACK and ends the connection of one that is larger', async () => {
    const client = await new BrokerBench({ maximumPacketSize: 100 }).client('c');
    assert.deepEqual(await client.send(a.publish('t', 0, 0, { payload: new Uint8Array(200) })), [
      'DISCONNECT 0x95',
      'closed',
    ]);
  });

  it('on what is read field by field ends the connection with 0x97, however large packets may be', async () => {
    const bench = new BrokerBench();
    const filters = Array.from({ length: 33 }, (_, index) => a.subscription(`${index}`.padEnd(65_000, 'x')));
    const subscriber = await bench.client('s');
    assert.deepEqual(await subscriber.send(a.subscribe(1, filters)), ['DISCONNECT 0x97', 'closed']);
    const pairs = Array.from({ length: 40 }, () => ['n', 'v'.repeat(60_000)] as const);
    const publisher = await bench.client('p');
    const payload = new Uint8Array(3_000_000);
    assert.deepEqual(await publisher.send(a.publish('t', 1, 1, { payload })), ['PUBACK #1 0x10']);
    const excessive = a.publish('t', 1, 2, { properties: { userProperties: pairs } });
    assert.deepEqual(await publisher.send(excessive), ['DISCONNECT 0x97', 'closed']);
  });

  it('on the time for CONNECT ends the connection', async () => {
    const bench = new BrokerBench({ connectTimeout: 500 });
    const peer = bench.open();
    await peer.received();
    await bench.clock.pass(499);
    assert.ok(!peer.isClosed);
    await bench.clock.pass(1);
    assert.deepEqual(await peer.received(), ['closed']);
  });

  it('on unacknowledged messages is told as Receive Maximum [MQTT-3.3.4-7]', async () => {
    const bench = new BrokerBench({ receiveMaximum: 1 });
    assert.equal((await connackOf(bench)).receiveMaximum, 1);
    const client = await bench.client('c');
    assert.deepEqual(
      (await client.send(a.publish('t', 2, 1), a.publish('t', 2, 2))).at(-2),
      'DISCONNECT 0x93',
    );
  });

  it('on the Keep Alive replaces a longer one, and none, in 5.0 [MQTT-3.2.2-21]', async () => {
    const bench = new BrokerBench({ maximumKeepAlive: 60 });
    assert.equal((await connackOf(bench, { keepAlive: 0 })).serverKeepAlive, 60);
    assert.equal((await connackOf(bench, { keepAlive: 61 })).serverKeepAlive, 60);
    assert.equal((await connackOf(bench, { keepAlive: 60 })).serverKeepAlive, undefined);
    const peer = await bench.client('silent');
    await bench.clock.pass(90_000);
    assert.deepEqual((await peer.received()).slice(-2), ['DISCONNECT 0x8d', 'closed']);
  });

  it('on the time of Sessions is told, and holds', async () => {
    const bench = new BrokerBench({ maximumSessionExpiry: 10 });
    const lasting = { cleanStart: false, properties: { sessionExpiryInterval: 0xffffffff } };
    const peer = await bench.client('c', lasting);
    assert.equal((peer.packets[0] as Connack).properties.sessionExpiryInterval, 10);
    await peer.send(a.disconnect(0, { sessionExpiryInterval: 100 }));
    await bench.clock.pass(10_000);
    assert.deepEqual(await bench.open().send(a.connect({ ...lasting })), ['CONNACK 0x00']);
  });
});

describe('What the broker is told not to offer', () => {
  it('is said in CONNACK [MQTT-3.2.2-9]', async () => {
    const bench = new BrokerBench({
      maximumQoS: 1,
      retainAvailable: false,
      wildcardSubscriptionAvailable: false,
      subscriptionIdentifierAvailable: false,
      sharedSubscriptionAvailable: false,
      topicAliasMaximum: 0,
    });
    assert.deepEqual(await connackOf(bench), {
      maximumQoS: 1,
      retainAvailable: 0,
      wildcardSubscriptionAvailable: 0,
      subscriptionIdentifierAvailable: 0,
      sharedSubscriptionAvailable: 0,
    });
  });

  for (const [what, more, code] of [
    ['its QoS [MQTT-3.2.2-12]', { qos: 1 }, '0x9b'],
    ['RETAIN [MQTT-3.2.2-13]', { retain: true }, '0x9a'],
    ['a topic of the broker', { topicName: '$SYS/x' }, '0x90'],
  ] as const) {
    it(`is no will either: ${what}`, async () => {
      const bench = new BrokerBench({ maximumQoS: 0, retainAvailable: false });
      assert.deepEqual(await bench.open().send(a.connect(will(more))), [`CONNACK ${code}`, 'closed']);
    });
  }

  it('is told with its name where a client is refused for it, and to which limit', async () => {
    const bench = new BrokerBench({
      ...{ maximumQoS: 0, retainAvailable: false, topicLevels: 2 },
      ...{ maximumConnections: 2, sessions: 1 },
    });
    const causes: unknown[] = [];
    bench.broker.onDidDisconnect(({ ending }) => causes.push(ending.kind === 'refused' && ending.cause));
    for (const more of [
      { qos: 1 },
      { retain: true },
      { topicName: '$SYS/x' },
      { topicName: 'a/b/c' },
    ] as const)
      await bench.open().send(a.connect(will(more)));
    await bench.client('one');
    await bench.client('two');
    bench.broker.applyLimits({ sessions: 2 });
    await bench.client('two');
    await bench.client('three');
    assert.deepEqual(causes, [
      ...['maximumQoS', 'retainAvailable', 'serverTopic', 'topicLevels', 'sessions', 'maximumConnections'],
    ]);
  });

  it('is left out of the will of a client before 5.0, which nobody told', async () => {
    const bench = new BrokerBench({ retainAvailable: false });
    const reader = await bench.client('reader');
    await reader.send(a.subscribe(1, [a.subscription('#')]));
    const client = bench.open(4);
    assert.deepEqual(await client.send(a.connect({ ...will({ retain: true }), protocolVersion: 4 })), [
      'CONNACK 0x00',
    ]);
    client.drop();
    assert.match((await reader.received()).join(), /^PUBLISH q0 /);
    assert.deepEqual(bench.broker.retainedMessages(), []);
  });

  it('is granted less [MQTT-3.2.2-10]', async () => {
    const client = await new BrokerBench({ maximumQoS: 1 }).client('c');
    assert.deepEqual(await client.send(a.subscribe(1, [a.subscription('t', 2)])), ['SUBACK #1 0x01']);
  });

  it('ends the connection of a client before 5.0, or is left out', async () => {
    const bench = new BrokerBench({
      maximumQoS: 1,
      retainAvailable: false,
      wildcardSubscriptionAvailable: false,
    });
    const client = await bench.client('c', { protocolVersion: 4 });
    assert.deepEqual(await client.send(a.subscribe(1, [a.subscription('#')])), ['SUBACK #1 0x80']);
    await client.send(a.publish('t', 1, 1, { retain: true }));
    assert.deepEqual(bench.broker.retainedMessages(), []);
    assert.deepEqual(await client.send(a.publish('t', 2, 2)), ['closed']);
  });
});
