import assert from 'node:assert/strict';
import { encode } from '../../src/protocol/codec';
import { concatBytes } from '../../src/base/bytes';
import { ClientBench } from '../support/clientBench';
import { turn } from '../support/fakeClock';
import { outcome, watched } from '../support/outcome';
import { a } from '../support/packets';
import { MemorySessionStore } from '../support/memorySessionStore';

describe('A client whose listeners act', () => {
  it('is not brought back by the policy once disconnect() was called, however the connection ends', async () => {
    const bench = new ClientBench();
    await bench.connected();
    let left: Promise<unknown> | undefined;
    bench.client.onMessages(() => {
      left = bench.client.disconnect();
    });
    const publish = encode(a.publish('t'), 5);
    await bench.server.sendBytes(concatBytes([publish, encode(a.disconnect(0x8b), 5)]));
    await turn();
    assert.ok(left);
    await left;
    assert.equal(bench.client.state.state, 'disconnected');
    assert.equal(bench.servers.length, 1);
    assert.equal(bench.clock.waiting, 0);
  });

  it('makes no connection that was ended while it was told', async () => {
    const bench = new ClientBench();
    bench.client.onDidChangeState(({ state }) => {
      if (state === 'connecting') void bench.client.disconnect();
    });
    assert.equal(await outcome(bench.client.connect()), 'notConnected');
    assert.equal(bench.client.state.state, 'disconnected');
    assert.equal(bench.servers.length, 0);
  });

  it('makes none any more once it is disposed of', async () => {
    const bench = new ClientBench();
    bench.client.dispose();
    assert.equal(await outcome(bench.client.connect()), 'notConnected');
    assert.equal(bench.servers.length, 0);
  });

  it('leaves nothing of an earlier connection, which the server may not have closed yet', async () => {
    const bench = new ClientBench();
    const { openTransport } = bench;
    bench.openTransport = async () => Object.assign(await openTransport(), { end: () => undefined });
    await bench.connected();
    await bench.server.send(a.disconnect(0x8b));
    await bench.retried();
    assert.equal(bench.servers[0]?.isClosed, false);
    bench.client.dispose();
    assert.equal(bench.clock.waiting, 0);
    await bench.server.received();
    assert.deepEqual(
      bench.servers.map(({ isClosed }) => isClosed),
      [true, true],
    );
  });
});

describe('A client that is disposed of by a listener', () => {
  async function kept(store: MemorySessionStore) {
    const journal = await store.open();
    journal.close();
    return journal.kept;
  }

  it('keeps that the message in hand was received, so that it does not come again [MQTT-4.3.3-10]', async () => {
    const store = new MemorySessionStore();
    const bench = new ClientBench({}, { store });
    await bench.connected();
    bench.client.onMessages(() => bench.client.dispose());
    await bench.server.send(a.publish('t', 2, 7));
    assert.equal(bench.received.length, 1);
    assert.deepEqual((await kept(store)).received, [7]);
  });

  it('does not keep what it has not handed on by then, so that it comes again', async () => {
    const store = new MemorySessionStore();
    const bench = new ClientBench({}, { store });
    bench.client.onDidChangeState(({ state }) => {
      if (state === 'connected') bench.client.dispose();
    });
    const connecting = watched(bench.client.connect());
    await turn();
    await bench.server.received();
    await bench.server.sendBytes(concatBytes([encode(a.connack(), 5), encode(a.publish('t', 2, 7), 5)]));
    assert.equal(await outcome(connecting), 'notConnected');
    assert.equal(bench.received.length, 0);
    assert.deepEqual((await kept(store)).received, []);
  });

  it('lets nothing wait that is published afterwards, although it was never connected', async () => {
    const bench = new ClientBench();
    bench.client.dispose();
    assert.equal(await outcome(bench.publish('t', 1)), 'notConnected');
  });
});

describe('A message of a client', () => {
  it('at QoS 0 that is published as the connection comes up stays behind those that waited for it', async () => {
    const bench = new ClientBench({ queueQoS0: true });
    let late: Promise<unknown> | undefined;
    bench.client.onDidChangeState(({ state }) => {
      if (state === 'connected') late = bench.publish('late', 0);
    });
    const early = bench.publish('early', 0);
    const lines = await bench.connected();
    assert.deepEqual(
      lines.map((line) => line.split(' ')[2]),
      ['early', 'late'],
    );
    await Promise.all([early, late]);
  });

  it('at QoS 0 that may wait does so over attempts that fail, counts, and is sent once', async () => {
    const bench = new ClientBench({
      queueQoS0: true,
      queue: { messages: 2, bytes: 10_000 },
      reconnect: { when: 'always', random: () => 0.5 },
    });
    const { openTransport } = bench;
    bench.openTransport = () => Promise.reject(new Error('down'));
    watched(bench.client.connect()).catch(() => undefined);
    await turn();
    const messages = [bench.publish('a', 0), bench.publish('b', 0)];
    await bench.clock.pass(5_000);
    assert.deepEqual(await Promise.all(messages.map(outcome)), ['pending', 'pending']);
    assert.equal(await outcome(bench.publish('c', 0)), 'queueFull');
    bench.openTransport = openTransport;
    await bench.retried();
    const lines = await bench.server.send(a.connack());
    assert.equal(lines.filter((line) => line.startsWith('PUBLISH')).length, 2);
    await Promise.all(messages);
  });

  it('that was published in the turn in which its client is disposed of is kept where that is said', async () => {
    const store = new MemorySessionStore();
    const bench = new ClientBench({}, { store });
    await bench.connected();
    const message = bench.publish('t', 1);
    bench.client.dispose();
    assert.equal(await outcome(message), 'notConnected, kept');
    const journal = await store.open();
    assert.equal(journal.kept.messages.length, 1);
    journal.close();
  });
});
