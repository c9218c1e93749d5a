import assert from 'node:assert/strict';
import { TransportFailureError } from '../../src/base/transportFailure';
import { encode } from '../../src/protocol/codec';
import { ClientBench } from '../support/clientBench';
import { outcome, watched } from '../support/outcome';
import { turn } from '../support/fakeClock';
import { a, line } from '../support/packets';

const failure = { step: 'tcp', code: 'refused', detail: 'ECONNREFUSED' } as const;
const unreachable = () => Promise.reject(new TransportFailureError(failure));

describe('A client that reconnects', () => {
  it('tells when it tries again, why, and that it does', async () => {
    const bench = new ClientBench();
    await bench.connected();
    const { openTransport } = bench;
    bench.openTransport = unreachable;
    await bench.drop();
    await bench.clock.pass(2_000);
    bench.openTransport = openTransport;
    await bench.reconnected();
    assert.deepEqual(bench.takeStates(), [
      'reconnecting 1 at 5500: transport',
      'connecting 1',
      'reconnecting 2 at 6500: transport',
      'connecting 2',
      'reconnecting 3 at 8500: transport',
      'connecting 3',
      'connected',
    ]);
    await bench.client.disconnect();
    assert.equal(bench.clock.waiting, 0);
  });

  it('tells the failure of the first attempt and leaves it at that', async () => {
    const bench = new ClientBench();
    bench.openTransport = unreachable;
    const waiting = bench.publish('t');
    await assert.rejects(bench.client.connect(), { failure: { kind: 'transport', failure } });
    assert.equal(await outcome(waiting), 'transport, kept');
    assert.deepEqual(bench.takeStates(), ['connecting', 'disconnected: transport']);
    assert.equal(bench.clock.waiting, 0);
  });

  it('tries the first again where that is asked for, and resolves when it is up', async () => {
    const bench = new ClientBench({ reconnect: { when: 'always', random: () => 0.5 } });
    const { openTransport } = bench;
    bench.openTransport = unreachable;
    const connecting = bench.client.connect();
    await turn();
    bench.openTransport = openTransport;
    await bench.reconnected(a.connack());
    await connecting;
    assert.equal(bench.client.state.state, 'connected');
  });

  it('stops where trying again would come to the same, and settles what waits', async () => {
    const bench = new ClientBench();
    await bench.connected();
    const waiting = bench.publish('t');
    await bench.drop();
    await bench.reconnected(a.connack({ reasonCode: 0x86 }));
    assert.equal(await outcome(waiting), 'refusedByServer, kept');
    assert.deepEqual(bench.takeStates().slice(-2), ['connecting 1', 'disconnected: refusedByServer']);
    assert.equal(bench.clock.waiting, 0);
  });

  it('does not fight for its Session with another client [MQTT-3.1.4-3]', async () => {
    const bench = new ClientBench();
    await bench.connected();
    await bench.server.send(a.disconnect(0x8e));
    assert.deepEqual(bench.takeStates(), ['disconnected: disconnectedByServer']);
    assert.equal(bench.clock.waiting, 0);
  });

  it('ends a fight for its Session that no server tells of, until it is connected again [MQTT-3.1.4-3]', async () => {
    const bench = new ClientBench({ version: 4 });
    await bench.connected();
    for (let time = 1; time <= 3; time++) {
      bench.server.end();
      await bench.server.received();
      if (time < 3) await bench.reconnected(a.connack({ sessionPresent: true }));
    }
    assert.deepEqual(bench.client.state, {
      state: 'disconnected',
      failure: { kind: 'closedByServer', duringConnect: false, suspicion: 'takenOver' },
    });
    assert.equal(bench.clock.waiting, 0);
    void bench.client.connect();
    await turn();
    await bench.server.send(a.connack({ sessionPresent: true }));
    bench.server.end();
    await bench.server.received();
    assert.match(bench.takeStates().at(-1) ?? '', /^reconnecting 1 at \d+: closedByServer$/);
  });

  it('ends at once when it is told to disconnect in between, or is disposed of', async () => {
    for (const end of ['disconnect', 'dispose'] as const) {
      const bench = new ClientBench();
      await bench.connected();
      const waiting = bench.publish('t');
      await bench.drop();
      await bench.client[end]();
      assert.match(String(await outcome(waiting)), /^notConnected/);
      assert.equal(bench.client.state.state, 'disconnected');
      await bench.clock.pass(1_000_000);
      assert.equal(bench.servers.length, 1);
      assert.equal(bench.clock.waiting, 0);
    }
  });

  it('rejects requests that the connection took along, since their answers are lost', async () => {
    const bench = new ClientBench();
    await bench.connected();
    const request = watched(bench.client.subscribe([a.subscription('a')]));
    await turn();
    await bench.drop();
    assert.equal(await outcome(request), 'transport');
    assert.equal(await outcome(bench.client.subscribe([a.subscription('a')])), 'notConnected');
  });

  it('finds out at once that its connection is gone, when the machine wakes from a long sleep', async () => {
    const bench = new ClientBench({ keepAlive: 60 });
    await bench.connected();
    bench.clock.jump(8 * 3_600_000);
    await turn();
    assert.match(bench.takeStates().at(-1) ?? '', /^reconnecting 1 at \d+: keepAliveTimeout$/);
  });
});

