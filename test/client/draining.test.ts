import assert from 'node:assert/strict';
import { ClientBench } from '../support/clientBench';
import { outcome } from '../support/outcome';
import { a } from '../support/packets';

describe('disconnect() of a client that may drain', () => {
  const taken = { reasonCode: 0, packetIdentifier: 1, properties: {} };

  it('waits until nothing is outstanding, what is published meanwhile included', async () => {
    const bench = new ClientBench();
    await bench.connected();
    const first = bench.publish('a', 1);
    const leaving = bench.client.disconnect({ drain: true });
    const second = bench.publish('b', 2);
    assert.deepEqual(await bench.server.received(), ['PUBLISH q1 #1 a "x"', 'PUBLISH q2 #2 b "x"']);
    await bench.server.send(a.acknowledgement('PUBACK', 1), a.acknowledgement('PUBREC', 2));
    assert.deepEqual(await first, taken);
    assert.equal(await outcome(leaving), 'pending');
    assert.deepEqual(await bench.server.send(a.acknowledgement('PUBCOMP', 2)), ['DISCONNECT 0x00', 'closed']);
    assert.deepEqual(await leaving, {});
    assert.equal((await second).reasonCode, 0);
  });

  it('leaves at once where there is nothing to wait for', async () => {
    const bench = new ClientBench();
    await bench.connected();
    await bench.client.disconnect({ drain: true });
    assert.deepEqual(await bench.server.received(), ['DISCONNECT 0x00', 'closed']);
    assert.equal(bench.clock.waiting, 0);
  });

  for (const [drain, milliseconds] of [
    [250, 250],
    [true, 10_000],
  ] as const) {
    it(`waits no longer than ${milliseconds} ms for drain: ${drain}`, async () => {
      const bench = new ClientBench();
      await bench.connected();
      const message = bench.publish('a', 1);
      const leaving = bench.client.disconnect({ drain });
      await bench.clock.pass(milliseconds - 1);
      assert.equal(await outcome(leaving), 'pending');
      await bench.clock.pass(1);
      assert.deepEqual(await outcome(leaving), {});
      assert.equal(await outcome(message), 'notConnected, kept');
    });
  }

  it('waits over another connection, and no more once there is going to be none', async () => {
    const bench = new ClientBench();
    await bench.connected();
    const message = bench.publish('a', 1);
    await bench.server.received();
    const leaving = bench.client.disconnect({ drain: 60_000 });
    await bench.drop();
    await bench.reconnected();
    await bench.server.send(a.acknowledgement('PUBACK', 1));
    assert.deepEqual(await message, taken);
    assert.deepEqual(await outcome(leaving), {});

    const other = new ClientBench();
    await other.connected();
    const unsent = other.publish('a', 1);
    const waiting = other.client.disconnect({ drain: 60_000 });
    await other.server.send(a.disconnect(0x8e));
    assert.equal(await outcome(unsent), 'disconnectedByServer, kept');
    assert.deepEqual(await outcome(waiting), {});
    assert.equal(other.clock.waiting, 0);
  });

  it('stops waiting where it is called again without', async () => {
    const bench = new ClientBench();
    await bench.connected();
    const message = bench.publish('a', 1);
    const waiting = bench.client.disconnect({ drain: true });
    assert.deepEqual(await outcome(bench.client.disconnect()), {});
    assert.deepEqual(await outcome(waiting), {});
    assert.equal(await outcome(message), 'notConnected, kept');
  });

  it('rejects at once what it could not say, and goes on', async () => {
    const bench = new ClientBench();
    await bench.connected();
    void bench.publish('a', 1);
    const refused = bench.client.disconnect({ drain: true, reasonCode: 0x8e });
    assert.equal(await outcome(refused), 'reasonCodeOfOtherSide');
    assert.equal(bench.client.state.state, 'connected');
  });
});
