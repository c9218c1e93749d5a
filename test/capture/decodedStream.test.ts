import assert from 'node:assert/strict';
import { concatBytes, fromHex, toHex } from '../../src/base/bytes';
import { logStream } from '../../src/capture/decodedStream';
import { PacketContexts } from '../../src/capture/packetContexts';
import { PacketLog } from '../../src/capture/packetLog';
import { dissect } from '../../src/protocol/dissect';
import { dissectStream } from '../../src/protocol/dissectStream';
import { bringBack } from '../support/snapshots';

const bytesOf = (hex: string) => fromHex(hex) ?? assert.fail(hex);
const connect = bytesOf('10 0f 0004 4d515454 05 02 003c 00 0002 6161');
const aliased = bytesOf('30 08 0001 74 03 230001 78');
const byAlias = bytesOf('30 07 0000 03 230001 79');
const garbage = bytesOf('ff fe');

/** What the rows of a dump are found to break when somebody looks at them in the inspector, each with its direction. */
function rowsOf(hex: string): readonly (readonly [direction: string, ...violations: readonly string[]])[] {
  const bytes = bytesOf(hex);
  const log = new PacketLog({ byteBudget: 1 << 20 });
  logStream(log, 'dump', bytes, dissectStream(bytes), 0);
  const contexts = new PacketContexts(log);
  return Array.from({ length: log.end - log.first }, (_, index) => {
    const row = log.row(log.first + index) ?? assert.fail();
    const packet = log.bytesAt(row.sequence) ?? assert.fail();
    const { violations } = dissect(packet, { ...contexts.of(row), version: row.version });
    return [row.direction, ...violations.map(({ id }) => id)] as const;
  });
}

const connect311 = '10 10 0004 4d515454 04 02 003c 0004 64657631';
const subscribe311 = '82 06 000a 0001 61 00';

describe('A dump in the log', () => {
  it('is told apart from what went over a connection, also after it was kept', async () => {
    const log = new PacketLog({ byteBudget: 1 << 20 });
    // PUBLISH of "a" with "hi", whose Remaining Length leaves its last byte out.
    const bytes = bytesOf('30 04 0001 61 68 69');
    logStream(log, 'dump', bytes, dissectStream(bytes, 4), 0);
    const kept = await bringBack(new PacketLog({ byteBudget: 1 << 20 }), log);
    for (const { row } of [log, kept].map((each) => ({ row: each.row.bind(each) }))) {
      const rows = [row(1), row(2)];
      assert.deepEqual(
        rows.map((each) => [each?.kind, each?.decoded, each?.endsPrevious]),
        [
          ['packet', true, undefined],
          ['unframed', true, true],
        ],
      );
    }
    logStream(log, 'other', garbage, dissectStream(garbage, 4), 0);
    assert.deepEqual([log.row(3)?.decoded, log.row(3)?.endsPrevious], [true, undefined]);
  });

  it('has each packet of both sides in the direction of its sender', () => {
    assert.deepEqual(rowsOf(`${connect311} 20 02 0000 ${subscribe311} 90 03 000a 00`), [
      ['out'],
      ['in'],
      ['out'],
      ['in'],
    ]);
  });

  it('holds nobody to a packet that either side may have sent', () => {
    const resumed = '10 11 0004 4d515454 05 00 003c 00 0004 64657631 20 03 01 00 00';
    assert.deepEqual(rowsOf(`${resumed} 30 06 0001 61 00 6869 30 0b 0003 612f62 03 230001 6869`), [
      ['out'],
      ['in'],
      ['in'],
      ['in'],
    ]);
    assert.deepEqual(rowsOf(`${resumed} 30 08 0001 61 02 0b05 6869`).at(-1), ['in']);
  });

  it('begins another connection with each CONNECT', () => {
    const once = `${connect311} 20 02 0000 e0 00`;
    assert.deepEqual(
      rowsOf(`${once} ${once}`).flatMap(([, ...violations]) => violations),
      [],
    );
  });

  it('says nothing of what the other side did not send where it has one side only', () => {
    const asked = '10 15 0004 4d515454 05 02 003c 04 15 0001 6d 0004 64657631';
    assert.deepEqual(rowsOf(`${asked} c0 00`), [['out'], ['out']]);
  });
});

describe('logStream', () => {
  const at = 1_700_000_000_000;

  it('enters packets and what is between them in the order of the bytes, every byte once', () => {
    const bytes = concatBytes([garbage, connect, garbage, aliased, byAlias, aliased.subarray(0, 4)]);
    const log = new PacketLog({ byteBudget: 1 << 20 });
    const { first } = logStream(log, 'dump.txt:1', bytes, dissectStream(bytes), at);
    assert.equal(first, 1);
    const rows = Array.from({ length: log.end - log.first }, (_, index) => log.row(index + 1));
    assert.deepEqual(
      rows.map((row) => [row?.kind, row?.packetType, row?.version, row?.topic]),
      [
        ['unframed', undefined, 5, undefined],
        ['packet', 'CONNECT', 5, undefined],
        ['unframed', undefined, 5, undefined],
        ['packet', 'PUBLISH', 5, 't'],
        ['packet', 'PUBLISH', 5, 't'],
        ['incomplete', 'PUBLISH', 5, undefined],
      ],
    );
    const whole = concatBytes(rows.map((row) => log.bytesAt(row?.sequence ?? 0) ?? assert.fail()));
    assert.equal(toHex(whole), toHex(bytes));
  });

  it('enters nothing where there are no bytes', () => {
    const log = new PacketLog({ byteBudget: 1 << 20 });
    const none = new Uint8Array(0);
    assert.deepEqual(logStream(log, 'empty', none, dissectStream(none), at), { first: undefined });
    assert.equal(log.end, log.first);
  });
});
