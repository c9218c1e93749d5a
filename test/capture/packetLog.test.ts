import assert from 'node:assert/strict';
import fc from 'fast-check';
import { toHex } from '../../src/base/bytes';
import { PacketLog } from '../../src/capture/packetLog';
import type { CapturedBytes } from '../../src/capture/packetSegment';
import { rowKinds } from '../../src/capture/rowFlags';
import type { ProtocolVersion } from '../../src/protocol/controlPacket';
import type { Direction } from '../../src/session/effects';
import { captured, contents, filled } from '../support/packetLogs';
import { bringBack } from '../support/snapshots';

describe('The packet log', () => {
  it('gives back every column and byte of a row', () => {
    const log = new PacketLog({ byteBudget: 1_000_000 });
    const sequence = log.append(
      { at: 1234.5, direction: 'out', connection: 77, kind: 'packet', version: 3, topic: 'a/b' },
      Uint8Array.of(9, 0x3d, 1, 2, 9),
      1,
      4,
    );
    assert.deepEqual(log.row(sequence), {
      sequence,
      at: 1234.5,
      direction: 'out',
      connection: 77,
      kind: 'packet',
      version: 3,
      packetType: 'PUBLISH',
      firstByte: 0x3d,
      topic: 'a/b',
      length: 3,
    });
    assert.deepEqual([...(log.bytesAt(sequence) ?? [])], [0x3d, 1, 2]);
  });

  it('copies: what the caller does with its buffer afterwards changes nothing', () => {
    const log = new PacketLog({ byteBudget: 1_000_000 });
    const buffer = filled(4);
    const sequence = log.append(captured, buffer);
    buffer.fill(0);
    assert.equal(toHex(log.bytesAt(sequence) ?? filled(0)), '30303030');
  });

  const types: readonly (readonly [CapturedBytes['kind'], number, string | undefined])[] = [
    ['packet', 0x10, 'CONNECT'],
    ['packet', 0xf0, 'AUTH'],
    ['packet', 0x0f, undefined],
    ['incomplete', 0x82, 'SUBSCRIBE'],
    ['unframed', 0x48, undefined],
  ];
  for (const [kind, firstByte, packetType] of types) {
    it(`takes 0x${firstByte.toString(16)} of ${kind} bytes for ${packetType ?? 'no packet type'}`, () => {
      const log = new PacketLog({ byteBudget: 1_000_000 });
      assert.equal(log.row(log.append({ ...captured, kind }, filled(2, firstByte)))?.packetType, packetType);
    });
  }

  for (const sequence of [0, 3, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    it(`has no row ${sequence} where there are rows 1 and 2`, () => {
      const log = new PacketLog({ byteBudget: 1_000_000 });
      log.append(captured, filled(2));
      log.append(captured, filled(2));
      assert.deepEqual([log.row(sequence), log.bytesAt(sequence)], [undefined, undefined]);
    });
  }

  it('evicts whole segments, oldest first, and counts packets and bytes that went', () => {
    const log = new PacketLog({ byteBudget: 4000, segmentBytes: 1000 });
    for (let packet = 0; packet < 10; packet++) log.append(captured, filled(500, packet));
    assert.ok(log.weight <= 4000);
    assert.ok(log.evictedPackets > 0 && log.evictedPackets % 2 === 0, 'two packets fill a segment');
    assert.deepEqual([log.first, log.evictedBytes], [log.evictedPackets + 1, log.evictedPackets * 500]);
    assert.deepEqual(log.bytesAt(log.first), filled(500, log.first - 1));
  });

  it('keeps a packet larger than a segment in one of its own', () => {
    const log = new PacketLog({ byteBudget: 100_000, segmentBytes: 100 });
    log.append(captured, filled(10, 1));
    log.append(captured, filled(5000, 2));
    log.append(captured, filled(10, 3));
    assert.deepEqual([log.first, log.bytesAt(2)?.length, log.bytesAt(3)?.[0]], [1, 5000, 3]);
  });

  it('keeps a packet larger than the budget, alone, until the next one', () => {
    const log = new PacketLog({ byteBudget: 1000, segmentBytes: 100 });
    log.append(captured, filled(10));
    log.append(captured, filled(5000, 2));
    assert.deepEqual([log.first, log.end, log.evictedPackets], [2, 3, 1]);
    assert.deepEqual(log.bytesAt(2), filled(5000, 2));
    log.append(captured, filled(10));
    assert.deepEqual([log.first, log.end, log.evictedPackets, log.evictedBytes], [3, 4, 2, 5010]);
  });

  it('bounds the memory of tiny packets and of long topics too, not of their bytes alone', () => {
    const tiny = new PacketLog({ byteBudget: 10_000 });
    const aliased = new PacketLog({ byteBudget: 1_000_000 });
    for (let packet = 0; packet < 5000; packet++) {
      tiny.append(captured, filled(2));
      aliased.append({ ...captured, topic: `${packet}${'x'.repeat(60_000)}` }, filled(8));
    }
    assert.ok(tiny.weight <= 10_000 && aliased.weight <= 1_000_000);
    assert.ok(tiny.end - tiny.first < 1000);
    assert.ok(aliased.end - aliased.first < 10);
  });

  it('goes on with its sequence numbers after it was cleared, and counts from nothing', () => {
    const log = new PacketLog({ byteBudget: 1000, segmentBytes: 100 });
    for (let packet = 0; packet < 50; packet++) log.append(captured, filled(50));
    log.clear();
    assert.deepEqual(
      [log.first, log.end, log.evictedPackets, log.evictedBytes, log.weight],
      [51, 51, 0, 0, 0],
    );
    assert.equal(log.append(captured, filled(2)), 51);
  });

  it('tells its listeners once of what was appended since the last time, and not of nothing', () => {
    const log = new PacketLog({ byteBudget: 1000 });
    let events = 0;
    log.onDidChange(() => events++);
    log.announce();
    const { revision } = log;
    log.append(captured, filled(2));
    log.append(captured, filled(2));
    assert.notEqual(log.revision, revision);
    assert.equal(events, 0);
    log.announce();
    log.announce();
    assert.equal(events, 1);
    log.clear();
    assert.equal(events, 2);
  });

  it('keeps the name of a connection as long as it is open or one of its packets is there', () => {
    const log = new PacketLog({ byteBudget: 1000, segmentBytes: 100 });
    const fill = (): void => {
      for (let packet = 0; packet < 30; packet++) log.append({ ...captured, connection: open }, filled(50));
    };
    const open = log.openConnection('open');
    const closed = log.openConnection('closed');
    log.append({ ...captured, connection: closed }, filled(2));
    log.closeConnection(closed);
    assert.equal(log.connectionName(closed), 'closed');
    fill();
    assert.deepEqual([log.connectionName(closed), log.connectionName(open)], [undefined, 'open']);
    log.clear();
    assert.equal(log.connectionName(open), 'open');
    log.closeConnection(open);
    log.clear();
    assert.equal(log.connectionName(open), undefined);
  });

  const row = fc.record({
    at: fc.double({ min: 0, max: 2e12, noNaN: true }),
    direction: fc.constantFrom<Direction>('in', 'out'),
    connection: fc.nat(5),
    kind: fc.constantFrom(...rowKinds),
    version: fc.constantFrom<ProtocolVersion>(3, 4, 5),
    topic: fc.constantFrom(undefined, '', 'a', 'a/b', 'ä/ω/😀'),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 60 }),
  });

  it('reads back what was appended and not evicted byte for byte, and its counts add up', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof({ weight: 30, arbitrary: row }, { weight: 1, arbitrary: fc.constant('clear' as const) }),
          {
            maxLength: 80,
          },
        ),
        fc.record({
          byteBudget: fc.integer({ min: 1, max: 3000 }),
          segmentBytes: fc.integer({ min: 1, max: 300 }),
        }),
        async (steps, options) => {
          const log = new PacketLog(options);
          const model = new Map<number, CapturedBytes & { bytes: Uint8Array }>();
          let appended = { packets: 0, bytes: 0 };
          for (const step of steps) {
            if (step === 'clear') {
              log.clear();
              model.clear();
              appended = { packets: 0, bytes: 0 };
              continue;
            }
            const { bytes, ...columns } = step;
            model.set(log.append(columns, bytes), step);
            appended.packets++;
            appended.bytes += bytes.length;
          }
          let keptBytes = 0;
          for (let sequence = log.first; sequence < log.end; sequence++) {
            const { bytes, ...columns } = model.get(sequence) ?? assert.fail(`row ${sequence} was appended`);
            const read = log.row(sequence) ?? assert.fail(`row ${sequence} is there`);
            const { packetType } = read;
            assert.deepEqual(read, {
              ...columns,
              sequence,
              packetType,
              firstByte: bytes[0],
              length: bytes.length,
            });
            assert.equal(toHex(log.bytesAt(sequence) ?? filled(0)), toHex(bytes));
            keptBytes += bytes.length;
          }
          assert.equal(log.row(log.first - 1), undefined);
          assert.deepEqual(
            [log.evictedPackets + log.end - log.first, log.evictedBytes + keptBytes],
            [appended.packets, appended.bytes],
          );
          assert.equal(log.first < log.end, appended.packets > 0, 'the newest always stays');
          const restored = await bringBack(new PacketLog(options), log);
          assert.deepEqual(contents(restored), contents(log));
          assert.deepEqual(
            [restored.first, restored.end, restored.evictedPackets, restored.evictedBytes],
            [log.first, log.end, log.evictedPackets, log.evictedBytes],
          );
        },
      ),
    ));
});

describe('Another budget of the packet log', () => {
  function logOf(packets: number): PacketLog {
    const log = new PacketLog({ byteBudget: 64_000 });
    for (let packet = 0; packet < packets; packet++) log.append(captured, filled(100, packet));
    log.announce();
    return log;
  }

  it('that is smaller makes the oldest packets go at once, and is told', () => {
    const log = logOf(400);
    let events = 0;
    log.onDidChange(() => events++);
    log.setBudget(16_000);
    assert.ok(log.weight <= 16_000 && log.first > 1);
    assert.deepEqual([log.evictedPackets, log.end, events], [log.first - 1, 401, 1]);
  });

  it('holds for the segment that was begun before, too', () => {
    const log = logOf(10);
    log.setBudget(800);
    for (let packet = 0; packet < 10; packet++) log.append(captured, filled(100, packet));
    assert.ok(log.weight <= 800, `${log.weight}`);
    assert.equal(log.evictedPackets, log.first - 1);
  });

  it('that is larger loses nothing and lets more stay', () => {
    const log = logOf(100);
    log.setBudget(640_000);
    for (let packet = 0; packet < 1000; packet++) log.append(captured, filled(100, packet));
    assert.deepEqual([log.first, log.evictedPackets], [1, 0]);
  });
});
