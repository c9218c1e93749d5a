import assert from 'node:assert/strict';
import { PacketWriter } from '../../src/protocol/codec';
import { BrokerBench } from '../support/brokerBench';
import { a } from '../support/packets';

/** The beginning of a PUBLISH of 20,000 bytes. */
function beginning(length: number): Uint8Array {
  const writer = new PacketWriter();
  writer.write(a.publish('t', 0, 0, { payload: new Uint8Array(20_000) }), 5);
  return writer.take().slice(0, length);
}

describe('Packets that are not whole yet', () => {
  it('are bounded for all connections together: the one that has most of it ends with 0x97', async () => {
    const bench = new BrokerBench({ unfinishedBytes: 10_000 });
    const [small, large, late] = [
      await bench.client('small'),
      await bench.client('large'),
      await bench.client('late'),
    ];
    await small.sendBytes(beginning(2_000));
    assert.deepEqual(await large.sendBytes(beginning(6_000)), []);
    assert.equal(bench.broker.unfinishedBytes, 8_000);
    assert.deepEqual(await late.sendBytes(beginning(3_000)), []);
    assert.deepEqual(await large.received(), ['DISCONNECT 0x97', 'closed']);
    assert.equal(bench.broker.unfinishedBytes, 5_000);
    assert.ok(!small.isClosed && !late.isClosed);
  });

  it('count no more once they are whole, or their connection is over', async () => {
    const bench = new BrokerBench({ unfinishedBytes: 30_000 });
    const client = await bench.client('client');
    const whole = beginning(30_000);
    await client.sendBytes(whole.subarray(0, 15_000).slice());
    assert.equal(bench.broker.unfinishedBytes, 15_000);
    await client.sendBytes(whole.subarray(15_000).slice());
    assert.equal(bench.broker.unfinishedBytes, 0);
    await client.sendBytes(beginning(10_000));
    client.drop();
    await client.received();
    assert.equal(bench.broker.unfinishedBytes, 0);
    const other = await bench.client('other');
    await other.sendBytes(beginning(10_000));
    bench.broker.disconnect('other');
    assert.equal(bench.broker.unfinishedBytes, 0);
  });

  it('count before CONNECT, too: such a connection ends without a word', async () => {
    const bench = new BrokerBench({ unfinishedBytes: 1_000 });
    const writer = new PacketWriter();
    writer.write(a.connect({ clientIdentifier: 'c', userName: 'x'.repeat(2_000) }), 5);
    assert.deepEqual(await bench.open().sendBytes(writer.take().slice(0, 1_500)), ['closed']);
  });
});
