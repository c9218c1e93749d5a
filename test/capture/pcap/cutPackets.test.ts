import assert from 'node:assert/strict';
import { concatBytes } from '../../../src/base/bytes';
import { LogReader } from '../../../src/capture/analysis/logReader';
import { contentsOf } from '../../../src/capture/export/exportedRow';
import { readDisplayFilter } from '../../../src/capture/filter/displayFilter';
import { PacketContexts } from '../../../src/capture/packetContexts';
import type { PacketLog } from '../../../src/capture/packetLog';
import { writePcapng } from '../../../src/capture/pcap/pcapngWriter';
import { rowVerdicts } from '../../../src/capture/rowVerdicts';
import { encode } from '../../../src/protocol/codec';
import { pcapFile } from '../../support/captureFiles';
import { asItIs } from '../../support/packetLogs';
import { a } from '../../support/packets';
import { packets, readCapture, talk } from '../../support/tcpTalk';

const { connect, connack, ping } = packets;
const long = encode(a.publish('long', 1, 3, { payload: new Uint8Array(600).fill(0x61) }), 4);

/** Numbers of the rows that break a rule, as the strip, the filter and an export have them, which are to agree. */
function broken(log: PacketLog): readonly number[] {
  const verdicts = rowVerdicts(log);
  while (verdicts.readOn(() => false));
  const contexts = new PacketContexts(log);
  const all = Array.from({ length: log.end - log.first }, (_, index) => log.first + index);
  const found = all.filter((sequence) => verdicts.count(sequence, sequence + 1) > 0);
  for (const sequence of all) {
    const row = log.row(sequence) ?? assert.fail();
    const { violations } = contentsOf(row, 'c', log.bytesAt(sequence) ?? assert.fail(), contexts).row;
    if (!found.includes(sequence))
      assert.deepEqual(
        violations.filter((each) => each.startsWith('violation')),
        [],
      );
  }
  return found;
}

/** The rows of which a filter says that something is wrong with them. */
function filtered(log: PacketLog): readonly number[] {
  const found: number[] = [];
  for (const text of ['violation exists', 'violation contains "2.1.4"', 'violation == "unframed"']) {
    const read = readDisplayFilter(text, log);
    assert.ok('filter' in read);
    for (let sequence = log.first; sequence < log.end; sequence++) {
      const segment = log.segmentOf(sequence) ?? assert.fail();
      const row = sequence - segment.first;
      while (!read.filter.prepare(segment, row));
      if (read.filter.test(segment, row)) found.push(sequence);
    }
  }
  return found;
}

/** What following the conversation finds, by row. */
function analysed(log: PacketLog): readonly string[] {
  const found: string[] = [];
  const observer = {
    packet: ({ row, violations }: { row: { sequence: number }; violations: readonly { id: string }[] }) =>
      found.push(...violations.map(({ id }) => `${row.sequence} ${id}`)),
  };
  const reader = new LogReader(
    log,
    () => [observer],
    () => undefined,
  );
  while (!reader.advance(100));
  return found;
}

const kinds = (log: PacketLog): readonly string[] =>
  Array.from({ length: log.end - log.first }, (_, index) => log.row(log.first + index)?.kind ?? '');

function readAgain(log: PacketLog): PacketLog {
  const sequences = Array.from({ length: log.end - log.first }, (_, index) => log.first + index);
  const pieces = [...writePcapng(log, sequences, { application: 'x', conceal: asItIs })];
  return readCapture(concatBytes(pieces)).log;
}

describe('A packet of which the capture lacks something', () => {
  const begun = () => talk().handshake().packet('client', connect).packet('server', connack);

  it('breaks no rule by what lacks, before a gap, behind it, and where the capture ends', () => {
    const talked = begun().send('client', long.subarray(0, 200)).lose('client', long.subarray(200, 300));
    talked.send('client', long.subarray(300)).packet('client', ping).send('client', long.subarray(0, 50));
    const { log } = readCapture(pcapFile(talked.frames));
    for (const each of [log, readAgain(log)]) {
      assert.deepEqual(kinds(each), [
        ...['packet', 'packet', 'incomplete', 'note', 'unframed', 'packet'],
        'incomplete',
      ]);
      assert.deepEqual([broken(each), filtered(each)], [[], []]);
      assert.deepEqual(analysed(each), []);
    }
  });

  it('breaks no rule where the snap length cut it', () => {
    const frames = begun()
      .send('client', long)
      .packet('client', ping)
      .frames.map(({ bytes }) => ({
        bytes: bytes.subarray(0, 120),
        originalLength: bytes.length,
      }));
    const { log } = readCapture(pcapFile(frames));
    assert.deepEqual(kinds(log), ['packet', 'packet', 'incomplete', 'note', 'packet']);
    assert.deepEqual([broken(log), analysed(log)], [[], []]);
  });

  it('breaks no rule where the capture began inside it', () => {
    const talked = talk().send('client', long.subarray(300)).packet('client', ping).packet('client', ping);
    const { log } = readCapture(pcapFile(talked.frames));
    assert.deepEqual(kinds(log), ['note', 'unframed', 'packet', 'packet']);
    for (const each of [log, readAgain(log)])
      assert.deepEqual([broken(each), analysed(each), filtered(each)], [[], [], []]);
  });

  it('is told as cut off by its device where that ended the connection, and what is no packet as none', () => {
    const talked = begun().send('client', long.subarray(0, 200)).end('client').end('server');
    assert.deepEqual(broken(readCapture(pcapFile(talked.frames)).log), [3]);
    const wrong = begun().send('client', Uint8Array.of(0x30, 0xff, 0xff, 0xff, 0xff, 0xff));
    assert.deepEqual(broken(readCapture(pcapFile(wrong.frames)).log), [3]);
  });

  it('does not make the packets behind it the first ones of their side', () => {
    const lost = encode(connect, 4);
    const talked = talk().handshake().send('client', lost.subarray(0, 12));
    talked.lose('client', lost.subarray(12)).lose('server', encode(connack, 4));
    talked.send('client', encode(a.publish('a', 1, 1), 4)).send('server', Uint8Array.of(0x40, 2, 0, 1));
    talked.packet('client', ping).packet('client', ping);
    const { log } = readCapture(pcapFile(talked.frames));
    assert.ok(kinds(log).includes('incomplete'));
    assert.deepEqual(
      analysed(log).filter((each) => /firstPacket|BeforeConnack/.test(each)),
      [],
    );
    assert.deepEqual(broken(log), []);
  });
});
