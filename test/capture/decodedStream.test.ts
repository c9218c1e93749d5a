import assert from 'node:assert/strict';
import { concatBytes, fromHex, toHex } from '../../src/base/bytes';
import { logStream } from '../../src/capture/decodedStream';
import { PacketLog } from '../../src/capture/packetLog';
import { dissectStream } from '../../src/protocol/dissectStream';

const bytesOf = (hex: string) => fromHex(hex) ?? assert.fail(hex);
const connect = bytesOf('10 0f 0004 4d515454 05 02 003c 00 0002 6161');
const aliased = bytesOf('30 08 0001 74 03 230001 78');
const byAlias = bytesOf('30 07 0000 03 230001 79');
const garbage = bytesOf('ff fe');

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
