import assert from 'node:assert/strict';
import { ClientBench } from '../support/clientBench';
import { turn } from '../support/fakeClock';
import { MemorySessionStore } from '../support/memorySessionStore';
import { watched } from '../support/outcome';
import { a } from '../support/packets';

const present = a.connack({ sessionPresent: true });

/** Subscribes to filters, each with a SUBSCRIBE of its own, and has them granted. */
async function subscribe({ client, server }: ClientBench, ...filters: string[]): Promise<void> {
  for (const filter of filters) {
    const subscribed = client.subscribe([a.subscription(filter, 1)]);
    await turn();
    await server.received();
    const packet = server.packets.at(-1);
    assert.ok(packet?.type === 'SUBSCRIBE');
    await server.send(a.suback(packet.packetIdentifier, [1]));
    await subscribed;
  }
}

/** The filters of the SUBSCRIBE packets among lines, and what else there is. */
const filtersIn = (lines: readonly string[]) =>
  lines.map((line) => (line.startsWith('SUBSCRIBE') ? line.split(' ')[2] : line));

/** The process of a client ends without a word; what its store was told is all there is. */
function crash({ client }: ClientBench, store: MemorySessionStore): void {
  store.crash();
  client.dispose();
}

describe('A client whose server may have begun a new Session unheard', () => {
  it('subscribes again whatever Session Present says, where the connection broke before SUBACK (3.2.2.1.1)', async () => {
    const bench = new ClientBench();
    await bench.connected();
    await subscribe(bench, 'a');
    await bench.drop();
    assert.deepEqual(filtersIn(await bench.reconnected(a.connack())), ['a']);
    assert.deepEqual([...bench.client.owedSubscriptions], ['a']);
    // The server has begun a Session with that CONNACK, and has it still: without a subscription.
    await bench.drop();
    assert.deepEqual(filtersIn(await bench.reconnected(present)), ['a']);
    const again = bench.server.packets.at(-1);
    assert.ok(again?.type === 'SUBSCRIBE');
    // What was retained came before, if the server had the subscription after all.
    assert.equal(again.subscriptions[0]?.retainHandling, 1);
    await bench.server.send(a.suback(again.packetIdentifier, [1]));
    assert.deepEqual([...bench.client.owedSubscriptions], []);
    await bench.drop();
    assert.deepEqual(await bench.reconnected(present), []);
  });

  it('subscribes again to what was not answered, and to nothing else', async () => {
    const bench = new ClientBench();
    await bench.connected();
    await subscribe(bench, 'a', 'b', 'c', 'd');
    await bench.drop();
    assert.deepEqual(filtersIn(await bench.reconnected(a.connack())), ['a', 'b', 'c', 'd']);
    const [, first, second] = bench.server.packets;
    assert.ok(first?.type === 'SUBSCRIBE' && second?.type === 'SUBSCRIBE');
    await bench.server.send(a.suback(first.packetIdentifier, [1]), a.suback(second.packetIdentifier, [0x87]));
    void watched(bench.client.unsubscribe(['c']));
    await bench.server.received();
    const ending = bench.server.packets.at(-1);
    assert.ok(ending?.type === 'UNSUBSCRIBE');
    await bench.server.send(a.unsuback(ending.packetIdentifier, [0]));
    await bench.drop();
    assert.deepEqual(filtersIn(await bench.reconnected(present)), ['d']);
    assert.deepEqual([...bench.client.subscriptions.keys()], ['a', 'd']);
  });

  it('subscribes again where an answer to CONNECT got lost, which may have said so', async () => {
    for (const version of [4, 5] as const) {
      const bench = new ClientBench({ version });
      await bench.connected();
      await subscribe(bench, 'a');
      await bench.drop();
      await bench.retried();
      await bench.drop();
      assert.deepEqual(filtersIn(await bench.reconnected(present)), ['a']);
    }
  });

  it('takes the Session for the one it knows where every CONNECT was answered, or refused', async () => {
    const bench = new ClientBench();
    await bench.connected();
    await subscribe(bench, 'a');
    await bench.drop();
    await bench.reconnected(a.connack({ reasonCode: 0x89 }));
    assert.deepEqual(await bench.reconnected(present), []);
    assert.deepEqual([...bench.client.owedSubscriptions], []);
  });

  it('tells its owner what is owed, where that subscribes itself', async () => {
    const bench = new ClientBench({ resubscribe: false });
    await bench.connected();
    await subscribe(bench, 'a', 'b');
    await bench.drop();
    assert.deepEqual(await bench.reconnected(a.connack()), []);
    await subscribe(bench, 'b');
    await bench.drop();
    assert.deepEqual(await bench.reconnected(present), []);
    assert.deepEqual([...bench.client.owedSubscriptions], ['a']);
  });

  for (const [when, before] of [
    ['between CONNACK and SUBACK', (bench: ClientBench) => bench.server.send(a.connack())],
    ['between CONNECT and CONNACK', () => Promise.resolve()],
  ] as const) {
    it(`subscribes again in another process, where the one before ended ${when}`, async () => {
      const store = new MemorySessionStore();
      const first = new ClientBench({}, { store });
      await first.connected();
      await subscribe(first, 'a', 'b');
      await first.drop();
      await first.retried();
      await before(first);
      crash(first, store);
      const next = new ClientBench({}, { store });
      assert.deepEqual(filtersIn(await next.connected(present)), ['a', 'b']);
      for (const packet of next.server.packets) {
        if (packet.type === 'SUBSCRIBE') await next.server.send(a.suback(packet.packetIdentifier, [1]));
      }
      assert.equal(store.kept.isDoubted, false);
      crash(next, store);
      assert.deepEqual(await new ClientBench({}, { store }).connected(present), []);
    });
  }

  it('takes a QoS 2 message without DUP for a new one, though its Packet Identifier is known [MQTT-3.3.1-1]', async () => {
    for (const version of [4, 5] as const) {
      const bench = new ClientBench({ version });
      await bench.connected();
      await bench.server.send(a.publish('old', 2, 1), a.publish('old', 2, 2));
      await bench.drop();
      await bench.retried();
      await bench.drop(); // With it goes a CONNACK without Session Present.
      await bench.reconnected(present);
      assert.deepEqual(await bench.server.send(a.publish('new', 2, 1)), ['PUBREC #1']);
      // From here on it is a message of this Session, as is what has the other one [MQTT-4.3.3-10].
      assert.deepEqual(await bench.server.send(a.publish('new', 2, 1)), ['PUBREC #1']);
      await bench.server.send(a.publish('new', 2, 2, { dup: true }));
      assert.deepEqual(
        bench.received.map(({ topicName }) => topicName),
        ['old', 'old', 'new', 'new'],
      );
    }
  });

  it('takes a repetition for one all the same, and a message without DUP where nothing is in doubt [MQTT-4.3.3-10]', async () => {
    const bench = new ClientBench();
    await bench.connected();
    await bench.server.send(a.publish('one', 2, 1));
    await bench.drop();
    await bench.reconnected(present);
    // A server that forgets DUP is no reason to hand a message on twice.
    assert.deepEqual(await bench.server.send(a.publish('one', 2, 1)), ['PUBREC #1']);
    await bench.drop();
    await bench.retried();
    await bench.drop();
    await bench.reconnected(present);
    assert.deepEqual(await bench.server.send(a.publish('one', 2, 1, { dup: true })), ['PUBREC #1']);
    assert.deepEqual(await bench.server.send(a.publish('one', 2, 1)), ['PUBREC #1']);
    assert.equal(bench.received.length, 1);
  });
});
