import assert from 'node:assert/strict';
import { decodeUtf8, encodeUtf8 } from '../../src/base/utf8';
import { BrokerBench } from '../support/brokerBench';
import { a } from '../support/packets';

const lasting = { cleanStart: false, properties: { sessionExpiryInterval: 100, receiveMaximum: 1 } };

describe('The broker lists', () => {
  it('each client with its connection, Session and counts', async () => {
    const bench = new BrokerBench();
    const start = bench.clock.now();
    const client = await bench.client('c', { ...lasting, keepAlive: 60, userName: 'me' });
    await client.send(a.subscribe(1, [a.subscription('t', 1)], { subscriptionIdentifiers: [3] }));
    await bench.clock.pass(5_000);
    const publisher = await bench.client('p');
    await publisher.send(a.publish('t', 1, 1), a.publish('t', 1, 2), a.publish('t', 0));
    await client.send({ type: 'PINGREQ' });
    assert.deepEqual(bench.broker.client('c'), {
      clientIdentifier: 'c',
      connection: {
        peer: 'memory:b',
        listener: 'mqtt',
        version: 5,
        userName: 'me',
        connectedSince: start,
        keepAlive: 60,
        lastHeard: start + 5_000,
        messagesIn: 0,
        messagesOut: 2,
        unsentBytes: 0,
      },
      expiryInterval: 100,
      expiresAt: undefined,
      subscriptions: new Map([
        ['t', { qos: 1, noLocal: false, retainAsPublished: false, identifier: 3, isShared: false }],
      ]),
      inFlight: 1,
      queued: 1,
      queuedBytes: 132,
      droppedMessages: 0,
      violations: 0,
      takeOvers: 0,
    });
    assert.equal(bench.broker.client('p')?.connection?.messagesIn, 3);
    assert.deepEqual(
      bench.broker.clients().map(({ clientIdentifier }) => clientIdentifier),
      ['c', 'p'],
    );
  });

  it('Sessions that are away, with when they end, what they broke and who took them over', async () => {
    const bench = new BrokerBench();
    const takeOvers: number[] = [];
    bench.broker.onDidTakeOver(({ clientIdentifier, count }) => {
      assert.equal(clientIdentifier, 'c');
      takeOvers.push(count);
    });
    await bench.client('c', lasting);
    await bench.client('c', lasting);
    const client = await bench.client('c', lasting);
    await client.send({ type: 'PINGRESP' });
    const { connection, expiresAt, violations, takeOvers: count } = bench.broker.client('c') ?? assert.fail();
    assert.deepEqual(
      [connection, expiresAt, violations, count],
      [undefined, bench.clock.now() + 100_000, 1, 2],
    );
    assert.deepEqual(takeOvers, [1, 2]);
    assert.equal(bench.broker.client('nobody'), undefined);
  });

  it('how often a client was taken over, though its Session begins anew each time', async () => {
    const bench = new BrokerBench();
    const counts: number[] = [];
    bench.broker.onDidTakeOver(({ count }) => counts.push(count));
    for (let time = 0; time < 4; time++) await bench.client('c');
    assert.deepEqual([bench.broker.client('c')?.takeOvers, counts], [3, [1, 2, 3]]);
  });

  it('retained messages, and clears one or all', async () => {
    const bench = new BrokerBench({ sysInterval: 10 });
    const client = await bench.client('c');
    const retain = { retain: true, properties: { messageExpiryInterval: 10 } };
    await client.send(
      a.publish('a', 1, 1, retain),
      a.publish('b', 1, 2, { retain: true }),
      a.publish('c', 1, 3, { retain: true }),
    );
    const names = () => bench.broker.retainedMessages().map(({ topicName }) => topicName);
    assert.deepEqual(names(), ['a', 'b', 'c']);
    const known = () =>
      ['a', 'b', '$SYS/broker/uptime', 'x'].map((topic) => bench.broker.retainedMessage(topic));
    assert.equal(bench.broker.retainedCount, 3);
    assert.deepEqual(
      known().map((message) => message?.topicName),
      ['a', 'b', undefined, undefined],
    );
    await bench.clock.pass(10_000);
    assert.deepEqual(names(), ['b', 'c']);
    assert.deepEqual(
      known().map((message) => message?.topicName),
      [undefined, 'b', undefined, undefined],
    );
    assert.deepEqual([bench.broker.clearRetained('b'), bench.broker.clearRetained('b')], [1, 0]);
    assert.deepEqual([bench.broker.clearRetained(), names()], [1, []]);
    assert.equal(bench.broker.retainedCount, 0);
    assert.ok((await client.send(a.subscribe(9, [a.subscription('$SYS/#')]))).length > 10);
    await bench.broker.close();
  });
});

describe('The broker forgets a Session', () => {
  it('that is away, and one in use with its connection', async () => {
    const bench = new BrokerBench();
    const client = await bench.client('here', lasting);
    const away = await bench.client('away', lasting);
    await away.send(a.subscribe(1, [a.subscription('t', 1)]), a.disconnect());
    assert.deepEqual(
      ['here', 'away', 'nobody'].map((name) => bench.broker.forgetSession(name)),
      [true, true, false],
    );
    assert.deepEqual(await client.received(), ['CONNACK 0x00', 'DISCONNECT 0x98', 'closed'].slice(1));
    assert.deepEqual(bench.broker.clients(), []);
    assert.deepEqual(await bench.open().send(a.connect({ clientIdentifier: 'away', ...lasting })), [
      'CONNACK 0x00',
    ]);
  });
});

