import assert from 'node:assert/strict';
import { PublishMessage } from '../../src/session/publishMessage';
import { PacketWriter } from '../../src/protocol/codec';
import { ClientBench } from '../support/clientBench';
import { MemorySessionStore } from '../support/memorySessionStore';
import { outcome } from '../support/outcome';
import { a, packetsIn } from '../support/packets';

describe('A client without an identifier of its own', () => {
  const given = a.connack({ properties: { assignedClientIdentifier: 'given' } });
  const nameless = { clientIdentifier: '', properties: { sessionExpiryInterval: 60 } };

  it('goes on with the Session under the one that the server gave it (3.2.2.3.7)', async () => {
    const bench = new ClientBench(nameless);
    await bench.connected(given);
    const message = bench.publish('t', 2);
    assert.deepEqual(await bench.server.received(), ['PUBLISH q2 #1 t "x"']);
    await bench.drop();
    await bench.retried();
    const [connect] = bench.server.packets;
    assert.ok(connect?.type === 'CONNECT');
    assert.equal(connect.clientIdentifier, 'given');
    assert.deepEqual(await bench.server.send(a.connack({ sessionPresent: true })), [
      'PUBLISH q2 #1 dup t "x"',
    ]);
    await bench.server.send(a.acknowledgement('PUBREC', 1), a.acknowledgement('PUBCOMP', 1));
    assert.equal((await message).reasonCode, 0);
    const { state } = bench.client;
    assert.ok(state.state === 'connected');
    assert.equal(state.negotiated.clientIdentifier, 'given');
  });

  it('asks for another at once where the server does not take that any more', async () => {
    const bench = new ClientBench(nameless);
    await bench.connected(given);
    await bench.drop();
    await bench.retried();
    await bench.server.send(a.connack({ reasonCode: 0x85 }));
    await bench.server.received();
    assert.equal(bench.servers.length, 3);
    const [connect] = bench.server.packets;
    assert.equal(connect?.type === 'CONNECT' && connect.clientIdentifier, '');
    await bench.server.send(given);
    assert.equal(bench.client.state.state, 'connected');
  });
});

describe('A client that waits to connect again', () => {
  it('gives up where somebody else has its Session meanwhile, and says so to whoever waits', async () => {
    const store = new MemorySessionStore();
    const bench = new ClientBench({}, { store });
    await bench.connected();
    await bench.drop();
    assert.equal(bench.client.state.state, 'reconnecting');
    store.crash(); // Another process may have it now.
    const message = bench.publish('t');
    assert.equal(await outcome(message), 'storeFailed');
    assert.equal(bench.clock.waiting, 0);
    assert.deepEqual(bench.takeStates().slice(-1), ['disconnected: storeFailed']);
    // What another attempt may come to is another matter.
    await bench.connected();
    assert.equal(await outcome(bench.publish('t')), 'pending');
  });
});

describe('A message of an earlier life', () => {
  it('has no more of its Message Expiry Interval left than it was given, whatever the clock says since [MQTT-3.3.2-6]', () => {
    for (const messageExpiryInterval of [10, 0xffff_ffff]) {
      const packet = a.publish('t', 1, 1, { properties: { messageExpiryInterval } });
      const out = new PacketWriter();
      const form = { version: 5, packetIdentifier: 1, dup: false, at: 5_000, mostBytes: Infinity } as const;
      new PublishMessage(packet, 1, 9_000_000).write(out, form);
      const [sent] = packetsIn(out.take(), 5);
      assert.equal(sent?.type === 'PUBLISH' && sent.properties.messageExpiryInterval, messageExpiryInterval);
    }
  });
});
