import assert from 'node:assert/strict';
import fc from 'fast-check';
import { concatBytes, toHex } from '../../src/base/bytes';
import { PacketLog } from '../../src/capture/packetLog';
import type { CapturedBytes } from '../../src/capture/packetSegment';
import { bringBack } from '../support/snapshots';

const captured: CapturedBytes = {
  at: 1_700_000_000_000.125,
  direction: 'in',
  connection: 1,
  kind: 'packet',
  version: 5,
  topic: undefined,
};

const filled = (length: number, byte = 0x30): Uint8Array => new Uint8Array(length).fill(byte);

/** Everything the log says of its rows, with their bytes. */
function contents(log: PacketLog): unknown[] {
  return Array.from({ length: log.end - log.first }, (_, index) => ({
    ...log.row(log.first + index),
    bytes: toHex(log.bytesAt(log.first + index) ?? assert.fail('a row has bytes')),
  }));
}

describe('A run of packets in the packet log', () => {
  const packets = fc.array(
    fc.record({
      bytes: fc.uint8Array({ minLength: 1, maxLength: 150 }),
      topic: fc.constantFrom(undefined, 'a', 'a/b'),
    }),
    { maxLength: 40 },
  );
  const options = fc.record({
    byteBudget: fc.integer({ min: 1, max: 3000 }),
    segmentBytes: fc.integer({ min: 1, max: 300 }),
  });

  it('is entered as its packets are one by one', () => {
    fc.assert(
      fc.property(fc.array(packets, { maxLength: 4 }), options, fc.nat(20), (runs, budget, start) => {
        const single = new PacketLog(budget);
        const whole = new PacketLog(budget);
        for (const run of runs) {
          const buffer = concatBytes([filled(start), ...run.map(({ bytes }) => bytes)]);
          const ends: number[] = [];
          for (const { bytes, topic } of run) {
            ends.push((ends.at(-1) ?? start) + bytes.length);
            single.append({ ...captured, topic }, bytes);
          }
          whole.appendRun({
            captured,
            buffer,
            start,
            ends,
            topics: run.map(({ topic }) => topic),
            hasMilestones: true,
          });
          buffer.fill(0);
        }
        assert.deepEqual(contents(whole), contents(single));
        assert.deepEqual(
          [whole.first, whole.end, whole.evictedPackets, whole.evictedBytes, whole.weight],
          [single.first, single.end, single.evictedPackets, single.evictedBytes, single.weight],
        );
        const decides = ({ bytes }: { bytes: Uint8Array }) => [1, 2, 14].includes((bytes[0] as number) >> 4);
        // Of more than are kept, other ones may be.
        if (runs.flat().filter(decides).length <= 8)
          assert.deepEqual(whole.milestones(1), single.milestones(1));
      }),
    );
  });
});

describe('The packet log that uses the memory of what went again', () => {
  it('keeps the newest packets, each with its own bytes and topic, and its budget', async () => {
    const byteBudget = 4 * 1024 * 1024;
    const log = new PacketLog({ byteBudget, segmentBytes: 1024 * 1024 });
    const sizes = [100_000, 30_000, 250_000, 7];
    for (let packet = 1; packet <= 300; packet++) {
      log.append({ ...captured, topic: `t/${packet}` }, filled(sizes[packet % 4] as number, packet));
      assert.ok(log.weight <= byteBudget, `${log.weight} after ${packet} packets`);
      for (let sequence = log.first; sequence < log.end; sequence += 5) {
        const bytes = log.bytesAt(sequence) ?? assert.fail('a row has bytes');
        assert.deepEqual([bytes.length, bytes[0]], [sizes[sequence % 4], sequence & 0xff]);
        assert.deepEqual([bytes.at(-1), log.row(sequence)?.topic], [sequence & 0xff, `t/${sequence}`]);
      }
    }
    assert.ok(log.end - log.first > 20 && log.evictedPackets > 200);
    const restored = await bringBack(new PacketLog({ byteBudget, segmentBytes: 1024 * 1024 }), log);
    assert.deepEqual(restored.bytesAt(300), log.bytesAt(300));
    log.clear();
    assert.equal(log.weight, 0);
  });
});
