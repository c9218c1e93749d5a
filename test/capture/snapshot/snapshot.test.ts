import assert from 'node:assert/strict';
import { encodeUtf8 } from '../../../src/base/utf8';
import { PacketLog } from '../../../src/capture/packetLog';
import { rowRemarks } from '../../../src/capture/rowRemarks';
import { readSnapshot } from '../../../src/capture/snapshot/snapshotReader';
import { writeSnapshot } from '../../../src/capture/snapshot/snapshotWriter';
import { findSecrets } from '../../../src/inspector/concealment';
import { encode } from '../../../src/protocol/codec';
import type { Violation } from '../../../src/protocol/violations';
import { captured, contents, filled } from '../../support/packetLogs';
import { a } from '../../support/packets';
import { bringBack, contentsIn, noSecrets, snapshotOf, standingPace } from '../../support/snapshots';

const options = { byteBudget: 100_000, segmentBytes: 200 };

function logOf(packets: number): PacketLog {
  const log = new PacketLog(options);
  const connection = log.openConnection('bench – 127.0.0.1');
  for (let packet = 0; packet < packets; packet++) {
    log.append({ ...captured, connection, topic: `t/${packet % 7}` }, filled(20 + (packet % 5), packet));
  }
  return log;
}

/** Of every kind there is. */
const remarks: readonly Violation[] = [
  { id: 'packetIdentifierInUse', offset: 0, value: 0xffff },
  { id: 'packetIdentifierInUse', offset: 0, value: 1, subject: 'client' },
  { id: 'acknowledgementUnmatched', offset: 0, value: 9, subject: 'PUBREL' },
  { id: 'receiveMaximumExceeded', offset: 0, value: 20, subject: 'client' },
  { id: 'acknowledgementOfOtherQos', offset: 0, value: 'PUBACK' },
];

/** What was kept of a log of one PUBLISH, `a/b`, before there were remarks. */
const withoutRemarks =
  'AQAAAAsAAAABAAAABwAAAAACgFb+vHhCAQAAAAEAAAALAAAANBADAAAAYS9iNAkAA2EvYgABAHgAAAAAAADwPwAAAAAAAABAAAAAAADJ7UAA' +
  'AAAAAAD4fwAAAAAAAPh/AAAAAAAA+H8FAAAAAAAAAAAAAABiZW5jaAAAAAAAAABAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAPA/AAAAAAAA8D8A' +
  'AAAAAABMQI6Tz5UzTFFN';

const secret = encodeUtf8('open sesame');
const connect = encode(a.connect({ userName: 'ada', password: secret }), 5);

