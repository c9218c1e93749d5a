import assert from 'node:assert/strict';
import { encodeNote } from '../../src/base/captureNote';
import type { Pace } from '../../src/base/slices';
import { packetJson } from '../../src/capture/copies/packetJson';
import { writeJsonLines } from '../../src/capture/export/jsonLines';
import { readDisplayFilter } from '../../src/capture/filter/displayFilter';
import { seek, ViolationTest, type RowTest } from '../../src/capture/filter/seek';
import { PacketLog } from '../../src/capture/packetLog';

const pace: Pace = { now: () => performance.now(), rest: () => Promise.resolve() };

/** A PINGREQ, a note, a PINGREQ with a reserved flag set, bytes that are no packet, and a topic that is only odd. */
function setUp() {
  const log = new PacketLog({ byteBudget: 1e6 });
  const connection = log.openConnection('bench');
  const append = (kind: 'packet' | 'note' | 'unframed', ...bytes: readonly number[]): number =>
    log.append(
      { at: 1000, direction: 'in', connection, kind, version: 4, topic: undefined },
      Uint8Array.from(bytes),
    );
  const ping = append('packet', 0xc0, 0);
  const note = append('note', ...encodeNote({ code: 'gap', bytes: 7 }));
  const broken = append('packet', 0xc1, 0);
  const odd = append('packet', 0x30, 4, 0, 2, 0x61, 0x01);
  const noPacket = append('unframed', 0x47, 0x45, 0x54);
  return { log, rows: { ping, note, broken, odd, noPacket } };
}

function matches(log: PacketLog, text: string): readonly number[] {
  const read = readDisplayFilter(text, log);
  assert.ok('filter' in read, text);
  const found: number[] = [];
  for (let sequence = log.first; sequence < log.end; sequence++) {
    const segment = log.segmentOf(sequence);
    if (segment && read.filter.test(segment, sequence - segment.first)) found.push(sequence);
  }
  return found;
}

async function all(log: PacketLog, test: RowTest): Promise<readonly number[]> {
  const rows = { first: log.first, end: log.end, sequenceAt: (index: number) => index };
  const found: number[] = [];
  for (let from = log.first - 1; ;) {
    const sought = await seek({ log, rows, test, from, step: 1, pace, wanted: () => true });
    if (!sought || sought.wrapped) return found;
    found.push(sought.sequence);
    from = sought.index;
  }
}

describe('A note among the packets', () => {
  it('is found as one by filters, and breaks no rule', () => {
    const { log, rows } = setUp();
    assert.deepEqual(matches(log, 'packet == note'), [rows.note]);
    assert.deepEqual(matches(log, 'packet == RESERVED'), []);
    assert.deepEqual(matches(log, 'violation exists'), [rows.broken, rows.odd, rows.noPacket]);
  });

  it('is passed over on the way from violation to violation, as what is only suspicious is', async () => {
    const { log, rows } = setUp();
    assert.deepEqual(await all(log, new ViolationTest(log)), [rows.broken, rows.noPacket]);
  });

  it('is its text, and no bytes, where it is copied or exported', () => {
    const { log, rows } = setUp();
    const bytes = log.bytesAt(rows.note) as Uint8Array;
    const sentence = '7 bytes are missing here: no frame of the capture holds them.';
    assert.deepEqual(
      packetJson(
        {
          ...{ sequence: rows.note, kind: 'note', at: 0, direction: 'in', client: 'bench', topic: undefined },
          ...{ concealed: [], context: { version: 4 } },
        },
        bytes,
      ),
      { number: rows.note, time: '1970-01-01T00:00:00.000000Z', client: 'bench', note: sentence },
    );
    const lines = [...writeJsonLines(log, [rows.note], { conceal: (each) => each })].join('');
    const line = JSON.parse(lines) as { summary: string; packetBase64: string };
    assert.deepEqual([line.summary, line.packetBase64], [sentence, '']);
  });
});
