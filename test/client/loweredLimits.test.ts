import assert from 'node:assert/strict';
import { ClientBench } from '../support/clientBench';
import { MemorySessionStore } from '../support/memorySessionStore';
import { outcome } from '../support/outcome';
import { turn } from '../support/fakeClock';
import { a } from '../support/packets';

const lowered = (maximumQoS: 0 | 1) =>
  a.connack({ sessionPresent: true, properties: { maximumQoS, retainAvailable: 0 } });

/** A message of QoS 2 that was sent on a connection that broke before anything came back. */
async function inFlight(store?: MemorySessionStore) {
  const bench = new ClientBench({}, store && { store });
  await bench.connected();
  const message = bench.publish('t', 2);
  await turn();
  await bench.drop();
  return { bench, message };
}

describe('A message in flight that the server does not take any more', () => {
  it('is not sent again: what it does take is, in its order [MQTT-3.2.2-11] [MQTT-3.2.2-14]', async () => {
    const store = new MemorySessionStore();
    const bench = new ClientBench({}, { store });
    await bench.connected();
    const exactly = bench.publish('exactly once', 2);
    const retained = bench.publish('retained', 1, { retain: true });
    const plain = bench.publish('plain', 1);
    await turn();
    await bench.drop();
    // PUBREL asks whether the server had it already, and frees the identifier if not.
    assert.deepEqual(await bench.reconnected(lowered(1)), ['PUBREL #1', 'PUBLISH q1 #3 dup plain "x"']);
    assert.equal(await outcome(retained), 'retainNotSupported');
    assert.equal(await outcome(exactly), 'pending');
    await bench.server.send(a.acknowledgement('PUBCOMP', 1, 0x92), a.acknowledgement('PUBACK', 3));
    assert.equal(await outcome(exactly), 'qosNotSupported');
    assert.equal(((await plain) as { reasonCode: number }).reasonCode, 0);
    assert.deepEqual([store.kept.messages, store.kept.released], [[], []]);
  });

  it('is told as taken where the server had it', async () => {
    const { bench, message } = await inFlight();
    assert.deepEqual(await bench.reconnected(lowered(0)), ['PUBREL #1']);
    await bench.server.send(a.acknowledgement('PUBCOMP', 1));
    assert.deepEqual(await message, { reasonCode: 0, packetIdentifier: 1, properties: {} });
  });

  it('is not told as taken over any number of connections that break before PUBCOMP', async () => {
    for (const back of [lowered(1), a.connack({ sessionPresent: true })]) {
      const { bench, message } = await inFlight();
      await bench.reconnected(lowered(1));
      await bench.drop();
      assert.deepEqual(await bench.reconnected(back), ['PUBREL #1']);
      await bench.server.send(a.acknowledgement('PUBCOMP', 1, 0x92));
      assert.equal(await outcome(message), 'qosNotSupported');
    }
  });

  it('is not told as taken where the server loses the session before PUBCOMP [MQTT-3.2.2-5]', async () => {
    const { bench, message } = await inFlight();
    await bench.reconnected(lowered(1));
    await bench.drop();
    assert.deepEqual(await bench.reconnected(a.connack()), []);
    assert.equal(await outcome(message), 'qosNotSupported');
  });

  it('is not promised to be sent later where its client leaves before PUBCOMP', async () => {
    const { bench, message } = await inFlight(new MemorySessionStore());
    await bench.reconnected(lowered(1));
    await bench.client.disconnect();
    assert.equal(await outcome(message), 'notConnected');
  });

  it('gives its place to others, however few may be in flight', async () => {
    const bench = new ClientBench();
    await bench.connected();
    for (const name of ['a', 'b', 'c']) void bench.publish(name, 1, { retain: true });
    void bench.publish('d', 1);
    await turn();
    await bench.drop();
    const connack = a.connack({
      sessionPresent: true,
      properties: { retainAvailable: 0, receiveMaximum: 1 },
    });
    assert.deepEqual(await bench.reconnected(connack), ['PUBLISH q1 #4 dup d "x"']);
    void bench.publish('e', 1);
    assert.deepEqual(await bench.server.received(), []);
    assert.deepEqual(await bench.server.send(a.acknowledgement('PUBACK', 4)), ['PUBLISH q1 #5 e "x"']);
  });
});
