import assert from 'node:assert/strict';
import { ClientBench } from '../support/clientBench';
import { turn } from '../support/fakeClock';
import { a } from '../support/packets';

describe('QoS 2 messages in flight', () => {
  for (const version of [3, 4, 5] as const) {
    const most = version === 5 ? 30 : 20;
    it(`are ${most} of 30 in version ${version}, where ${version === 5 ? 'the server would say otherwise' : 'no server can say how many it takes'}`, async () => {
      const bench = new ClientBench({ version });
      await bench.connected();
      for (let number = 1; number <= 30; number++) void bench.publish('t', 2);
      void bench.publish('last', 1);
      await turn();
      assert.equal((await bench.server.received()).length, version === 5 ? 31 : 20);
    });
  }

  it('count until PUBCOMP, and what was published behind them waits with them', async () => {
    const bench = new ClientBench({ version: 4, qos2InFlightBefore5: 2 });
    await bench.connected();
    for (const topic of ['a', 'b', 'c']) void bench.publish(topic, 2);
    void bench.publish('d', 1);
    void bench.publish('e', 2);
    void bench.publish('f', 0);
    await turn();
    assert.deepEqual(await bench.server.received(), [
      ...['PUBLISH q2 #1 a "x"', 'PUBLISH q2 #2 b "x"', 'PUBLISH q0 f "x"'],
    ]);
    assert.deepEqual(await bench.server.send(a.acknowledgement('PUBREC', 1)), ['PUBREL #1']);
    assert.deepEqual(await bench.server.send(a.acknowledgement('PUBCOMP', 1)), [
      ...['PUBLISH q2 #3 c "x"', 'PUBLISH q1 #4 d "x"'],
    ]);
  });

  it('count on the next connection too, with what is sent again', async () => {
    const bench = new ClientBench({ version: 4, qos2InFlightBefore5: 2 });
    await bench.connected();
    for (const topic of ['a', 'b', 'c']) void bench.publish(topic, 2);
    await turn();
    await bench.server.send(a.acknowledgement('PUBREC', 1));
    await bench.drop();
    assert.deepEqual(await bench.reconnected(), ['PUBREL #1', 'PUBLISH q2 #2 dup b "x"']);
    assert.deepEqual(await bench.server.send(a.acknowledgement('PUBREC', 2)), ['PUBREL #2']);
    assert.deepEqual(await bench.server.send(a.acknowledgement('PUBCOMP', 2)), ['PUBLISH q2 #3 c "x"']);
    await bench.server.send(a.acknowledgement('PUBCOMP', 1));
    await bench.server.send(a.acknowledgement('PUBREC', 3), a.acknowledgement('PUBCOMP', 3));
    assert.equal(bench.client.outstanding, 0);
  });

  it('are sent again only as many as there may be, where an earlier connection had more', async () => {
    const bench = new ClientBench({ version: 'automatic', qos2InFlightBefore5: 1 });
    await bench.connected();
    for (const topic of ['a', 'b']) void bench.publish(topic, 2);
    await turn();
    await bench.drop();
    await bench.retried();
    bench.serverVersion = 4;
    await bench.server.sendBytes(Uint8Array.of(0x20, 2, 0, 1));
    await turn();
    await bench.server.received();
    assert.deepEqual(await bench.server.send(a.connack({ sessionPresent: true })), [
      'PUBLISH q2 #1 dup a "x"',
    ]);
    await bench.server.send(a.acknowledgement('PUBREC', 1));
    assert.deepEqual(await bench.server.send(a.acknowledgement('PUBCOMP', 1)), ['PUBLISH q2 #2 dup b "x"']);
  });
});
