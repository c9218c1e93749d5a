import assert from 'node:assert/strict';
import type { ClientOptions } from '../../src/client/mqttClient';
import type { TransportListener } from '../../src/session/effects';
import { ClientBench } from '../support/clientBench';
import { turn } from '../support/fakeClock';
import { outcome } from '../support/outcome';
import { a } from '../support/packets';

/** A client whose transport says that it is full for as long as the test wants. */
class FullBench extends ClientBench {
  isFull = false;
  private listener: TransportListener | undefined;

  constructor(options: Partial<ClientOptions> = {}) {
    super(options);
    const open = this.openTransport;
    this.openTransport = async () => {
      const transport = await open();
      const start = transport.start.bind(transport);
      const write = transport.write.bind(transport);
      transport.start = (listener) => start((this.listener = listener));
      transport.write = (bytes) => write(bytes) && !this.isFull;
      return transport;
    };
  }

  /** Connects, and what is published from now on waits. */
  async filled(connack = a.connack()): Promise<void> {
    await this.connected(connack);
    await this.fill();
  }

  async fill(): Promise<void> {
    this.isFull = true;
    await this.publish('fills', 0);
    await this.server.received();
  }

  drain(): Promise<string[]> {
    this.isFull = false;
    this.listener?.drained();
    return this.server.received();
  }

  /** Publishes at QoS 0, one message in each turn. */
  async publishInTurns(...topics: string[]): Promise<Promise<unknown>[]> {
    const published: Promise<unknown>[] = [];
    for (const topic of topics) {
      published.push(this.publish(topic, 0));
      await turn();
    }
    return published;
  }
}

const done = { reasonCode: 0, packetIdentifier: 0, properties: {} };

describe('QoS 0 messages behind a full transport', () => {
  it('wait together, however many turns they are published in, and leave in their order', async () => {
    const bench = new FullBench();
    await bench.filled();
    const first = await bench.publishInTurns('a', 'b', 'c');
    const between = bench.publish('d', 0, { properties: { contentType: 'c' } });
    const last = await bench.publishInTurns('e', 'f');
    assert.deepEqual(
      [first, last].map((promises) => new Set(promises).size),
      [1, 1],
    );
    const all = [...first, between, ...last];
    assert.equal(bench.client.outstanding, all.length);
    assert.deepEqual(new Set(await Promise.all(all.map(outcome))), new Set(['pending']));
    const lines = await bench.drain();
    assert.deepEqual(
      lines.map((line) => /\b([a-f]) "x"$/.exec(line)?.[1]),
      ['a', 'b', 'c', 'd', 'e', 'f'],
    );
    await Promise.all(all);
    assert.equal(bench.client.outstanding, 0);
  });

  it('are rejected when they expire, each at its time', async () => {
    const bench = new FullBench();
    await bench.filled();
    const expiring = (seconds: number) =>
      bench.publish(`t${seconds}`, 0, { properties: { messageExpiryInterval: seconds } });
    const messages = [expiring(3), expiring(1), expiring(9)];
    void (await bench.publishInTurns('rest'));
    await bench.clock.pass(1_000);
    assert.deepEqual(await Promise.all(messages.map(outcome)), ['pending', 'expired', 'pending']);
    await bench.clock.pass(2_000);
    assert.deepEqual(await Promise.all(messages.map(outcome)), ['expired', 'expired', 'pending']);
    assert.deepEqual(await bench.drain(), ['PUBLISH q0 expires 6 t9 "x"', 'PUBLISH q0 rest "x"']);
    assert.equal(bench.client.outstanding, 0);
  });

  it('that waited for the connection wait for the next one where it breaks before they are written', async () => {
    const bench = new FullBench({ queueQoS0: true });
    bench.isFull = true;
    const early = ['a', 'b'].map((topic) => bench.publish(topic, 0));
    const expiring = bench.publish('d', 0, { properties: { messageExpiryInterval: 1 } });
    await bench.connected();
    const passing = bench.publish('passing', 0);
    assert.deepEqual(await Promise.all(early.map(outcome)), ['pending', 'pending']);
    await bench.drop();
    assert.match(String(await outcome(passing)), /^(closedByServer|transport)$/);
    assert.equal(bench.client.outstanding, 3);
    const late = bench.publish('late', 0);
    bench.isFull = false;
    await bench.retried();
    await bench.clock.pass(1_000);
    assert.equal(await outcome(expiring), 'expired');
    const lines = await bench.server.send(a.connack({ sessionPresent: true }));
    assert.deepEqual(
      lines.map((text) => text.split(' ')[2]),
      ['a', 'b', 'late'],
    );
    assert.deepEqual(await Promise.all([...early, late].map(outcome)), [done, done, done]);
    assert.equal(bench.client.outstanding, 0);
    await bench.client.disconnect({ drain: true });
    assert.equal(bench.clock.waiting, 0);
  });

  it('that waited for the connection are rejected where nobody wants another', async () => {
    const bench = new FullBench({ queueQoS0: true });
    bench.isFull = true;
    const early = ['a', 'b'].map((topic) => bench.publish(topic, 0));
    await bench.connected();
    const over = bench.client.disconnect();
    assert.deepEqual(await Promise.all(early.map(outcome)), ['notConnected', 'notConnected']);
    await bench.server.received();
    bench.server.drop();
    await over;
    bench.isFull = false;
    assert.deepEqual(await bench.connected(), []);
  });

  for (const [how, again] of [
    [
      'breaks',
      async (bench: FullBench) => {
        await bench.drop();
        await bench.reconnected();
      },
    ],
    [
      'was ended by this side',
      async (bench: FullBench) => {
        const over = bench.client.disconnect();
        await bench.server.received();
        bench.server.drop();
        await over;
        await bench.connected();
      },
    ],
  ] as const) {
    it(`go with a connection that ${how}, and none of the next one goes with them`, async () => {
      const bench = new FullBench();
      await bench.filled();
      const [lost] = await bench.publishInTurns('lost');
      assert.ok(lost);
      await again(bench);
      assert.match(String(await outcome(lost)), /^(closedByServer|transport|notConnected)$/);
      const next = bench.publish('next', 0);
      await turn();
      await bench.drain();
      await next;
      assert.ok(
        bench.server.packets.some((packet) => packet.type === 'PUBLISH' && packet.topicName === 'next'),
      );
    });
  }
});
