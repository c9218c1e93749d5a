import assert from 'node:assert/strict';
import fc from 'fast-check';
import { PacketLog } from '../../src/capture/packetLog';
import { asItIs, captured, contents, filled } from '../support/packetLogs';

describe('A snapshot of the packet log', () => {
  function logOf(packets: number): PacketLog {
    const log = new PacketLog({ byteBudget: 100_000, segmentBytes: 200 });
    const connection = log.openConnection('bench – 127.0.0.1');
    for (let packet = 0; packet < packets; packet++) {
      log.append({ ...captured, connection, topic: `t/${packet % 7}` }, filled(20 + (packet % 5), packet));
    }
    return log;
  }

  it('brings back rows, names and numbers, and the log goes on from there', () => {
    const log = logOf(40);
    const restored = new PacketLog({ byteBudget: 100_000, segmentBytes: 200 });
    let events = 0;
    restored.onDidChange(() => events++);
    assert.ok(restored.restore(log.snapshot(asItIs)));
    assert.deepEqual(contents(restored), contents(log));
    assert.equal(restored.connectionName(1), 'bench – 127.0.0.1');
    assert.equal(events, 1);
    assert.equal(restored.openConnection('next'), 2);
    assert.equal(restored.append({ ...captured, topic: 't/3' }, filled(3)), 41);
    assert.equal(restored.row(41)?.topic, 't/3');
    assert.equal(restored.weight > log.weight, true);
  });

  it('holds no byte that is concealed, while the log keeps it', () => {
    const log = new PacketLog({ byteBudget: 10_000 });
    log.append({ ...captured, version: 4 }, Uint8Array.of(0x10, 1, 77));
    log.append({ ...captured, version: 5 }, Uint8Array.of(0x10, 1, 77));
    const saved = log.snapshot((bytes, version) => (version === 4 ? Uint8Array.of(0x10, 1, 42) : bytes));
    const restored = new PacketLog({ byteBudget: 10_000 });
    assert.ok(restored.restore(saved));
    assert.deepEqual([restored.bytesAt(1)?.[2], restored.bytesAt(2)?.[2], log.bytesAt(1)?.[2]], [42, 77, 77]);
  });

  it('of nothing is a log that continues the numbers', () => {
    const log = logOf(5);
    log.clear();
    const restored = new PacketLog({ byteBudget: 1000 });
    assert.ok(restored.restore(log.snapshot(asItIs)));
    assert.deepEqual([restored.first, restored.end], [6, 6]);
  });

  it('keeps to the budget of the log that takes it', () => {
    const restored = new PacketLog({ byteBudget: 2000, segmentBytes: 200 });
    assert.ok(restored.restore(logOf(200).snapshot(asItIs)));
    assert.ok(restored.weight <= 2000);
    assert.deepEqual([restored.end, restored.evictedPackets], [201, restored.first - 1]);
  });

  it('is refused by a log that has rows or connections of its own', () => {
    const bytes = logOf(3).snapshot(asItIs);
    const used = logOf(1);
    const connected = new PacketLog({ byteBudget: 1000 });
    connected.openConnection('bench');
    assert.deepEqual([used.restore(bytes), connected.restore(bytes), used.end], [false, false, 2]);
  });

  it('is refused when it is cut anywhere or has a byte too many', () => {
    const bytes = logOf(12).snapshot(asItIs);
    for (let length = 0; length < bytes.length; length++) {
      assert.equal(
        new PacketLog({ byteBudget: 1000 }).restore(bytes.subarray(0, length)),
        false,
        `${length} bytes`,
      );
    }
    assert.equal(new PacketLog({ byteBudget: 1000 }).restore(Uint8Array.of(...bytes, 0)), false);
  });

  it('with any byte changed is refused, or gives rows that can all be read', () => {
    const bytes = logOf(12).snapshot(asItIs);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const changed = bytes.slice();
        changed[at] = (changed[at] ?? 0) ^ flip;
        const log = new PacketLog({ byteBudget: 100_000 });
        if (log.restore(changed)) assert.equal(contents(log).length, log.end - log.first);
      }),
      { numRuns: 500 },
    );
  });
});
