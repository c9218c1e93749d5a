import * as assert from 'node:assert/strict';
import { PacketLog } from '../../src/capture/packetLog';

const mebibyte = 1024 * 1024;
const sizes = [40, 90, 200];

/** Appends packets of a size until the log is at `end`; returns the memory of bytes and of one column that its segments had. */
function appendUntil(
  log: PacketLog,
  end: number,
  size: number,
): { bytes: Set<unknown>; columns: Set<unknown> } {
  const captured = {
    at: 0,
    direction: 'in',
    connection: 1,
    kind: 'packet',
    version: 4,
    topic: undefined,
  } as const;
  const packet = new Uint8Array(size).fill(0x40);
  const seen = { bytes: new Set<unknown>(), columns: new Set<unknown>() };
  while (log.end < end) {
    const sequence = log.append(captured, packet);
    if (sequence % 500 > 0) continue;
    const segment = log.segmentOf(sequence);
    seen.bytes.add(segment?.bytes);
    seen.columns.add(segment?.time);
  }
  return seen;
}

describe('The memory of a log at its budget', function () {
  // As much work as it is, however busy the machine.
  this.timeout(60_000);

  for (const size of sizes) {
    it(`is used again and again for packets of ${size} bytes, whatever the budget`, () => {
      for (let budget = 8; budget < 10; budget += 0.3) {
        const log = new PacketLog({ byteBudget: budget * mebibyte, segmentBytes: mebibyte });
        const rows = Math.ceil((budget * mebibyte) / size);
        appendUntil(log, rows, size);
        const { bytes, columns } = appendUntil(log, 4 * rows, size);
        assert.ok(log.evictedPackets > 2 * rows && log.weight <= budget * mebibyte);
        assert.ok(bytes.size <= budget, `${bytes.size} in ${budget} MiB`);
        assert.ok(columns.size <= budget, `${columns.size} in ${budget} MiB`);
      }
    });
  }

  it('gets columns that are long enough at once where smaller packets follow larger ones', () => {
    const log = new PacketLog({ byteBudget: 12 * mebibyte, segmentBytes: mebibyte });
    appendUntil(log, 30_000, 1000);
    appendUntil(log, log.end + 30_000, 50);
    // Every segment takes new columns, and takes them once.
    const { bytes, columns } = appendUntil(log, log.end + 60_000, 50);
    assert.ok(bytes.size >= 3, `${bytes.size}`);
    assert.equal(columns.size, bytes.size);
  });
});
