import assert from 'node:assert/strict';
import { BrokerConnection } from '../../src/broker/brokerConnection';
import type { ConnectionHost } from '../../src/broker/brokerConnection';
import { defaultLimits } from '../../src/broker/brokerOptions';
import { UnfinishedPackets } from '../../src/broker/unfinishedPackets';
import { BrokerSession } from '../../src/broker/brokerSession';
import { PacketWriter } from '../../src/protocol/codec';
import type { ProtocolVersion } from '../../src/protocol/controlPacket';
import { memoryLink } from '../../src/transport/memoryLink';
import { acceptance } from '../support/conversation';
import { FakeClock } from '../support/fakeClock';
import { a } from '../support/packets';
import { RawPeer } from '../support/rawPeer';

const broken = () => {
  throw new Error('broken');
};

/** A client of a broker that cannot take messages to `broken`, and no requests. */
async function setUp(more: Partial<ConnectionHost> = {}, version: ProtocolVersion = 5) {
  const failures: unknown[] = [];
  const session = new BrokerSession('c');
  const [clientEnd, serverEnd] = memoryLink();
  const host: ConnectionHost = {
    connect: (connection) => {
      connection.session = session;
      connection.tell({ kind: 'accept', acceptance: acceptance({ session: session.state }) });
    },
    publish: (_connection, { topicName }) => (topicName === 'broken' ? broken() : 0),
    subscribe: broken,
    unsubscribe: broken,
    authenticate: broken,
    mistaken: () => undefined,
    failed: (_connection, error) => failures.push(error),
    ended: () => undefined,
    closed: () => undefined,
    ...more,
  };
  const connection = new BrokerConnection(serverEnd, host, {
    origin: { peer: 'p', listener: 'l', security: undefined },
    clock: new FakeClock(),
    tap: undefined,
    limits: { ...defaultLimits, queueBytes: 1000, writeBufferBytes: 1000 },
    protocol: { out: new PacketWriter(), maximumPacketSize: undefined, explain: () => undefined },
    unfinished: new UnfinishedPackets(defaultLimits.unfinishedBytes),
  });
  connection.start();
  const peer = new RawPeer(clientEnd, version);
  const answer = await peer.send(a.connect({ protocolVersion: version }));
  return { peer, answer, failures, received: () => session.state.received.size };
}

describe('A packet the broker fails to serve', () => {
  it('is answered with 0x83 and reported, and no other packet gets its answer', async () => {
    const { peer, failures } = await setUp();
    assert.deepEqual(
      await peer.send(
        a.publish('a', 1, 1),
        a.publish('broken', 1, 2),
        a.publish('broken'),
        a.publish('broken', 2, 3),
        a.publish('b', 1, 4),
      ),
      ['PUBACK #1', 'PUBACK #2 0x83', 'PUBREC #3 0x83', 'PUBACK #4'],
    );
    assert.equal(failures.length, 3);
  });

  it('ends the connection before 5.0, where no answer could say it, and is none that was received [MQTT-4.8.0-2] (3.1.1)', async () => {
    for (const qos of [0, 1, 2] as const) {
      const { peer, failures, received } = await setUp({}, 4);
      const packet = a.publish('broken', qos, qos === 0 ? 0 : 2);
      assert.deepEqual(await peer.send(packet), ['closed'], `QoS ${qos}`);
      assert.deepEqual([failures.length, received()], [1, 0]);
    }
  });

  for (const packet of [a.subscribe(1, [a.subscription('a')]), a.unsubscribe(1, ['a'])]) {
    it(`ends the connection if it is ${packet.type}`, async () => {
      const { peer, failures } = await setUp();
      assert.deepEqual(await peer.send(packet), ['DISCONNECT 0x83', 'closed']);
      assert.equal(failures.length, 1);
    });
  }

  it('refuses the client if it is CONNECT', async () => {
    const { answer, failures } = await setUp({ connect: broken });
    assert.deepEqual(answer, ['CONNACK 0x83', 'closed']);
    assert.equal(failures.length, 1);
  });
});