describe('The broker tells of itself', () => {
  it('under $SYS as mosquitto does, when something has changed', async () => {
    const bench = new BrokerBench({ sysInterval: 10 });
    const client = await bench.client('c');
    const filters = ['clients/connected', 'uptime', 'load/publish/received/1min'].map((name) =>
      a.subscription(`$SYS/broker/${name}`),
    );
    await client.send(a.subscribe(1, filters));
    await client.send(a.publish('t'), a.publish('t'));
    const values = () =>
      client.packets
        .slice(-3)
        .flatMap((packet) =>
          packet.type === 'PUBLISH' ? [`${packet.topicName.slice(12)} ${decodeUtf8(packet.payload)}`] : [],
        );
    assert.deepEqual(values(), [
      'clients/connected 0',
      'uptime 0 seconds',
      'load/publish/received/1min 0.00',
    ]);
    await bench.clock.pass(10_000);
    await client.received();
    assert.deepEqual(values(), [
      'uptime 10 seconds',
      'clients/connected 1',
      'load/publish/received/1min 1.84',
    ]);
    // It belongs to nobody else, and # does not have it [MQTT-4.7.2-1].
    assert.deepEqual(await client.send(a.subscribe(2, [a.subscription('#')])), ['SUBACK #2 0x00']);
    await bench.broker.close();
    assert.equal(bench.clock.waiting, 0);
  });
});

describe('What the broker calls itself under $SYS', () => {
  for (const [version, expected] of [
    ['0.1.0', 'MQTT Workbench version 0.1.0'],
    [undefined, 'MQTT Workbench'],
  ] as const) {
    it(`is ${expected}`, async () => {
      const bench = new BrokerBench({ sysInterval: 10 }, undefined, undefined, version);
      const client = await bench.client('c');
      const [, told] = await client.send(a.subscribe(1, [a.subscription('$SYS/broker/version')]));
      assert.equal(told, `PUBLISH q0 retain $SYS/broker/version "${expected}"`);
    });
  }
});

describe('The broker counts for $SYS', () => {
  it('packets of all types, bytes of payload, CONNECTs and memory', async () => {
    let heap = 1_000;
    const bench = new BrokerBench({ sysInterval: 10 }, undefined, () => heap);
    const client = await bench.client('c');
    const others = [await bench.client('d'), await bench.client('e')];
    for (const each of [client, ...others]) await each.send(a.subscribe(1, [a.subscription('t', 1)]));
    const payload = { payload: Uint8Array.of(1, 2, 3) };
    // A run of QoS 0 messages is written once for all who get it.
    await client.send(...Array.from({ length: 5 }, () => a.publish('t', 0, 0, payload)));
    await client.send(a.publish('t', 1, 7, payload));
    await bench.clock.pass(10_000);
    heap = 400;
    await bench.clock.pass(10_000);
    const names = ['messages/sent', 'publish/bytes/received', 'publish/bytes/sent', 'heap/current'];
    const told = new Map<string, string>();
    for (const name of [...names, 'heap/maximum', 'messages/stored', 'load/connections/1min']) {
      await client.send(a.subscribe(2, [a.subscription(`$SYS/broker/${name}`)]));
      const packet = client.packets.at(-1);
      if (packet?.type === 'PUBLISH') told.set(name, decodeUtf8(packet.payload) ?? '');
    }
    const take = (name: string) => {
      const value = Number(told.get(name));
      told.delete(name);
      return value;
    };
    assert.ok(take('messages/stored') > 10, 'retained messages are stored');
    assert.ok(take('load/connections/1min') > 2);
    assert.deepEqual(Object.fromEntries(told), {
      // 3 CONNACK, 3 SUBACK, 18 PUBLISH, 1 PUBACK.
      'messages/sent': '25',
      'publish/bytes/received': '18',
      'publish/bytes/sent': '54',
      'heap/current': '400',
      'heap/maximum': '1000',
    });
    await bench.broker.close();
  });
});

describe('The broker knows what is not MQTT', () => {
  for (const [what, bytes, foreign] of [
    ['TLS', Uint8Array.of(0x16, 3, 1, 2, 0, 1), 'tls'],
    ['SSH', encodeUtf8('SSH-2.0-x\r\n'), 'ssh'],
    ['a load balancer', encodeUtf8('PROXY TCP4 '), 'proxy'],
    ['AMQP', encodeUtf8('AMQP\0\0\t\x01'), 'amqp'],
    ['something else', encodeUtf8('HELO there\r\n'), undefined],
  ] as const) {
    it(`and closes without a word: ${what}`, async () => {
      const bench = new BrokerBench();
      const found: unknown[] = [];
      bench.broker.onDidDisconnect(({ ending }) => found.push(ending.kind === 'protocol' && ending.foreign));
      assert.deepEqual(await bench.open().sendBytes(bytes), ['closed']);
      assert.deepEqual(found, [foreign]);
    });
  }
});
