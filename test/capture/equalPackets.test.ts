import assert from 'node:assert/strict';
import fc from 'fast-check';
import { concatBytes, toHex } from '../../src/base/bytes';
import { ConnectionCapture } from '../../src/capture/connectionCapture';
import { PacketLog } from '../../src/capture/packetLog';
import { encode } from '../../src/protocol/codec';
import type { ProtocolVersion, QoS } from '../../src/protocol/controlPacket';
import { noProperties, type Properties } from '../../src/protocol/properties';

function publish(
  topicName: string,
  qos: QoS,
  length: number,
  properties: Properties,
  version: ProtocolVersion,
) {
  const packetIdentifier = qos === 0 ? 0 : 0x1234;
  const payload = new Uint8Array(length).fill(0x70);
  return encode(
    { type: 'PUBLISH', dup: false, qos, retain: false, topicName, packetIdentifier, properties, payload },
    version,
  );
}

const connect = (version: ProtocolVersion) =>
  encode(
    {
      type: 'CONNECT',
      protocolName: 'MQTT',
      protocolVersion: version,
      cleanStart: true,
      keepAlive: 60,
      properties: noProperties,
      clientIdentifier: 'equal',
      will: undefined,
      userName: undefined,
      password: undefined,
    },
    version,
  );

/** Everything the log says of its rows, with their bytes. */
function contents(log: PacketLog): unknown[] {
  return Array.from({ length: log.end - log.first }, (_, index) => ({
    ...log.row(log.first + index),
    bytes: toHex(log.bytesAt(log.first + index) ?? assert.fail('a row has bytes')),
  }));
}

interface Expected {
  readonly bytes: Uint8Array;
  readonly topic: string | undefined;
}

const kindsOf = (version: ProtocolVersion): fc.Arbitrary<Expected> =>
  fc.oneof(
    fc
      .record({
        topic: fc.constantFrom('a/b', 'c/d', 'a/bc', 'ü'),
        qos: fc.constantFrom<QoS>(0, 1, 2),
        length: fc.constantFrom(0, 64, 200),
        withProperties: fc.boolean(),
      })
      .map(({ topic, qos, length, withProperties }) => ({
        bytes: publish(topic, qos, length, withProperties ? { contentType: 'x' } : noProperties, version),
        topic,
      })),
    fc.constant({ bytes: Uint8Array.of(0x40, 2, 0, 7), topic: undefined }),
    fc.constant({ bytes: Uint8Array.of(0xc0, 0), topic: undefined }),
    fc.constant({ bytes: Uint8Array.of(0x20, 2, 0, 0), topic: undefined }),
  );

describe('Equal packets one after another', () => {
  for (const version of [4, 5] as const) {
    it(`become the rows that they are one by one, however a stream is cut (protocol version ${version})`, () => {
      const runs = fc.array(fc.tuple(kindsOf(version), fc.integer({ min: 1, max: 30 })), { maxLength: 6 });
      const cuts = fc.array(fc.nat(4000), { maxLength: 8 });
      const budget = fc.record({
        byteBudget: fc.integer({ min: 1, max: 20_000 }),
        segmentBytes: fc.integer({ min: 1, max: 3000 }),
      });
      fc.assert(
        fc.property(runs, cuts, budget, (runs, cuts, budget) => {
          const packets: Expected[] = [{ bytes: connect(version), topic: undefined }];
          for (const [packet, count] of runs) packets.push(...Array<Expected>(count).fill(packet));
          const stream = concatBytes(packets.map(({ bytes }) => bytes));
          const single = new PacketLog(budget);
          const whole = new PacketLog(budget);
          const connection = single.openConnection('equal');
          for (const { bytes } of packets) {
            const captured = { at: 5, direction: 'in', connection, kind: 'packet', version } as const;
            single.append({ ...captured, topic: undefined }, bytes);
          }
          const capture = new ConnectionCapture(whole, 'equal');
          let from = 0;
          for (const cut of [...cuts.sort((a, b) => a - b), stream.length]) {
            const chunk = stream.slice(from, Math.max(from, cut));
            capture.chunk('in', chunk, 5);
            // Nothing of a chunk is kept but by copying.
            chunk.fill(0);
            from = Math.max(from, Math.min(cut, stream.length));
          }
          const topics = contents(whole).map((row) => (row as Expected).topic);
          assert.deepEqual(
            topics,
            packets.slice(whole.first - 1).map(({ topic }) => topic),
          );
          const withoutTopics = (log: PacketLog) =>
            contents(log).map((row) => ({ ...(row as Expected), topic: undefined }));
          assert.deepEqual(withoutTopics(whole), withoutTopics(single));
          assert.deepEqual(
            [whole.first, whole.end, whole.evictedPackets, whole.evictedBytes, whole.weight],
            [single.first, single.end, single.evictedPackets, single.evictedBytes, single.weight],
          );
          const decisive = packets.filter(({ bytes }) => [1, 2].includes((bytes[0] as number) >> 4));
          // Of more than are kept, other ones may be.
          if (decisive.length <= 8)
            assert.deepEqual(whole.milestones(connection), single.milestones(connection));
        }),
      );
    });
  }

  it('of 5.0 have the topic that their Topic Alias stands for, which comes with the packet before them', () => {
    const log = new PacketLog({ byteBudget: 1_000_000 });
    const capture = new ConnectionCapture(log, 'equal');
    capture.chunk('out', connect(5), 1);
    const named = publish('a/b', 0, 5, { topicAlias: 3 }, 5);
    const aliased = publish('', 0, 5, { topicAlias: 3 }, 5);
    capture.chunk('out', concatBytes([named, ...Array<Uint8Array>(40).fill(aliased)]), 2);
    const topics = Array.from({ length: 41 }, (_, index) => log.row(index + 2)?.topic);
    assert.deepEqual(new Set(topics), new Set(['a/b']));
  });
});
