import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Pace } from '../../../src/base/slices';
import { encodeUtf8 } from '../../../src/base/utf8';
import { readDisplayFilter } from '../../../src/capture/filter/displayFilter';
import { FilteredLog } from '../../../src/capture/filter/filteredLog';
import { SequenceList } from '../../../src/capture/filter/sequenceList';
import { PacketLog } from '../../../src/capture/packetLog';
import { inPacket } from '../../../src/capture/publishTopics';
import { fill } from './randomLog';

/** Every look at the clock uses a slice up; a rest ends when the test says so. */
class SteppedPace implements Pace {
  private time = 0;
  private waiting: (() => void)[] = [];

  now(): number {
    return (this.time += 100);
  }

  rest(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  /** Lets one slice be done; false where nobody waits. */
  async step(): Promise<boolean> {
    const due = this.waiting;
    this.waiting = [];
    for (const resolve of due) resolve();
    await new Promise((resolve) => setImmediate(resolve));
    return due.length > 0;
  }

  async finish(): Promise<void> {
    while (await this.step());
  }
}

function setUp(text: string, options: { byteBudget?: number; segmentBytes?: number; rows?: number } = {}) {
  const { byteBudget = 4 * 1024 * 1024, segmentBytes = 8 * 1024, rows = 0 } = options;
  const log = new PacketLog({ byteBudget, segmentBytes });
  const connections = ['bench', 'node'].map((name) => log.openConnection(name));
  const pace = new SteppedPace();
  let seed = 7;
  const append = (count: number): void => {
    fill(log, count, seed++, connections);
    log.announce();
  };
  append(rows);
  const read = readDisplayFilter(text, log);
  assert.ok('filter' in read);
  const filtered = new FilteredLog({ log, filter: read.filter, pace, failed: (error) => assert.fail(error) });
  /** What should be there: every row that is held, asked one by one. */
  const expected = (): number[] => {
    const other = readDisplayFilter(text, log);
    assert.ok('filter' in other);
    const found: number[] = [];
    for (let sequence = log.first; sequence < log.end; sequence++) {
      const segment = log.segmentOf(sequence);
      if (segment && other.filter.test(segment, sequence - segment.first)) found.push(sequence);
    }
    return found;
  };
  const held = (): (number | undefined)[] => {
    const found = [];
    for (let ordinal = filtered.first; ordinal < filtered.end; ordinal++)
      found.push(filtered.sequenceAt(ordinal));
    return found;
  };
  return { log, pace, append, filtered, expected, held, connections };
}

describe('A filtered log', () => {
  it('has the rows that match, in slices, and those that come later', async () => {
    const { pace, filtered, expected, held, append } = setUp('qos == 1', { rows: 20_000 });
    assert.equal(filtered.isScanning, true);
    await pace.step();
    await pace.step();
    const { scannedTo } = filtered;
    assert.ok(scannedTo > 1 && scannedTo < 20_000, String(scannedTo));
    await pace.finish();
    assert.equal(filtered.isScanning, false);
    assert.deepEqual(held(), expected());
    append(500);
    await pace.finish();
    assert.deepEqual(held(), expected());
    filtered.dispose();
  });

  it('drops what the log evicts while it scans, and keeps the ordinals of the rest', async () => {
    const { log, pace, filtered, expected, held, append } = setUp('packet == PUBLISH', {
      byteBudget: 256 * 1024,
      segmentBytes: 32 * 1024,
      rows: 3000,
    });
    await pace.step();
    for (let round = 0; round < 12; round++) {
      append(700);
      await pace.step();
      const some = Math.floor((filtered.first + filtered.end) / 2);
      const sequence = filtered.sequenceAt(some);
      append(100);
      const later = filtered.sequenceAt(some);
      assert.ok(later === sequence || (later === undefined && (sequence ?? 0) < log.first));
      assert.ok((filtered.sequenceAt(filtered.first) ?? log.first) >= log.first);
    }
    assert.ok(log.evictedPackets > 0);
    await pace.finish();
    assert.deepEqual(held(), expected());
    assert.ok(filtered.first > 0);
    assert.ok(filtered.weight < 64 * 1024);
    filtered.dispose();
  });

  it('finds places by sequence numbers', async () => {
    const { pace, filtered, expected } = setUp('retain == true', { rows: 1000 });
    await pace.finish();
    const matches = expected();
    for (const sequence of [0, 1, 500, matches[3] ?? 0, (matches[3] ?? 0) + 1, 5000]) {
      const index = matches.findIndex((each) => each >= sequence);
      assert.equal(filtered.ordinalFrom(sequence), index < 0 ? matches.length : index);
    }
    filtered.dispose();
  });

  it('stops where it is told to and goes on from there', async () => {
    const { pace, filtered, expected, held, append } = setUp('qos == 0', { rows: 20_000 });
    await pace.step();
    await pace.step();
    filtered.stop();
    const { scannedTo } = filtered;
    append(10);
    await pace.finish();
    assert.equal(filtered.scannedTo, scannedTo);
    assert.deepEqual([filtered.isScanning, filtered.isStopped], [false, true]);
    filtered.resume();
    await pace.finish();
    assert.deepEqual(held(), expected());
    filtered.dispose();
  });

  it('begins anew when a connection whose name it asked for gets another', async () => {
    const { log, pace, filtered, expected, held, append, connections } = setUp('client == "esp32"', {
      rows: 100,
    });
    await pace.finish();
    assert.deepEqual(held(), []);
    log.renameConnection(connections[0] ?? 0, 'esp32');
    append(1);
    await pace.finish();
    assert.ok(held().length > 10);
    assert.deepEqual(held(), expected());
    assert.equal(filtered.restarts, 1);
    filtered.dispose();
  });

  it('is empty when the log is cleared, and goes on with what comes', async () => {
    const { log, pace, filtered, expected, held, append } = setUp('length > 3', { rows: 300 });
    await pace.finish();
    log.clear();
    assert.deepEqual(held(), []);
    append(50);
    await pace.finish();
    assert.deepEqual(held(), expected());
    filtered.dispose();
  });

  it('does nothing more once it is disposed of', async () => {
    const { pace, filtered, append, held } = setUp('qos == 0', { rows: 9000 });
    await pace.step();
    filtered.dispose();
    const before = held().length;
    append(1000);
    await pace.finish();
    assert.equal(held().length, before);
  });

  it('looks through a payload of many windows without holding anything up', async () => {
    const { log, pace, filtered, held, connections } = setUp('text contains "needle"', {
      byteBudget: 64 * 1024 * 1024,
    });
    const payload = new Uint8Array(4 * 1024 * 1024).fill(0x61);
    payload.set(encodeUtf8('needle'), payload.length - 6);
    const header = [0x30, 0x83, 0x80, 0x80, 0x02, 0, 1, 0x74];
    const bytes = new Uint8Array(header.length + payload.length);
    bytes.set(header);
    bytes.set(payload, header.length);
    const row = {
      at: 1,
      direction: 'in',
      connection: connections[0] ?? 0,
      kind: 'packet',
      version: 4,
      topic: inPacket,
    } as const;
    log.append(row, bytes);
    log.announce();
    let slices = 0;
    while (await pace.step()) slices++;
    assert.ok(slices > 8, String(slices));
    assert.deepEqual(held(), [1]);
    filtered.dispose();
  });
});

describe('A list of sequence numbers', () => {
  it('has what a plain list has, whatever is added and dropped', () => {
    const step = fc.oneof(
      fc.record({ add: fc.integer({ min: 1, max: 6000 }), gap: fc.constantFrom(1, 3, 1000) }),
      fc.record({ drop: fc.integer({ min: 0, max: 5000 }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const list = new SequenceList();
        const plain: number[] = [];
        let dropped = 0;
        let last = 0;
        for (const each of steps) {
          if ('add' in each) {
            for (let index = 0; index < each.add; index++)
              list.push((plain[plain.length] = last += each.gap));
          } else {
            dropped = Math.min(plain.length, dropped + each.drop);
            list.dropBefore(dropped < plain.length ? (plain[dropped] ?? 0) : last + 1);
          }
          assert.deepEqual([list.first, list.end], [dropped, plain.length]);
          for (const ordinal of [
            dropped - 1,
            dropped,
            Math.floor((dropped + plain.length) / 2),
            plain.length - 1,
            plain.length,
          ]) {
            assert.equal(list.at(ordinal), ordinal < dropped ? undefined : plain[ordinal]);
          }
          assert.equal(list.ordinalFrom(last + 1), plain.length);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('goes on with numbers that are further apart than four bytes tell', () => {
    const list = new SequenceList();
    list.push(1);
    list.push(2 ** 40);
    assert.equal(list.at(1), 2 ** 40);
    assert.equal(list.at(0), undefined);
    assert.deepEqual([list.first, list.end], [1, 2]);
  });
});
