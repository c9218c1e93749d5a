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
    let left: Promise<void> | undefined;
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
});

describe('A message of a client', () => {
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
