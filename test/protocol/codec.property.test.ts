import assert from 'node:assert/strict';
import fc from 'fast-check';
import { concatBytes } from '../../src/base/bytes';
import { decode, encode, PacketReader, PacketWriter } from '../../src/protocol/codec';
import type { ControlPacket, ProtocolVersion } from '../../src/protocol/controlPacket';
import { dissect } from '../../src/protocol/dissect';
import { dissectStream } from '../../src/protocol/dissectStream';
import { PacketFramer } from '../../src/protocol/packetFramer';
import type { Violation } from '../../src/protocol/violations';
import { violationTable } from '../../src/protocol/violations';
import { mendRemainingLength, mutate, mutations, versionedPacket } from '../support/arbitraryPacket';
import { assertTiles } from '../support/fieldTiling';
import { a } from '../support/packets';
import { violationOf } from '../support/violationOf';

const anyVersion = fc.constantFrom<ProtocolVersion>(3, 4, 5);

/** Bytes that are a packet with something wrong, nearly one, or nothing of the kind. */
const hostileBytes = fc.oneof(
  fc
    .tuple(versionedPacket, mutations)
    .map(([{ packet, version }, damage]) => mutate(encode(packet, version), damage)),
  fc
    .tuple(versionedPacket, mutations)
    .map(([{ packet, version }, damage]) => mendRemainingLength(mutate(encode(packet, version), damage))),
  fc.uint8Array({ maxLength: 80 }).map((bytes) => mendRemainingLength(Uint8Array.from([...bytes, 0, 0]))),
  fc.uint8Array({ maxLength: 80 }),
);

function outcomeOf<T>(read: () => T): {
  readonly packet?: T;
  readonly violation?: Violation;
} {
  let packet: T | undefined;
  const violation = violationOf(() => (packet = read()));
  return violation ? { violation } : packet ? { packet } : assert.fail('neither a packet nor a violation');
}

describe('The codec, for arbitrary packets', () => {
  it('decodes what it encodes to the same packet', () => {
    fc.assert(
      fc.property(versionedPacket, ({ version, packet }) => {
        assert.deepEqual(decode(encode(packet, version), version), packet);
      }),
      { numRuns: 2000 },
    );
  });

  it('encodes what it decodes to the same bytes', () => {
    fc.assert(
      fc.property(versionedPacket, ({ version, packet }) => {
        const bytes = encode(packet, version);
        assert.deepEqual(encode(decode(bytes, version), version), bytes);
      }),
      { numRuns: 500 },
    );
  });

  it('dissects what it encodes to the same packet, without a violation that is not tolerated', () => {
    fc.assert(
      fc.property(versionedPacket, ({ version, packet }) => {
        const bytes = encode(packet, version);
        const dissection = dissect(bytes, { version });
        assert.deepEqual(dissection.packet, packet);
        assert.deepEqual(
          dissection.violations.filter(({ id }) => !violationTable[id].tolerated),
          [],
        );
        assertTiles(dissection.fields, 0, bytes.length);
      }),
      { numRuns: 500 },
    );
  });

  it('writes the same bytes by its hot path and by the layouts', () => {
    fc.assert(
      fc.property(versionedPacket, ({ version, packet }) => {
        const writer = new PacketWriter();
        writer.writeByLayout(packet, version);
        assert.deepEqual(encode(packet, version), writer.take());
      }),
      { numRuns: 1000 },
    );
  });

  it('frames a stream of packets however it is cut, and reads each in place', () => {
    const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 10 });
    fc.assert(
      fc.property(fc.array(versionedPacket, { minLength: 1, maxLength: 6 }), cuts, (packets, places) => {
        const stream = concatBytes(packets.map(({ packet, version }) => encode(packet, version)));
        const offsets = [
          0,
          ...places.map((place) => Math.floor(place * stream.length)).sort((a, b) => a - b),
          stream.length,
        ];
        const framer = new PacketFramer();
        const reader = new PacketReader();
        const read: ControlPacket[] = [];
        for (const [index, end] of offsets.slice(1).entries()) {
          framer.push(stream.slice(offsets[index], end), (buffer, from, to) => {
            const version = packets[read.length]?.version ?? 4;
            // The buffer is only valid during the call.
            read.push(structuredClone(reader.read(buffer, from, to, version)));
          });
        }
        assert.deepEqual(
          read,
          packets.map(({ packet }) => packet),
        );
        assert.equal(framer.pending.length, 0);
      }),
      { numRuns: 300 },
    );
  });
});

