import assert from 'node:assert/strict';
import fc from 'fast-check';
import { concatBytes } from '../../src/base/bytes';
import { encode, PacketWriter } from '../../src/protocol/codec';
import type { Publish } from '../../src/protocol/controlPacket';
import { noProperties } from '../../src/protocol/properties';
import { mostBytesTogether, PublishRun } from '../../src/session/publishRun';

function message(topicName: string, payload: Uint8Array, retain = false): Publish {
  const properties = noProperties;
  return { type: 'PUBLISH', dup: false, qos: 0, retain, topicName, packetIdentifier: 0, properties, payload };
}

function written(run: PublishRun): Uint8Array {
  const out = new PacketWriter();
  run.write(out);
  return out.take();
}

/** Adds packets as the client does: one that is like the one before it by itself alone is added as such. */
function added(packets: readonly Publish[], version: 4 | 5, packetsWriter?: PacketWriter): PublishRun {
  const run = new PublishRun(packetsWriter);
  let before: Publish | undefined;
  for (const packet of packets) {
    // The caller may write to its payload again at once.
    const payload = packet.payload.slice();
    const passing = { ...packet, payload };
    const isAlike =
      before?.topicName === packet.topicName &&
      before.retain === packet.retain &&
      before.payload.length === payload.length;
    if (isAlike) run.addAlike(passing, version, Infinity);
    else run.add(passing, version, Infinity);
    payload.fill(0xee);
    before = packet;
  }
  return run;
}

describe('Packets that are written together', () => {
  const some = fc.record({
    topicName: fc.constantFrom('a', 'devices/one/temperature', 'größe/é'),
    length: fc.constantFrom(0, 1, 3, 100, 130, 600),
    retain: fc.boolean(),
    times: fc.integer({ min: 1, max: 40 }),
  });

  it('are the bytes of each by itself, however many in a row are alike', () => {
    fc.assert(
      fc.property(
        fc.array(some, { maxLength: 8 }),
        fc.constantFrom(4 as const, 5 as const),
        (kinds, version) => {
          let next = 0;
          const packets = kinds.flatMap(({ topicName, length, retain, times }) =>
            Array.from({ length: times }, () =>
              message(
                topicName,
                Uint8Array.from({ length }, () => next++ & 0xff),
                retain,
              ),
            ),
          );
          const whole = concatBytes(packets.map((packet) => encode(packet, version)));
          assert.deepEqual(written(added(packets, version)), whole);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('take no more room for being alike than is written at once', () => {
    const packet = message('devices/one/temperature', new Uint8Array(64).fill(1));
    const size = encode(packet, 4).length;
    const count = Math.floor(mostBytesTogether / size);
    const writer = new PacketWriter();
    const run = added(
      Array.from({ length: count }, () => packet),
      4,
      writer,
    );
    assert.equal(run.size, count * size);
    assert.ok(writer.heldBytes <= 2 * mostBytesTogether, `${writer.heldBytes} bytes`);
  });

  it('go on in a writer that was used before', () => {
    const writer = new PacketWriter();
    const longer = Array.from({ length: 20 }, (_, index) => message('other', new Uint8Array(90).fill(index)));
    assert.equal(
      written(added(longer, 4, writer)).length,
      longer.length * encode(longer[0] as Publish, 4).length,
    );
    const packets = Array.from({ length: 20 }, (_, index) => message('a', Uint8Array.of(index, index)));
    assert.deepEqual(
      written(added(packets, 4, writer)),
      concatBytes(packets.map((packet) => encode(packet, 4))),
    );
  });
});
