import assert from 'node:assert/strict';
import { type KeptFailure, MqttClient } from '../../src/client/mqttClient';
import { benchOptions, ClientBench } from '../support/clientBench';
import { turn } from '../support/fakeClock';
import { MemorySessionStore } from '../support/memorySessionStore';
import { outcome } from '../support/outcome';
import { a } from '../support/packets';

const present = a.connack({ sessionPresent: true });

/** What the client tells of messages that nobody waits for, in short. */
function toldBy(client: MqttClient): string[] {
  const told: string[] = [];
  client.onKeptFailed((failure) => void textOf(failure).then((text) => told.push(text)));
  return told;
}

async function textOf(failure: KeptFailure): Promise<string> {
  const { topicName = 'taken' } = failure;
  if ('error' in failure) return `${topicName}: ${String(await outcome(Promise.reject(failure.error)))}`;
  const { reasonCode, sessionLost } = failure.outcome;
  return `${topicName}: ${sessionLost ? 'session lost' : `0x${reasonCode.toString(16)}`}`;
}

async function settled(): Promise<void> {
  for (let hop = 0; hop < 6; hop++) await turn();
}

describe('A message of the Session that no promise stands for any more', () => {
  /** A client of another process, which goes on with what the one before left in the store. */
  const restarted = async (
    publish: (bench: ClientBench) => Promise<unknown>,
    options = {},
  ): Promise<{ next: ClientBench; told: string[]; store: MemorySessionStore }> => {
    const store = new MemorySessionStore();
    const first = new ClientBench({}, { store });
    await first.connected();
    await publish(first);
    await turn();
    store.crash();
    first.client.dispose();
    const next = new ClientBench(options, { store });
    return { next, told: toldBy(next.client), store };
  };

  it('is told where the server refuses it, or it has expired, after a restart', async () => {
    const { next, told, store } = await restarted(async (bench) => {
      void bench.publish('refused', 1);
      void bench.publish('refused twice', 2);
      void bench.publish('taken', 1);
      await bench.drop();
      void bench.publish('late', 1, { properties: { messageExpiryInterval: 10 } });
    });
    assert.equal(next.client.outstanding, 0);
    next.clock.jump(60_000);
    await next.connected(present);
    await next.server.send(
      a.acknowledgement('PUBACK', 1, 0x87),
      a.acknowledgement('PUBREC', 2, 0x97),
      a.acknowledgement('PUBACK', 3),
    );
    await settled();
    assert.deepEqual(told, ['late: expired', 'refused: 0x87', 'refused twice: 0x97']);
    assert.equal(next.client.outstanding, 0);
    assert.deepEqual(store.kept.messages, []);
  });

  it('is told where the server had taken it and then lost the Session', async () => {
    const { next, told } = await restarted(async (bench) => {
      void bench.publish('t', 2);
      await bench.server.received();
      await bench.server.send(a.acknowledgement('PUBREC', 1));
    });
    await next.connected();
    await settled();
    assert.deepEqual(told, ['taken: session lost']);
  });

  it('is told where it was kept in this process, by the client and by the one that goes on for it', async () => {
    for (const heir of [false, true]) {
      const bench = new ClientBench({});
      await bench.connected();
      const message = bench.publish('t');
      await bench.client.disconnect();
      assert.equal(await outcome(message), 'notConnected, kept');
      const { clock } = bench;
      const open = () => bench.openTransport();
      const client = heir
        ? new MqttClient(benchOptions, { open, clock }, bench.client.handOver())
        : bench.client;
      const told = toldBy(client);
      assert.equal(client.outstanding, 1, 'It counts on');
      const connecting = client.connect();
      await turn();
      await bench.server.received();
      assert.deepEqual(await bench.server.send(present), ['PUBLISH q1 #1 dup t "x"']);
      await connecting;
      await bench.server.send(a.acknowledgement('PUBACK', 1, 0x87));
      await settled();
      assert.deepEqual(told, ['t: 0x87']);
      assert.equal(client.outstanding, 0);
    }
  });

  it('is told where it is lost with its client, and not where another goes on', async () => {
    for (const handOver of [false, true]) {
      const bench = new ClientBench({});
      await bench.connected();
      const message = bench.publish('t');
      await bench.client.disconnect();
      assert.equal(await outcome(message), 'notConnected, kept');
      const told = toldBy(bench.client);
      if (handOver) bench.client.handOver();
      else bench.client.dispose();
      await settled();
      assert.deepEqual(told, handOver ? [] : ['t: notConnected']);
    }
  });

  it('is not told where it is still kept, and went through at last', async () => {
    const { next, told } = await restarted(async (bench) => void (await outcome(bench.publish('t'))));
    await next.connected(present);
    await next.client.disconnect();
    await next.connected(present);
    await next.server.send(a.acknowledgement('PUBACK', 1));
    await settled();
    assert.deepEqual(told, []);
    assert.equal(next.client.outstanding, 0);
  });

  it('is told to others too where one who hears of it throws', async () => {
    const { next, told } = await restarted(async (bench) => void (await outcome(bench.publish('t'))));
    const thrown: unknown[] = [];
    const heard = (error: unknown): void => void thrown.push(error);
    const others = process.listeners('unhandledRejection');
    process.removeAllListeners('unhandledRejection');
    process.on('unhandledRejection', heard);
    try {
      next.client.onKeptFailed(() => {
        throw new Error('mine');
      });
      await next.connected(present);
      await next.server.send(a.acknowledgement('PUBACK', 1, 0x80));
      await settled();
      await new Promise((resolve) => setImmediate(resolve));
    } finally {
      process.off('unhandledRejection', heard);
      for (const listener of others) process.on('unhandledRejection', listener);
    }
    assert.deepEqual([told, thrown.map(String)], [['t: 0x80'], ['Error: mine']]);
    assert.equal(next.client.state.state, 'connected');
  });
});
