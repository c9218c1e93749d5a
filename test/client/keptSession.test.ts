import assert from 'node:assert/strict';
import type { ClientError } from '../../src/client/mqttClient';
import { encode } from '../../src/protocol/codec';
import type { SessionStore } from '../../src/session/sessionJournal';
import { ClientBench } from '../support/clientBench';
import { outcome, watched } from '../support/outcome';
import { turn } from '../support/fakeClock';
import { MemorySessionStore } from '../support/memorySessionStore';
import { a } from '../support/packets';

/** A client whose Session is kept in a store. */
const keeping = (store: MemorySessionStore, options = {}) => new ClientBench(options, { store });
const present = a.connack({ sessionPresent: true });

/** The process of a client ends without a word; what its store was told is all there is. */
async function crash({ client, servers }: ClientBench, store: MemorySessionStore): Promise<void> {
  store.crash();
  client.dispose();
  await servers.at(-1)?.received();
}

describe('A Session that is kept', () => {
  it('goes on in another process where it stood, with all that was in flight both ways [MQTT-4.4.0-1]', async () => {
    const store = new MemorySessionStore();
    const first = keeping(store);
    const queued = first.publish('before', 1);
    await first.connected(a.connack({ properties: { receiveMaximum: 3 } }));
    const properties = { contentType: 'c', correlationData: Uint8Array.of(0, 255) };
    void first.publish('released', 2);
    void first.publish('sent', 2, { properties });
    void first.publish('waiting', 1, { retain: true, payload: Uint8Array.of(0, 255) });
    void watched(first.client.subscribe([a.subscription('s', 1)]));
    await turn();
    await first.server.send(a.suback(4, [1]), a.publish('in', 2, 9), a.acknowledgement('PUBREC', 2));
    await crash(first, store);
    assert.equal(await outcome(queued), 'notConnected, kept');

    const next = keeping(store);
    assert.deepEqual(await next.connected(present), [
      'PUBREL #2',
      'PUBLISH q1 #1 dup before "x"',
      'PUBLISH q2 #3 dup sent "x"',
      'PUBLISH q1 #4 retain waiting "2 bytes"',
    ]);
    const sent = next.server.packets[3];
    assert.deepEqual(sent?.type === 'PUBLISH' && { ...sent.properties }, properties);
    // Known: it is acknowledged again and goes no further [MQTT-4.3.3-10].
    assert.deepEqual(await next.server.send(a.publish('in', 2, 9, { dup: true })), ['PUBREC #9']);
    assert.deepEqual(next.received, []);
    assert.deepEqual([...next.client.subscriptions.keys()], ['s']);
    await next.server.send(
      a.acknowledgement('PUBCOMP', 2),
      a.acknowledgement('PUBACK', 1),
      a.acknowledgement('PUBREC', 3),
      a.acknowledgement('PUBACK', 4),
      a.acknowledgement('PUBCOMP', 3),
      a.acknowledgement('PUBREL', 9),
    );
    const { messages, released, received } = store.kept;
    assert.deepEqual([messages, released, received], [[], [], []]);
  });

  it('keeps the name of a message that waits for its turn and came with a Topic Alias alone', async () => {
    const store = new MemorySessionStore();
    const first = keeping(store);
    await first.connected(a.connack({ properties: { topicAliasMaximum: 1, receiveMaximum: 1 } }));
    const alias = { properties: { topicAlias: 1 } };
    void first.publish('named', 1, alias);
    void first.publish('', 1, alias);
    await turn();
    await crash(first, store);
    assert.deepEqual(await keeping(store).connected(present), [
      'PUBLISH q1 #1 dup named "x"',
      'PUBLISH q1 #2 named "x"',
    ]);
  });

  it('is told each step before the bytes it leads to leave, in one batch for each turn', async () => {
    const store = new MemorySessionStore();
    const bench = keeping(store);
    await bench.connected();
    const before = store.batches;
    for (let count = 0; count < 50; count++) void bench.publish('t', 2);
    await turn();
    assert.equal(store.batches, before + 1);
    assert.equal(store.kept.messages.length, 50);
    store.failure = 'ENOSPC';
    await bench.server.received();
    assert.deepEqual(await bench.server.send(a.acknowledgement('PUBREC', 1)), ['reset']);
    assert.deepEqual(bench.takeStates(), ['disconnected: storeFailed']);
  });

  it('is not begun where the disk does not take that, so that no message can be half kept', async () => {
    const store = new MemorySessionStore();
    store.failure = 'ENOSPC';
    const bench = keeping(store);
    const waiting = bench.publish('t');
    await assert.rejects(bench.client.connect(), {
      failure: { kind: 'storeFailed', failure: { code: 'unusable', detail: 'ENOSPC' } },
    });
    assert.equal(await outcome(waiting), 'storeFailed');
    assert.deepEqual(
      bench.servers.map((server) => server.packets.length),
      [],
    );
  });

  it('keeps what is published while the connection is down, in one batch for each turn', async () => {
    const store = new MemorySessionStore();
    const bench = keeping(store);
    await bench.connected();
    await bench.drop();
    const before = store.batches;
    void bench.publish('a');
    void bench.publish('b');
    await turn();
    assert.deepEqual([store.batches - before, store.kept.messages.length], [1, 2]);
    store.failure = 'ENOSPC';
    assert.equal(await outcome(bench.publish('c').finally(() => undefined)), 'storeFailed');
    assert.deepEqual(bench.takeStates().at(-1), 'disconnected: storeFailed');
  });

  it('has the messages it was told of where the last of them could not be kept, and each hears which it is', async () => {
    const store = new MemorySessionStore();
    const first = keeping(store);
    await first.connected();
    const sent = first.publish('sent', 2);
    await turn();
    await first.drop();
    const queued = first.publish('queued', 1);
    await turn();
    store.failure = 'ENOSPC';
    const unkept = first.publish('unkept', 1);
    assert.deepEqual(
      [await outcome(sent), await outcome(queued), await outcome(unkept)],
      ['storeFailed, kept', 'storeFailed, kept', 'storeFailed'],
    );
    store.failure = undefined;
    assert.deepEqual(await keeping(store).connected(present), [
      'PUBLISH q2 #1 dup sent "x"',
      'PUBLISH q1 #2 queued "x"',
    ]);
  });

  it('is known in 5.0 after a restart, so that it can go on [MQTT-3.2.2-4]', async () => {
    const store = new MemorySessionStore();
    const first = keeping(store);
    await first.connected();
    await crash(first, store);
    const next = keeping(store);
    await next.connected(present);
    assert.equal(next.client.state.state, 'connected');
  });

  it('starts clean in 5.0 where it was lost on this side alone, until a server has begun anew [MQTT-3.2.2-4] [MQTT-3.1.2-4]', async () => {
    const store = new MemorySessionStore();
    store.mustStartClean = true;
    const cleanStarts: boolean[] = [];
    for (const connack of [a.connack({ reasonCode: 0x88 }), a.connack(), present]) {
      const bench = keeping(store);
      const connecting = bench.client.connect().catch(() => undefined);
      await turn();
      await bench.server.received();
      const [connect] = bench.server.packets;
      assert.ok(connect?.type === 'CONNECT');
      cleanStarts.push(connect.cleanStart);
      await bench.server.send(connack);
      await connecting;
      assert.equal(bench.client.state.state === 'connected', connack.reasonCode === 0);
      await bench.client.disconnect();
    }
    assert.deepEqual(cleanStarts, [true, true, false]);
  });

  it('goes on before 5.0, where Clean Session would end it with the connection [MQTT-3.1.2-6]', async () => {
    const store = new MemorySessionStore();
    store.mustStartClean = true;
    const bench = keeping(store, { version: 4 });
    await bench.connected(present);
    const [connect] = bench.server.packets;
    assert.equal(connect?.type === 'CONNECT' && connect.cleanStart, false);
    assert.equal(bench.client.state.state, 'connected');
  });

  it('belongs to one client at a time, and is let go with the connection', async () => {
    const store = new MemorySessionStore();
    const one = keeping(store);
    await one.connected();
    const other = keeping(store);
    await assert.rejects(other.client.connect(), {
      failure: { kind: 'storeFailed', failure: { code: 'inUse' } },
    });
    const message = one.publish('t');
    await one.client.disconnect();
    assert.equal(await outcome(message), 'notConnected, kept');
    assert.deepEqual(await other.connected(present), ['PUBLISH q1 #1 dup t "x"']);
  });

  it('counts nothing as outstanding where connecting is given up while the store opens', async () => {
    const store = new MemorySessionStore();
    const first = keeping(store);
    await first.connected();
    for (const name of ['a', 'b']) void watched(first.publish(name));
    await turn();
    await crash(first, store);
    const next = keeping(store);
    for (let time = 0; time < 2; time++) {
      void watched(next.client.connect());
      await next.client.disconnect();
      await turn();
      assert.deepEqual([next.client.outstanding, store.kept.messages.length], [0, 2]);
    }
    // The store is still being opened for the one that was given up.
    void watched(next.client.connect());
    void next.client.disconnect();
    assert.deepEqual(await next.connected(present), ['PUBLISH q1 #1 dup a "x"', 'PUBLISH q1 #2 dup b "x"']);
    assert.equal(next.client.outstanding, 2);
    await next.server.send(a.acknowledgement('PUBACK', 1), a.acknowledgement('PUBACK', 2));
    assert.equal(next.client.outstanding, 0);
    await next.client.disconnect({ drain: true });
  });

  it('is waited for where another window is about to let it go', async () => {
    const store = new MemorySessionStore();
    const journal = await store.open();
    const bench = keeping(store, { reconnect: { when: 'always', random: () => 0.5 } });
    const connecting = bench.client.connect();
    await turn();
    assert.match(bench.takeStates().at(-1) ?? '', /storeFailed$/);
    journal.close();
    await bench.reconnected(a.connack());
    await connecting;
  });

  it('is told to be kept where one that starts clean could not discard it', async () => {
    const store = new MemorySessionStore();
    const first = keeping(store, { cleanStart: true });
    await first.connected();
    const known = first.publish('known');
    await turn();
    store.failure = 'disk full';
    const unknown = first.publish('unknown');
    first.client.dispose();
    assert.deepEqual(await Promise.all([known, unknown].map(outcome)), [
      'notConnected, kept',
      'notConnected',
    ]);
    store.failure = undefined;
    const next = keeping(store);
    assert.deepEqual(await next.connected(present), ['PUBLISH q1 #1 dup known "x"']);

    const discarding = keeping(new MemorySessionStore(), { cleanStart: true });
    await discarding.connected();
    const discarded = discarding.publish('t');
    await turn();
    await discarding.client.disconnect();
    assert.equal(await outcome(discarded), 'notConnected');
  });

  it('starts anew where it is to start clean', async () => {
    const store = new MemorySessionStore();
    const first = keeping(store);
    await first.connected();
    void first.publish('t');
    await turn();
    await crash(first, store);
    const next = keeping(store, { cleanStart: true });
    assert.deepEqual(await next.connected(), []);
    assert.deepEqual(store.kept.messages, []);
  });

  it('is let go, and connect() rejects, where it cannot be taken up for a reason nobody foresaw', async () => {
    const store = new MemorySessionStore();
    const broken: SessionStore = {
      open: async () => {
        const journal = await store.open();
        const kept = { ...journal.kept, messages: undefined as unknown as [] };
        return { ...journal, kept };
      },
    };
    const bench = new ClientBench({}, { store: broken });
    await assert.rejects(bench.client.connect(), ({ failure }: ClientError) => {
      assert.ok(failure.kind === 'storeFailed' && failure.failure.code === 'unusable');
      return true;
    });
    (await store.open()).close();
  });

  it('goes aside whole and starts clean where a part of it cannot be read, with what waits already', async () => {
    const store = new MemorySessionStore();
    const journal = await store.open();
    const message = { packetIdentifier: 0, packet: Uint8Array.of(1, 2, 3), acceptedAt: 0 };
    journal.record([
      { kind: 'begun', begun: true },
      { kind: 'added', message: { entry: 1, ...message, packet: encode(a.publish('whole', 1, 1), 5) } },
      { kind: 'added', message: { entry: 2, ...message } },
    ]);
    journal.close();
    const bench = keeping(store);
    void bench.publish('new');
    assert.deepEqual(await bench.connected(), ['PUBLISH q1 #1 new "x"']);
    const [connect] = bench.server.packets;
    assert.equal(connect?.type === 'CONNECT' && connect.cleanStart, true);
    assert.deepEqual(store.aside, ['a packet is broken: 2']);
    assert.equal(store.kept.messages.length, 1);
    assert.equal(bench.client.outstanding, 1);
  });
});