describe('The codec, for messages one behind the other', () => {
  it('reads each topic as its own bytes say, however much it is like the one before', () => {
    const topic = fc.string({ unit: fc.constantFrom('a', 'b', '/', 'é'), minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(fc.array(topic, { minLength: 1, maxLength: 12 }), (topics) => {
        const writer = new PacketWriter();
        const ends = topics.map((topicName) => {
          writer.write(a.publish(topicName), 4);
          return writer.length;
        });
        const bytes = writer.take();
        const reader = new PacketReader();
        const read = ends.map((end, index) => reader.read(bytes, ends[index - 1] ?? 0, end, 4));
        assert.deepEqual(
          read.map((packet) => packet.type === 'PUBLISH' && packet.topicName),
          topics,
        );
      }),
    );
  });
});

describe('The codec, for arbitrary and damaged bytes', () => {
  it('throws typed violations only, and its hot path the same as the layouts', () => {
    fc.assert(
      fc.property(hostileBytes, anyVersion, (bytes, version) => {
        const byPath = outcomeOf(() => decode(bytes, version));
        const byLayout = outcomeOf(() => new PacketReader().readByLayout(bytes, 0, bytes.length, version));
        assert.deepEqual(byPath, byLayout);
      }),
      { numRuns: 4000 },
    );
  });

  it('dissects them without throwing, and agrees with decoding on value and acceptance', () => {
    fc.assert(
      fc.property(hostileBytes, anyVersion, (bytes, version) => {
        const { packet, violation } = outcomeOf(() => decode(bytes, version));
        const dissection = dissect(bytes, { version });
        const broken = dissection.violations.filter(({ id }) => !violationTable[id].tolerated);
        if (packet) {
          assert.deepEqual(broken, []);
          assert.deepEqual(dissection.packet, packet);
        } else {
          const found = broken.map(({ id, offset, value }) => [id, offset, value]);
          const thrown = [violation?.id, violation?.offset, violation?.value];
          assert.ok(
            found.some((one) => JSON.stringify(one) === JSON.stringify(thrown)),
            `${JSON.stringify(thrown)} is among ${JSON.stringify(found)}`,
          );
        }
      }),
      { numRuns: 4000 },
    );
  });

  it('covers every byte with fields, whose number and whose violations are bounded by the bytes', () => {
    fc.assert(
      fc.property(hostileBytes, anyVersion, (bytes, version) => {
        const { fields, violations } = dissect(bytes, { version });
        const count = assertTiles(fields, 0, bytes.length);
        assert.ok(count <= 3 * bytes.length + 16, `${count} fields of ${bytes.length} bytes`);
        assert.ok(violations.length <= 2 * bytes.length + 8, `${violations.length} violations`);
        for (const { offset } of violations) assert.ok(offset >= 0 && offset <= bytes.length);
      }),
      { numRuns: 3000 },
    );
  });

  it('encodes what it accepts to no more bytes, which decode to the same', () => {
    fc.assert(
      fc.property(hostileBytes, anyVersion, (bytes, version) => {
        const { packet } = outcomeOf(() => decode(bytes, version));
        if (!packet) return;
        const again = encode(packet, version);
        assert.ok(again.length <= bytes.length);
        assert.deepEqual(decode(again, version), packet);
      }),
      { numRuns: 3000 },
    );
  });

  it('frames them or stops at a typed violation, whatever the chunks', () => {
    fc.assert(
      fc.property(
        fc.array(hostileBytes, { maxLength: 4 }),
        fc.integer({ min: 2, max: 100 }),
        (chunks, maximum) => {
          const framer = new PacketFramer(maximum);
          let framed = 0;
          const violation = violationOf(() => {
            for (const chunk of chunks) framer.push(chunk, (_buffer, start, end) => (framed += end - start));
          });
          const given = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
          if (!violation) assert.equal(framed + framer.pending.length, given);
          assert.ok(
            framer.pending.length <= Math.max(maximum, 5),
            'holds no more than one packet or its head',
          );
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('finds packets in streams out of nowhere that tile them together with what is skipped', () => {
    fc.assert(
      fc.property(
        fc.array(hostileBytes, { maxLength: 6 }),
        fc.option(anyVersion, { nil: undefined }),
        (parts, version) => {
          const stream = concatBytes(parts);
          const { packets, skipped } = dissectStream(stream, version);
          const spans = [...packets, ...skipped].sort((a, b) => a.start - b.start);
          let at = 0;
          for (const { start, end } of spans) {
            assert.equal(start, at);
            assert.ok(end > start);
            at = end;
          }
          assert.equal(at, stream.length);
          for (const { start, end, dissection } of packets) assertTiles(dissection.fields, 0, end - start);
        },
      ),
      { numRuns: 500 },
    );
  });
});