describe('A snapshot of the packet log', () => {
  it('brings back rows, names and numbers, and the log goes on from there', async () => {
    const log = logOf(40);
    const restored = new PacketLog(options);
    let events = 0;
    restored.onDidChange(() => events++);
    await bringBack(restored, log);
    assert.deepEqual(contents(restored), contents(log));
    assert.equal(restored.connectionName(1), 'bench – 127.0.0.1');
    assert.equal(events, 1);
    assert.equal(restored.openConnection('next'), 2);
    assert.equal(restored.append({ ...captured, topic: 't/3' }, filled(3)), 41);
    assert.equal(restored.row(41)?.topic, 't/3');
    assert.equal(restored.weight > log.weight, true);
  });

  it('has where each connection went and when it ended', async () => {
    const log = new PacketLog(options);
    const ends = {
      local: { address: '10.0.0.1', port: 1883 },
      remote: { address: 'fe80::1%eth0', port: 50_123 },
    };
    const names = ['esp32 (192.168.1.31:50123)', 'bench', 'not yet', 'dump'];
    const [device = 0, bench = 0, open = 0, dump = 0] = names.map((name) => log.openConnection(name));
    log.setNetworkEnds(device, ends);
    log.append({ ...captured, connection: device, direction: 'in' }, connect);
    log.append({ ...captured, connection: bench, direction: 'out' }, connect);
    log.closeConnection(device, 61_000.25);
    for (const connection of [open, dump]) log.append({ ...captured, connection }, filled(3));
    log.closeConnection(dump);
    log.closeConnection(bench, 62_000);
    log.append(captured, filled(3));
    const restored = await bringBack(new PacketLog(options), log);
    const all = [device, bench, dump];
    assert.deepEqual(
      all.map((connection) => restored.connectionEnd(connection)),
      all.map((connection) => log.connectionEnd(connection)),
    );
    assert.deepEqual(restored.connectionEnd(device), { end: 3, at: 61_000.25 });
    // The window went before it did.
    assert.deepEqual(restored.connectionEnd(open), { end: log.end, at: undefined });
    assert.deepEqual(
      [device, bench].map((connection) => restored.networkEnds(connection)),
      [ends, undefined],
    );
    assert.deepEqual(
      [restored.isFromClient(device, 'in'), restored.isFromClient(bench, 'out')],
      [true, true],
    );
    const again = await bringBack(new PacketLog(options), restored);
    assert.deepEqual(again.connections, restored.connections);
  });

  it('has every kind of row, the gaps between them and what was evicted', async () => {
    const log = new PacketLog({ byteBudget: 4000, segmentBytes: 200 });
    const rows = [
      { kind: 'note', topic: undefined },
      { kind: 'unframed', topic: undefined, rest: 'first' },
      { kind: 'unframed', topic: undefined, decoded: true, endsPrevious: true },
      { kind: 'incomplete', version: 4, topic: 'cut/off' },
      { kind: 'packet', version: 3, direction: 'out', withoutContext: true, topic: 'ü' },
    ] as const;
    for (let index = 0; index < 300; index++) {
      const row = rows[index % rows.length] ?? assert.fail();
      log.append(
        { ...captured, ...row, connection: 1 + (index % 3), at: index / 8 },
        filled(index % 30, 0x60),
      );
    }
    const restored = await bringBack(new PacketLog({ byteBudget: 4000, segmentBytes: 200 }), log);
    assert.ok(log.evictedPackets > 0);
    assert.deepEqual(contents(restored), contents(log));
    assert.deepEqual(
      [restored.first, restored.end, restored.evictedPackets, restored.evictedBytes],
      [log.first, log.end, log.evictedPackets, log.evictedBytes],
    );
  });

  it('knows which rows decide how others are read', async () => {
    const log = logOf(20);
    for (let count = 0; count < 3; count++) {
      log.append({ ...captured, connection: 7, direction: 'out' }, connect);
      log.append({ ...captured, connection: 7, kind: 'incomplete' }, Uint8Array.of(0x20, 2, 0));
      log.append({ ...captured, connection: 7 }, Uint8Array.of(0x20, 2, 0, 0));
    }
    const restored = await bringBack(new PacketLog(options), log);
    assert.deepEqual(restored.milestones(7), [21, 23, 24, 26, 27, 29]);
    assert.deepEqual([restored.isFromClient(7, 'out'), restored.isFromClient(7, 'in')], [true, false]);
  });

  it('has what was remarked on its rows, not what was on those that are gone', async () => {
    const small = { byteBudget: 4000, segmentBytes: 200 };
    const log = new PacketLog(small);
    const remark = (sequence: number, index: number): void =>
      rowRemarks(log).add(sequence, remarks[index] ?? assert.fail());
    for (let packet = 0; packet < 300; packet++) {
      const sequence = log.append(captured, filled(20, packet & 0xff));
      if (packet % 3 === 0) remark(sequence, packet % remarks.length);
    }
    remark(log.end - 1, 2);
    remark(log.end - 1, 3);
    assert.ok(log.evictedPackets > 0);
    const restored = await bringBack(new PacketLog(options), log);
    const of = (sequence: number) => [rowRemarks(restored).of(sequence), rowRemarks(log).of(sequence)];
    let remarked = 0;
    for (let sequence = log.first; sequence < log.end; sequence++) {
      const [found, expected] = of(sequence);
      assert.deepEqual(found, expected, `row ${sequence}`);
      if (found) remarked++;
    }
    assert.ok(remarked > 10, String(remarked));
    assert.equal(rowRemarks(restored).of(log.end - 1)?.length, 2);
    assert.deepEqual(rowRemarks(restored).between(0, log.first), []);
  });

  it('has the remarks that it has been begun with, and none of rows that there was no time for', async () => {
    const log = logOf(100);
    const inUse = remarks[0] ?? assert.fail();
    for (const sequence of [2, 99]) rowRemarks(log).add(sequence, inUse);
    let asked = 0;
    // Meanwhile all rows go, and with the next remark those on them.
    const wanted = (): boolean => {
      if (asked === 9) {
        log.clear();
        rowRemarks(log).add(log.append(captured, filled(3)), inUse);
      }
      return asked++ < 10;
    };
    const restored = await bringBack(new PacketLog(options), await snapshotOf(log, { wanted }));
    assert.ok(restored.first > 2 && restored.first < 99, `from ${restored.first} on`);
    assert.deepEqual(rowRemarks(restored).between(0, 200), [{ sequence: 99, violation: inUse }]);
  });

  it('leaves out a remark that this version does not know', async () => {
    const log = logOf(5);
    rowRemarks(log).add(3, { id: 'secondConnect', offset: 0 });
    rowRemarks(log).add(4, remarks[1] ?? assert.fail());
    const restored = await bringBack(new PacketLog(options), log);
    assert.deepEqual(contents(restored), contents(log));
    assert.deepEqual(rowRemarks(restored).between(0, 10), [{ sequence: 4, violation: remarks[1] }]);
  });

  it('of the format before this one is read, and has no remarks', async () => {
    const bytes = Uint8Array.from(Buffer.from(withoutRemarks, 'base64'));
    const restored = await bringBack(new PacketLog(options), bytes);
    assert.deepEqual([restored.first, restored.end, restored.row(1)?.topic], [1, 2, 'a/b']);
    assert.deepEqual(restored.connectionEnd(1), { end: 2, at: 61_000 });
    assert.deepEqual(rowRemarks(restored).between(0, 2), []);
    for (let at = 0; at < bytes.length; at++) {
      const changed = bytes.slice();
      changed[at] = (changed[at] ?? 0) ^ 1;
      assert.equal(await contentsIn(changed), undefined, `byte ${at}`);
    }
  });

  it('holds no secret, while the log keeps it', async () => {
    const log = new PacketLog(options);
    const rows = [
      [{ kind: 'packet' }, connect],
      // A CONNECT that lost its first byte reads as something else.
      [{ kind: 'packet' }, connect.subarray(1)],
      [{ kind: 'incomplete' }, connect.subarray(0, -3)],
      [{ kind: 'unframed', rest: 'secret' }, secret],
      [{ kind: 'packet' }, Uint8Array.of(0xf0, 6, 0x18, 4, 0x16, 0, 1, 0x55)],
      [{ kind: 'packet' }, Uint8Array.of(0x30, 7, 0, 4, 0x68, 0x69, 0x68, 0x6f, 0)],
    ] as const;
    for (const [row, bytes] of rows) log.append({ ...captured, ...row }, bytes);
    const snapshot = await snapshotOf(log, { findSecrets });
    assert.ok(!Buffer.from(snapshot).includes('sesa'));
    assert.ok(Buffer.from(snapshot).includes('ada'));
    const restored = await bringBack(new PacketLog(options), snapshot);
    for (const [index, [row, bytes]] of rows.entries()) {
      const shown = bytes.slice();
      const rest = 'rest' in row ? row.rest : undefined;
      for (const { start, end } of findSecrets(bytes, 5, rest)) shown.fill(0x2a, start, end);
      assert.deepEqual(restored.bytesAt(index + 1), shown, `row ${index + 1}`);
      assert.deepEqual(log.bytesAt(index + 1), bytes);
    }
    // Nor has the column of first bytes one of them.
    assert.deepEqual([restored.row(4)?.firstByte, log.row(4)?.firstByte], [0x2a, secret[0]]);
    assert.equal(restored.row(1)?.packetType, 'CONNECT');
  });

  it('has packets that take several pieces, with what is secret in them concealed', async () => {
    const log = new PacketLog({ byteBudget: 64 * 1024 * 1024 });
    const length = 9 * 1024 * 1024 + 3;
    log.append(captured, filled(10, 1));
    log.append(captured, filled(length, 2));
    log.append(captured, filled(10, 3));
    const span = { start: 4 * 1024 * 1024 - 5, end: 8 * 1024 * 1024 + 5 };
    const snapshot = await snapshotOf(log, {
      findSecrets: (bytes) => (bytes.length === length ? [span] : []),
    });
    // Only rows that may hold secrets are asked.
    assert.ok(Buffer.from(snapshot).equals(Buffer.from(await snapshotOf(log))));
    const secrets = new PacketLog({ byteBudget: 64 * 1024 * 1024 });
    const bytes = filled(length, 0x10);
    secrets.append(captured, bytes);
    const restored = await bringBack(
      new PacketLog({ byteBudget: 64 * 1024 * 1024 }),
      await snapshotOf(secrets, { findSecrets: () => [span] }),
    );
    bytes.fill(0x2a, span.start, span.end);
    assert.equal(Buffer.compare(restored.bytesAt(1) ?? assert.fail(), bytes), 0);
    const plain = await bringBack(new PacketLog({ byteBudget: 64 * 1024 * 1024 }), snapshot);
    assert.equal(Buffer.compare(plain.bytesAt(2) ?? assert.fail(), filled(length, 2)), 0);
    assert.deepEqual(plain.bytesAt(3), filled(10, 3));
  });

  it('of nothing is a log that continues the numbers', async () => {
    const log = logOf(5);
    log.clear();
    const restored = await bringBack(new PacketLog({ byteBudget: 1000 }), log);
    assert.deepEqual([restored.first, restored.end], [6, 6]);
  });

  it('keeps to the budget of the log that takes it', async () => {
    const restored = await bringBack(new PacketLog({ byteBudget: 2000, segmentBytes: 200 }), logOf(200));
    assert.ok(restored.weight <= 2000);
    assert.deepEqual([restored.end, restored.evictedPackets], [201, restored.first - 1]);
  });

  it('is refused by a log that has rows or connections of its own', async () => {
    const kept = (await contentsIn(await snapshotOf(logOf(3)))) ?? assert.fail();
    const used = logOf(1);
    const connected = new PacketLog({ byteBudget: 1000 });
    connected.openConnection('bench');
    assert.deepEqual([used.restore(kept), connected.restore(kept), used.end], [false, false, 2]);
  });
});

