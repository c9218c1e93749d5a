import assert from 'node:assert/strict';
import { PublishError } from '../../src/client/mqttClient';
import { benchOptions, ClientBench } from '../support/clientBench';
import { MemorySessionStore } from '../support/memorySessionStore';
import { outcome, watched } from '../support/outcome';
import { turn } from '../support/fakeClock';
import { a } from '../support/packets';

const done = (packetIdentifier: number) => ({ reasonCode: 0, packetIdentifier, properties: {} });

describe('A message that is published', () => {
  it('before the first connection waits for it, and goes out in order', async () => {
    const bench = new ClientBench();
    const messages = [bench.publish('a', 1), bench.publish('b', 2)];
    assert.deepEqual(await Promise.all(messages.map(outcome)), ['pending', 'pending']);
    assert.deepEqual(await bench.connected(), ['PUBLISH q1 #1 a "x"', 'PUBLISH q2 #2 b "x"']);
    await bench.server.send(
      a.acknowledgement('PUBACK', 1),
      a.acknowledgement('PUBREC', 2),
      a.acknowledgement('PUBCOMP', 2),
    );
    assert.deepEqual(await Promise.all(messages), [done(1), done(2)]);
  });

  it('while the connection is down or coming up waits for the next, whatever number of them it takes', async () => {
    const bench = new ClientBench();
    await bench.connected();
    const sent = bench.publish('sent');
    await turn();
    await bench.drop();
    const waiting = bench.publish('waiting');
    assert.deepEqual(await bench.reconnected(), ['PUBLISH q1 #1 dup sent "x"', 'PUBLISH q1 #2 waiting "x"']);
    await bench.drop();
    await bench.retried();
    const late = bench.publish('late');
    assert.deepEqual(await bench.server.send(a.connack({ sessionPresent: true })), [
      'PUBLISH q1 #1 dup sent "x"',
      'PUBLISH q1 #2 dup waiting "x"',
      'PUBLISH q1 #3 late "x"',
    ]);
    await bench.server.send(...[1, 2, 3].map((identifier) => a.acknowledgement('PUBACK', identifier)));
    assert.deepEqual(await Promise.all([sent, waiting, late]), [done(1), done(2), done(3)]);
  });

  it('with a Topic Alias of its publisher goes out with its name alone, whatever the next server allows [MQTT-3.3.2-7]', async () => {
    const bench = new ClientBench({ queueQoS0: true });
    const alias = (topicAlias: number) => ({ properties: { topicAlias, contentType: 'c' } });
    const early = [bench.publish('early', 1, alias(9)), bench.publish('early', 0, alias(9))];
    const without = ['PUBLISH q1 #1 early "x"', 'PUBLISH q0 early "x"'];
    const connack = a.connack({ properties: { topicAliasMaximum: 2, receiveMaximum: 2 } });
    assert.deepEqual(await bench.connected(connack), without);
    const sent = bench.publish('sent', 1, alias(2));
    const queued = bench.publish('', 1, alias(2));
    await turn();
    assert.deepEqual(await bench.server.received(), ['PUBLISH q1 #2 alias 2 sent "x"']);
    // Handed over in the turn in which the connection ends.
    const handed = bench.publish('', 1, alias(2));
    await bench.drop();
    assert.equal(await outcome(bench.publish('', 1, alias(2))), 'topicAliasUnknown');
    assert.deepEqual(await bench.reconnected(), [
      'PUBLISH q1 #1 dup early "x"',
      'PUBLISH q1 #2 dup sent "x"',
      'PUBLISH q1 #3 sent "x"',
      'PUBLISH q1 #4 sent "x"',
    ]);
    await bench.server.send(...[1, 2, 3, 4].map((identifier) => a.acknowledgement('PUBACK', identifier)));
    const outcomes = await Promise.all([...early, sent, queued, handed]);
    assert.ok(outcomes.every(({ reasonCode }) => reasonCode === 0));
  });

  it('in the turn in which the connection ends is not lost between the two', async () => {
    const bench = new ClientBench();
    await bench.connected();
    let lost: Promise<unknown> | undefined;
    bench.client.onMessages(() => {
      lost ??= bench.publish('t');
    });
    // Both come in one chunk: the message is handed over before the connection is known to be over.
    await bench.server.send(a.publish('in'), a.disconnect(0x8b));
    assert.ok(lost);
    assert.deepEqual(await bench.reconnected(), ['PUBLISH q1 #1 t "x"']);
    await bench.server.send(a.acknowledgement('PUBACK', 1));
    assert.deepEqual(await lost, done(1));
  });

  it('at QoS 0 while there is no connection is refused at once, unless it may wait', async () => {
    const bench = new ClientBench();
    assert.equal(await outcome(bench.publish('a', 0)), 'notConnected');
    const patient = new ClientBench({ queueQoS0: true });
    const waiting = patient.publish('a', 0);
    const expired = patient.publish('b', 0, { properties: { messageExpiryInterval: 1 } });
    await patient.clock.pass(1_500);
    assert.deepEqual(await patient.connected(), ['PUBLISH q0 a "x"']);
    assert.deepEqual([await waiting, await outcome(expired)], [done(0), 'expired']);
  });

  it('by who hears of the connection goes behind what was published before, at each QoS', async () => {
    const bench = new ClientBench({ queueQoS0: true });
    const waiting = [bench.publish('early', 0), bench.publish('early', 1), bench.publish('early', 2)];
    const late: Promise<unknown>[] = [];
    bench.client.onDidChangeState(({ state }) => {
      if (state !== 'connected') return;
      late.push(bench.publish('late', 0), bench.publish('late', 1), bench.publish('late', 2));
    });
    const lines = await bench.connected();
    const at = (qos: number) =>
      lines.filter((line) => line.includes(`q${qos}`)).map((line) => line.split(' ').at(-2));
    assert.deepEqual(
      [0, 1, 2].map(at),
      [0, 1, 2].map(() => ['early', 'late']),
    );
    assert.deepEqual([await waiting[0], await late[0]], [done(0), done(0)]);
  });

  it('at QoS 0 ends with its connection, since nobody can tell whether it arrived', async () => {
    const bench = new ClientBench();
    await bench.connected();
    const unsent = bench.publish('a', 0);
    bench.server.drop();
    // The transport has taken it in the same turn.
    assert.deepEqual(await outcome(unsent), done(0));
  });

  it('is refused at once where it breaks a rule, also while nothing is connected', async () => {
    assert.equal(await outcome(new ClientBench().publish('a/#')), 'topicNameWildcard');
  });

  it('and queued is refused once the server says that it does not take it [MQTT-3.2.2-11] [MQTT-3.2.2-14]', async () => {
    const bench = new ClientBench();
    const messages = [bench.publish('a', 2), bench.publish('b', 1, { retain: true }), bench.publish('c', 1)];
    const properties = { maximumQoS: 1, retainAvailable: 0 };
    assert.deepEqual(await bench.connected(a.connack({ properties })), ['PUBLISH q1 #1 c "x"']);
    assert.deepEqual(await Promise.all(messages.map(outcome)), [
      'qosNotSupported',
      'retainNotSupported',
      'pending',
    ]);
  });

  it('is sent with what is left of its Message Expiry Interval, or rejected when nothing is [MQTT-3.3.2-6]', async () => {
    const bench = new ClientBench();
    const expiring = (seconds: number) =>
      bench.publish(`t${seconds}`, 1, { properties: { messageExpiryInterval: seconds } });
    const short = expiring(5);
    const long = expiring(100);
    await bench.clock.pass(7_500);
    await bench.connected();
    const [sent] = bench.server.packets.filter(({ type }) => type === 'PUBLISH');
    assert.ok(sent?.type === 'PUBLISH');
    assert.deepEqual([sent.topicName, sent.properties], ['t100', { messageExpiryInterval: 93 }]);
    assert.equal(await outcome(short), 'expired');
    await bench.server.send(a.acknowledgement('PUBACK', 1));
    assert.deepEqual(await long, done(1));
  });

  it('counts down while it waits for the quota of a connection that is up, too', async () => {
    const bench = new ClientBench();
    await bench.connected(a.connack({ properties: { receiveMaximum: 1 } }));
    const first = bench.publish('first');
    const second = bench.publish('second', 1, { properties: { messageExpiryInterval: 2 } });
    await bench.clock.pass(2_000);
    assert.deepEqual(await bench.server.send(a.acknowledgement('PUBACK', 1)), ['PUBLISH q1 #1 first "x"']);
    assert.deepEqual([await first, await outcome(second)], [done(1), 'expired']);
  });

  it('and was left by an earlier connection makes room when it expires while the next is being made', async () => {
    const bench = new ClientBench({ queue: { messages: 1, bytes: 10_000 } });
    const left = bench.publish('left', 1, { properties: { messageExpiryInterval: 5 } });
    void watched(bench.client.connect());
    await turn();
    await bench.client.disconnect();
    assert.equal(await outcome(left), 'notConnected, kept');
    void watched(bench.client.connect());
    await turn();
    assert.equal(await outcome(bench.publish('early')), 'queueFull');
    await bench.clock.pass(5_000);
    assert.equal(await outcome(bench.publish('late')), 'pending');
  });

  it('and expires is kept no longer in a store', async () => {
    const store = new MemorySessionStore();
    const bench = new ClientBench({}, { store });
    await bench.connected(a.connack({ properties: { receiveMaximum: 1 } }));
    void bench.publish('sent');
    const expiring = bench.publish('t', 1, { properties: { messageExpiryInterval: 1 } });
    await turn();
    assert.equal(store.kept.messages.length, 2);
    await bench.clock.pass(1_000);
    assert.equal(await outcome(expiring), 'expired');
    assert.equal(store.kept.messages.length, 1);
  });

  it('and expires while it waits is rejected at its time, connection or not, and makes room', async () => {
    const bench = new ClientBench({ queueQoS0: true, queue: { messages: 3, bytes: 1_000_000 } });
    const expiring = (seconds: number, qos: 0 | 1) =>
      bench.publish(`t${seconds}`, qos, { properties: { messageExpiryInterval: seconds } });
    const messages = [expiring(4, 1), expiring(2, 0), expiring(9, 1)];
    assert.equal(bench.clock.waiting, 1);
    assert.equal(await outcome(bench.publish('more')), 'queueFull');
    await bench.clock.pass(2_000);
    assert.deepEqual(await Promise.all(messages.map(outcome)), ['pending', 'expired', 'pending']);
    await bench.clock.pass(1_999);
    assert.equal(await outcome(expiring(3, 1)), 'pending');
    await bench.clock.pass(1);
    assert.deepEqual(await Promise.all(messages.map(outcome)), ['expired', 'expired', 'pending']);
    assert.equal(bench.client.outstanding, 2);
    assert.deepEqual(await bench.connected(), [
      'PUBLISH q1 #1 expires 5 t9 "x"',
      'PUBLISH q1 #2 expires 3 t3 "x"',
    ]);
    // What was sent does not expire any more: the server has it.
    await bench.clock.pass(9_000);
    assert.equal(bench.client.outstanding, 2);
    assert.equal(bench.clock.waiting, 0);
  });

  it('and expires between two connections, or behind the quota of one, is rejected then, not at the next', async () => {
    const bench = new ClientBench({
      reconnect: { when: 'afterConnected', random: () => 1, firstDelay: 60_000 },
    });
    await bench.connected(a.connack({ properties: { receiveMaximum: 1 } }));
    const first = bench.publish('first');
    const expiring = (seconds: number) =>
      bench.publish(`t${seconds}`, 1, { properties: { messageExpiryInterval: seconds } });
    const [short, long] = [expiring(1), expiring(2)];
    await turn();
    await bench.clock.pass(1_000);
    assert.deepEqual(await Promise.all([short, long].map(outcome)), ['expired', 'pending']);
    await bench.drop();
    await bench.clock.pass(1_000);
    assert.deepEqual(await Promise.all([first, long].map(outcome)), ['pending', 'expired']);
    bench.client.dispose();
    assert.equal(bench.clock.waiting, 0);
  });

  it('at many times expires in few looks, each a moment late at most', async () => {
    const bench = new ClientBench();
    const messages: Promise<unknown>[] = [];
    for (let count = 0; count < 100; count++) {
      messages.push(bench.publish('t', 1, { properties: { messageExpiryInterval: 1 } }));
      await bench.clock.pass(1);
    }
    let looks = 0;
    const schedule = bench.clock.schedule.bind(bench.clock);
    bench.clock.schedule = (at, callback) => {
      looks++;
      return schedule(at, callback);
    };
    await bench.clock.pass(1_050);
    assert.deepEqual(new Set(await Promise.all(messages.map(outcome))), new Set(['expired']));
    assert.ok(looks <= 3, String(looks));
  });

  for (const [bound, what] of [
    [{ messages: 2, bytes: 1_000_000 }, 'messages'],
    [{ messages: 1_000, bytes: 2 * 258 }, 'bytes'],
  ] as const) {
    it(`beyond the bound of ${what} is refused at once with that bound, until there is room`, async () => {
      const bench = new ClientBench({ queue: bound });
      const first = bench.publish('1');
      void bench.publish('2');
      const error: unknown = await bench.publish('3').catch((reason: unknown) => reason);
      assert.ok(error instanceof PublishError);
      assert.deepEqual(error.failure, { kind: 'queueFull', bound });
      await bench.connected();
      assert.equal(await outcome(bench.publish('4')), 'queueFull');
      await bench.server.send(a.acknowledgement('PUBACK', 1));
      await first;
      assert.equal(await outcome(bench.publish('5')), 'pending');
    });
  }

  it('alone may be larger than the bound', async () => {
    const bench = new ClientBench({ queue: { messages: 10, bytes: 10 } });
    await bench.connected();
    const large = bench.publish('t', 1, { payload: new Uint8Array(1_000) });
    await turn();
    assert.equal(await outcome(bench.publish('t')), 'queueFull');
    await bench.server.send(a.acknowledgement('PUBACK', 1));
    assert.deepEqual(await large, done(1));
  });

  for (const [cleanStart, told] of [
    [false, 'notConnected, kept'],
    [true, 'notConnected'],
  ] as const) {
    it(`and waits when the client disconnects is ${cleanStart ? 'given up' : 'kept for the next time'}, and that is told`, async () => {
      const bench = new ClientBench({ cleanStart });
      await bench.connected(a.connack({ properties: { receiveMaximum: 1 } }));
      const messages = [bench.publish('sent'), bench.publish('waiting')];
      await turn();
      await bench.client.disconnect();
      assert.deepEqual(await Promise.all(messages.map(outcome)), [told, told]);
      assert.equal(await outcome(bench.publish('after')), 'notConnected');
      const again = await bench.connected(a.connack({ sessionPresent: !cleanStart }));
      assert.deepEqual(again, cleanStart ? [] : ['PUBLISH q1 #1 dup sent "x"', 'PUBLISH q1 #2 waiting "x"']);
    });
  }

  it('and waits when the client is disposed of is told to be gone', async () => {
    const bench = new ClientBench(benchOptions);
    const messages = [bench.publish('a'), bench.publish('b', 2)];
    bench.client.dispose();
    assert.deepEqual(await Promise.all(messages.map(outcome)), ['notConnected', 'notConnected']);
    assert.equal(bench.clock.waiting, 0);
  });
});
