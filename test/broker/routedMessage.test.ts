import assert from 'node:assert/strict';
import { RoutedMessage } from '../../src/broker/routedMessage';
import { PacketWriter } from '../../src/protocol/codec';
import { a, line, packetsIn } from '../support/packets';

const routed = () => new RoutedMessage(a.publish('a/b', 1, 0, { properties: { contentType: 'c' } }), 0);

describe('A routed message', () => {
  it('is shared by all who get it with the same QoS and RETAIN', () => {
    const message = routed();
    assert.equal(message.as(1, false, []), message.as(2, false, []));
    assert.notEqual(message.as(0, false, []), message.as(1, false, []));
    assert.notEqual(message.as(1, true, []), message.as(1, false, []));
    assert.notEqual(message.as(1, false, [1]), message.as(1, false, [1]));
  });

  it('is encoded once for each version, with the Packet Identifier and DUP of each receiver', () => {
    const outgoing = routed().as(1, false, []);
    for (const version of [4, 5] as const) {
      const out = new PacketWriter();
      const write = (packetIdentifier: number, dup = false) =>
        outgoing.write(out, { version, packetIdentifier, dup, at: 0, mostBytes: 20 });
      write(0x1234);
      write(7, true);
      write(65_535);
      assert.deepEqual(packetsIn(out.take(), version).map(line), [
        'PUBLISH q1 #4660 a/b "x"',
        'PUBLISH q1 #7 dup a/b "x"',
        'PUBLISH q1 #65535 a/b "x"',
      ]);
    }
  });

  it('finds its Packet Identifier behind a Remaining Length of any size', () => {
    for (const length of [0, 100, 20_000, 3_000_000]) {
      const message = new RoutedMessage(a.publish('topic', 2, 0, { payload: new Uint8Array(length) }), 0);
      const out = new PacketWriter();
      message
        .as(2, true, [])
        .write(out, { version: 5, packetIdentifier: 258, dup: false, at: 0, mostBytes: Infinity });
      const [packet] = packetsIn(out.take(), 5);
      assert.equal(packet?.type === 'PUBLISH' && packet.packetIdentifier, 258);
    }
  });
});