describe('A snapshot for which time runs out', () => {
  it('has the newest rows; the oldest count as evicted', async () => {
    const log = logOf(100);
    let asked = 0;
    let left = 0;
    const snapshot = await snapshotOf(log, {
      wanted: () => asked++ < 10,
      written: (count) => (left = count),
    });
    const restored = await bringBack(new PacketLog(options), snapshot);
    assert.ok(left > 0 && left < 99, `${left} rows are left out`);
    assert.deepEqual([restored.first, restored.end], [log.first + left, log.end]);
    assert.deepEqual(contents(restored), contents(log).slice(left));
    const bytes = contents(log).slice(0, left) as { bytes: string }[];
    assert.deepEqual(
      [restored.evictedPackets, restored.evictedBytes],
      [left, bytes.reduce((sum, row) => sum + row.bytes.length / 2, 0)],
    );
  });

  it('at once has no row and counts them all', async () => {
    const restored = await bringBack(
      new PacketLog(options),
      await snapshotOf(logOf(30), { wanted: () => false }),
    );
    assert.deepEqual([restored.first, restored.end, restored.evictedPackets], [31, 31, 30]);
  });
});

describe('A snapshot of a log that goes on meanwhile', () => {
  it('has the rows of the moment it was begun, but those that are evicted before they are written', async () => {
    const mebibyte = 1024 * 1024;
    const log = new PacketLog({ byteBudget: 12 * mebibyte, segmentBytes: mebibyte });
    const append = (count: number): void => {
      for (let index = 0; index < count; index++) log.append(captured, filled(100_000, log.end & 0xff));
    };
    append(150);
    const { end } = log;
    // Each rest is time in which segments are evicted whose memory is used again at once.
    let now = 0;
    const pace = { now: () => (now += 100), rest: () => Promise.resolve(append(4)) };
    const snapshot = await snapshotOf(log, { pace });
    assert.ok(log.end > end + 20);
    const restored = await bringBack(new PacketLog({ byteBudget: 64 * mebibyte }), snapshot);
    assert.equal(restored.end, end);
    assert.ok(restored.end - restored.first > 20, `${restored.end - restored.first} rows`);
    assert.equal(restored.evictedPackets, restored.first - 1);
    for (let sequence = restored.first; sequence < end; sequence++)
      assert.deepEqual(restored.bytesAt(sequence), filled(100_000, sequence & 0xff), `row ${sequence}`);
  });
});

