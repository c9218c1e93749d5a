import assert from 'node:assert/strict';
import { ClientBench } from '../support/clientBench';
import { turn } from '../support/fakeClock';
import { MemorySessionStore } from '../support/memorySessionStore';
import { outcome } from '../support/outcome';
import { a } from '../support/packets';

describe('A client with a store that is left in the turn of publishing', () => {
  it('rejects what cannot be kept for its rule, and keeps what was published behind it', async () => {
    const store = new MemorySessionStore();
    const bench = new ClientBench({}, { store });
    await bench.connected();
    const broken = bench.publish('a/#');
    const unencodable = bench.publish('t', 1, {
      properties: {
        get contentType(): string {
          throw new RangeError('Array buffer allocation failed');
        },
      },
    });
    const good = bench.publish('g');
    bench.client.dispose();
    assert.deepEqual(await Promise.all([broken, unencodable, good].map(outcome)), [
      'topicNameWildcard', // [MQTT-3.3.2-2]
      'unencodable',
      'notConnected, kept',
    ]);
    assert.equal(store.kept.messages.length, 1);
  });

  it('does the same where the connection ends by itself in that turn, and connects again', async () => {
    const bench = new ClientBench({}, { store: new MemorySessionStore() });
    await bench.connected();
    const { server } = bench;
    const published: Promise<unknown>[] = [];
    const once = bench.client.onMessages(() => {
      once.dispose();
      published.push(bench.publish('a/#'), bench.publish('g'));
    });
    await server.send(a.publish('in', 0), { type: 'DISCONNECT', reasonCode: 0x89, properties: {} });
    assert.equal(published.length, 2);
    assert.deepEqual(await Promise.all(published.map(outcome)), ['topicNameWildcard', 'pending']);
    assert.deepEqual(await bench.reconnected(), ['PUBLISH q1 #1 g "x"']);
    await bench.server.send(a.acknowledgement('PUBACK', 1));
    assert.equal(bench.client.outstanding, 0);
  });

  for (const [kind, dependencies] of [
    ['with a store', () => ({ store: new MemorySessionStore() })],
    ['without one', () => ({})],
  ] as const) {
    it(`resolves what was acknowledged in the chunk whose listener disposes of it, ${kind}`, async () => {
      const bench = new ClientBench({}, dependencies());
      await bench.connected();
      const acknowledged = bench.publish('t');
      const open = bench.publish('u');
      await turn();
      bench.client.onMessages(() => bench.client.dispose());
      await bench.server.send(a.publish('in', 0), a.acknowledgement('PUBACK', 1));
      assert.deepEqual(await outcome(acknowledged), { reasonCode: 0, packetIdentifier: 1, properties: {} });
      const kept = kind === 'with a store' ? ', kept' : '';
      assert.equal(await outcome(open), `notConnected${kept}`);
    });
  }
});