describe('Where the server has lost the Session, the client', () => {
  it('publishes anew what that had not taken, and settles what it had [MQTT-3.2.2-5]', async () => {
    const bench = new ClientBench();
    await bench.connected();
    const messages = [bench.publish('one', 1), bench.publish('two', 2), bench.publish('taken', 2)];
    await turn();
    await bench.server.send(a.acknowledgement('PUBREC', 3));
    await bench.drop();
    assert.deepEqual(await bench.reconnected(a.connack()), [
      'PUBLISH q1 #4 one "x"',
      'PUBLISH q2 #5 two "x"',
    ]);
    assert.deepEqual(await messages[2], {
      reasonCode: 0,
      packetIdentifier: 3,
      properties: {},
      sessionLost: true,
    });
    await bench.server.send(
      a.acknowledgement('PUBACK', 4),
      a.acknowledgement('PUBREC', 5),
      a.acknowledgement('PUBCOMP', 5),
    );
    assert.deepEqual(await Promise.all(messages.slice(0, 2)), [
      { reasonCode: 0, packetIdentifier: 4, properties: {} },
      { reasonCode: 0, packetIdentifier: 5, properties: {} },
    ]);
  });

  it('subscribes again before the messages that wait, so that none comes back unseen', async () => {
    const bench = new ClientBench({ queueQoS0: true });
    await bench.connected();
    const subscribed = bench.client.subscribe([a.subscription('echo', 1)]);
    void bench.publish('sent', 1);
    await turn();
    await bench.server.send(a.suback(1, [1]));
    await subscribed;
    await bench.drop();
    for (const qos of [1, 0] as const) void bench.publish('echo', qos);
    assert.deepEqual(await bench.reconnected(a.connack()), [
      'SUBSCRIBE #3 echo q1',
      'PUBLISH q1 #4 sent "x"',
      'PUBLISH q1 #5 echo "x"',
      'PUBLISH q0 echo "x"',
    ]);
  });

  it('subscribes again to what was granted and not ended since, and tells what became of it', async () => {
    const bench = new ClientBench();
    const told: unknown[] = [];
    bench.client.onDidResubscribe((resubscription) => told.push(resubscription));
    await bench.connected();
    const requests = [
      bench.client.subscribe([a.subscription('a', 1), a.subscription('refused'), a.subscription('ended')]),
      bench.client.subscribe([a.subscription('b', 2)], { subscriptionIdentifiers: [7] }),
    ];
    await turn();
    await bench.server.send(a.suback(1, [1, 0x87, 0]), a.suback(2, [2]));
    await Promise.all(requests);
    const ending = bench.client.unsubscribe(['ended']);
    await turn();
    await bench.server.send(a.unsuback(3, [0]));
    await ending;
    await bench.drop();
    await bench.reconnected(a.connack());
    const again = bench.server.packets.slice(1);
    assert.deepEqual(
      again.map(line).map((text) => text.split(' ')[0]),
      ['SUBSCRIBE', 'SUBSCRIBE'],
    );
    assert.ok(again[0]?.type === 'SUBSCRIBE' && again[1]?.type === 'SUBSCRIBE');
    assert.deepEqual(again[0].subscriptions, [a.subscription('a', 1)]);
    assert.deepEqual(again[1].properties, { subscriptionIdentifiers: [7] });
    await bench.server.send(
      a.suback(again[0].packetIdentifier, [1]),
      a.suback(again[1].packetIdentifier, [0x97]),
    );
    assert.deepEqual(told, [
      { subscriptions: [a.subscription('a', 1)], reasonCodes: [1] },
      { subscriptions: [a.subscription('b', 2)], reasonCodes: [0x97] },
    ]);
    assert.deepEqual([...bench.client.subscriptions.keys()], ['a']);
    // With the Session still there is nothing to subscribe to.
    await bench.drop();
    assert.deepEqual(await bench.reconnected(), []);
  });

  it('subscribes again without identifiers where the server takes none any more, and says so (3.2.2.3.12)', async () => {
    const bench = new ClientBench();
    const told: unknown[] = [];
    bench.client.onDidResubscribe((resubscription) => told.push(resubscription));
    await bench.connected();
    void watched(bench.client.subscribe([a.subscription('a', 1)]));
    await turn();
    await bench.server.send(a.suback(1, [1]));
    void bench.publish('a', 1);
    await bench.drop();
    const without = a.connack({ properties: { subscriptionIdentifierAvailable: 0 } });
    assert.deepEqual(await bench.reconnected(without), ['SUBSCRIBE #3 a q1', 'PUBLISH q1 #4 a "x"']);
    const [, again] = bench.server.packets;
    assert.ok(again?.type === 'SUBSCRIBE');
    assert.deepEqual(again.properties, {});
    await bench.server.send(a.suback(3, [1]));
    const subscriptions = [a.subscription('a', 1)];
    const droppedProperties = ['subscriptionIdentifiers'];
    assert.deepEqual(told, [{ subscriptions, reasonCodes: [1], droppedProperties }]);
    assert.deepEqual([...bench.client.subscriptions.keys()], ['a']);
  });

  it('subscribes again to what the server takes where it does not take all any more, and tells which', async () => {
    const bench = new ClientBench({ chooseSubscriptionIdentifiers: false });
    const told: unknown[] = [];
    bench.client.onDidResubscribe((resubscription) => {
      const filters = resubscription.subscriptions.map(({ topicFilter }) => topicFilter).join();
      told.push(
        'error' in resubscription ? `${filters} not` : `${filters} ${resubscription.reasonCodes.join()}`,
      );
    });
    await bench.connected();
    const filters = ['a', '$share/g/b', 'c'].map((filter) => a.subscription(filter));
    void watched(bench.client.subscribe(filters));
    await turn();
    await bench.server.send(a.suback(1, [0, 0, 0]));
    await bench.drop();
    const lines = await bench.reconnected(a.connack({ properties: { sharedSubscriptionAvailable: 0 } }));
    assert.deepEqual(
      lines.map((text) => text.replace(/#\d+/, '#')),
      ['SUBSCRIBE # a q0', 'SUBSCRIBE # c q0'],
    );
    for (const packet of bench.server.packets) {
      if (packet.type === 'SUBSCRIBE') await bench.server.send(a.suback(packet.packetIdentifier, [0]));
    }
    assert.deepEqual(told, ['$share/g/b not', 'a 0', 'c 0']);
  });

  it('leaves the subscriptions to its owner where that is asked for', async () => {
    const bench = new ClientBench({ resubscribe: false });
    await bench.connected();
    void watched(bench.client.subscribe([a.subscription('a', 1)]));
    await turn();
    await bench.server.send(a.suback(1, [1]));
    await bench.drop();
    assert.deepEqual(await bench.reconnected(a.connack()), []);
  });
});

describe('The version of a client that is to find it out', () => {
  for (const [what, version, connack] of [
    ['in the words of 3.1.1', 4, a.connack({ reasonCode: 1 })],
    ['in its own', 5, a.connack({ reasonCode: 0x84 })],
  ] as const) {
    it(`is 3.1.1 where the server refuses 5.0 ${what}, and that is told`, async () => {
      const bench = new ClientBench({ version: 'automatic' });
      const waiting = bench.publish('t', 1, { properties: { messageExpiryInterval: 9 } });
      const connecting = bench.client.connect();
      await turn();
      await bench.server.received();
      assert.equal(bench.server.packets[0]?.type === 'CONNECT' && bench.server.packets[0].protocolVersion, 5);
      bench.serverVersion = 4;
      await bench.server.sendBytes(encode(connack, version));
      assert.equal(bench.servers.length, 2);
      await bench.server.received();
      assert.deepEqual(await bench.server.send(a.connack()), ['PUBLISH q1 #1 t "x"']);
      await connecting;
      const { state } = bench.client;
      assert.ok(state.state === 'connected');
      assert.deepEqual([state.version, state.fellBackFrom], [4, 5]);
      await bench.server.send(a.acknowledgement('PUBACK', 1));
      await waiting;
      // What was found out holds until somebody connects anew.
      await bench.drop();
      await bench.reconnected();
      assert.equal(bench.server.packets[0]?.type === 'CONNECT' && bench.server.packets[0].protocolVersion, 4);
    });
  }

  it('stays 5.0 where the server says no for any other reason, or nothing', async () => {
    const endings = [
      (bench: ClientBench) => bench.server.send(a.connack({ reasonCode: 0x87 })),
      (bench: ClientBench) => Promise.resolve(bench.server.end()),
      (bench: ClientBench) => bench.clock.pass(10_000),
    ];
    for (const end of endings) {
      const bench = new ClientBench({ version: 'automatic' });
      const connecting = watched(bench.client.connect());
      await turn();
      await bench.server.received();
      await end(bench);
      await assert.rejects(connecting);
      assert.equal(bench.servers.length, 1);
    }
  });
});