describe('A damaged snapshot', () => {
  /** With remarks. */
  function remarkedLog(): PacketLog {
    const log = logOf(12);
    for (const [index, remark] of remarks.entries()) rowRemarks(log).add(index + 3, remark);
    return log;
  }

  it('is refused when it is cut anywhere or has a byte too many', async () => {
    const bytes = await snapshotOf(remarkedLog());
    for (let length = 0; length < bytes.length; length++)
      assert.equal(await contentsIn(bytes.subarray(0, length)), undefined, `${length} bytes`);
    assert.equal(await contentsIn(Uint8Array.of(...bytes, 0)), undefined);
    assert.equal(await contentsIn(Uint8Array.of(0, ...bytes)), undefined);
  });

  it('is refused with any byte changed', async () => {
    const bytes = await snapshotOf(remarkedLog());
    for (let at = 0; at < bytes.length; at++) {
      for (const flip of [1, 0x80, 0xff]) {
        const changed = bytes.slice();
        changed[at] = (changed[at] ?? 0) ^ flip;
        assert.equal(await contentsIn(changed), undefined, `byte ${at}, ${flip}`);
      }
    }
  });

  it('is refused where parts of it never reached the disk', async () => {
    const log = new PacketLog({ byteBudget: 1024 * 1024 });
    for (let packet = 0; packet < 100; packet++) log.append(captured, filled(1000, 0x31));
    const bytes = await snapshotOf(log);
    for (let at = 0; at + 4096 < bytes.length; at += 4096) {
      const changed = bytes.slice();
      changed.fill(0, at, at + 4096);
      assert.equal(await contentsIn(changed), undefined);
    }
  });

  it('is refused where it is whole and its rows do not follow one another', async () => {
    const log = logOf(12);
    const segment = log.segmentOf(log.first) ?? assert.fail();
    segment.end[2] = (segment.end[1] ?? 0) - 1;
    assert.equal(await contentsIn(await snapshotOf(log)), undefined);
  });

  it('makes nothing of the size that it claims', async () => {
    const bytes = await snapshotOf(remarkedLog());
    // The rows and the bytes of the first segment.
    for (const at of [0, 4, 8, 12]) {
      const changed = bytes.slice();
      new DataView(changed.buffer).setUint32(at, 0xffff_fff0, true);
      assert.equal(await contentsIn(changed), undefined);
    }
    // The connections and the remarks, and where they are.
    for (const back of [40, 32, 24, 16]) {
      const changed = bytes.slice();
      new DataView(changed.buffer).setFloat64(bytes.length - back, 2 ** 45, true);
      assert.equal(await contentsIn(changed), undefined);
    }
  });

  it('whose source fails says so', async () => {
    const failure = new Error('EIO');
    const output = { write: () => Promise.reject(failure) };
    await assert.rejects(
      writeSnapshot(logOf(3), output, { findSecrets: noSecrets, pace: standingPace }),
      failure,
    );
    const source = { size: 1000, read: () => Promise.reject(failure) };
    await assert.rejects(readSnapshot(source, standingPace), failure);
  });
});
