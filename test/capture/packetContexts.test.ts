import assert from 'node:assert/strict';
import { ConnectionCapture } from '../../src/capture/connectionCapture';
import { PacketContexts } from '../../src/capture/packetContexts';
import { PacketLog } from '../../src/capture/packetLog';
import { encode } from '../../src/protocol/codec';
import type { ControlPacket } from '../../src/protocol/controlPacket';
import type { Properties } from '../../src/protocol/properties';
import { noProperties } from '../../src/protocol/properties';
import type { Direction } from '../../src/session/effects';
import { bringBack } from '../support/snapshots';

const connect = (properties: Properties = noProperties): ControlPacket => ({
  type: 'CONNECT',
  protocolName: 'MQTT',
  protocolVersion: 5,
  cleanStart: true,
  keepAlive: 60,
  properties,
  clientIdentifier: 'bench-7',
  will: undefined,
  userName: 'ann',
  password: Uint8Array.of(1, 2, 3),
});
const connack = (properties: Properties = noProperties): ControlPacket => ({
  type: 'CONNACK',
  sessionPresent: false,
  reasonCode: 0,
  properties,
});
const ping: ControlPacket = { type: 'PINGREQ' };
const disconnect: ControlPacket = { type: 'DISCONNECT', reasonCode: 0, properties: noProperties };

/** What the last of these packets is held against. */
function contextOfLast(
  packets: readonly (readonly [Direction, ControlPacket])[],
  log = new PacketLog({ byteBudget: 1 << 20 }),
) {
  const capture = new ConnectionCapture(log, 'bench');
  for (const [direction, packet] of packets) capture.chunk(direction, encode(packet, 5), 0);
  return new PacketContexts(log).of(log.row(log.end - 1) ?? assert.fail());
}

describe('The context of a captured packet', () => {
  it('says who sent it, and that the client said CONNECT before', () => {
    const context = contextOfLast([
      [
        'out',
        connect({
          sessionExpiryInterval: 7,
          authenticationMethod: 'm',
          authenticationData: Uint8Array.of(9),
        }),
      ],
      ['out', ping],
    ]);
    assert.deepEqual(context, {
      sender: 'client',
      disconnected: false,
      earlierPackets: 1,
      // The authentication data stays in the log.
      connect: {
        cleanStart: true,
        clientIdentifier: 'bench-7',
        properties: { sessionExpiryInterval: 7, authenticationMethod: 'm' },
      },
    });
  });

  it('holds a client to CONNACK and a server to CONNECT', () => {
    const start = [
      ['in', connect({ maximumPacketSize: 100 })],
      ['out', connack({ maximumPacketSize: 200, reasonString: 'welcome' })],
    ] as const;
    const fromClient = contextOfLast([...start, ['in', ping]]);
    assert.deepEqual(fromClient.announcement, { in: 'CONNACK', maximumPacketSize: 200 });
    const fromServer = contextOfLast([...start, ['out', { type: 'PINGRESP' }]]);
    assert.equal(fromServer.sender, 'server');
    assert.equal(fromServer.connackReasonCode, 0);
    assert.deepEqual(fromServer.announcement, { in: 'CONNECT', maximumPacketSize: 100 });
  });

  it('knows that the sender has said goodbye', () => {
    const start = [
      ['out', connect()],
      ['in', connack()],
      ['out', disconnect],
    ] as const;
    assert.equal(contextOfLast([...start, ['out', ping]]).disconnected, true);
    assert.equal(contextOfLast([...start, ['in', { type: 'PINGRESP' }]]).disconnected, false);
  });

  it('does not mix connections up', () => {
    const log = new PacketLog({ byteBudget: 1 << 20 });
    contextOfLast([['out', connect({ maximumPacketSize: 100 })]], log);
    assert.deepEqual(contextOfLast([['out', ping]], log), {});
  });

  it('is forgotten with the packets it came from, and comes back with a snapshot', async () => {
    const packets = [
      ['out', connect()],
      ['in', connack({ maximumPacketSize: 200 })],
      ['out', ping],
    ] as const;
    const log = new PacketLog({ byteBudget: 1 << 20 });
    const context = contextOfLast(packets, log);
    const restored = await bringBack(new PacketLog({ byteBudget: 1 << 20 }), log);
    assert.deepEqual(new PacketContexts(restored).of(restored.row(3) ?? assert.fail()), context);
    log.clear();
    assert.deepEqual(log.milestones(1), []);
    const small = new PacketLog({ byteBudget: 4096, segmentBytes: 64 });
    const pings = Array.from({ length: 400 }, () => ['out', ping] as const);
    assert.deepEqual(contextOfLast([...packets, ...pings], small), {});
  });
});
