import assert from 'node:assert/strict';
import { ConnectionCapture } from '../../src/capture/connectionCapture';
import { PacketContexts } from '../../src/capture/packetContexts';
import { PacketLog } from '../../src/capture/packetLog';
import { RowVerdicts, rowVerdicts } from '../../src/capture/rowVerdicts';
import { rowViolations } from '../../src/capture/rowViolations';
import { encode } from '../../src/protocol/codec';
import { violationTable } from '../../src/protocol/violations';
import { a } from '../support/packets';
import { loadVectors } from '../support/vectors';
import { fill } from './filter/randomLog';

/** Holds every row of a log against its dissection. Returns how many break a rule, and how many are clean. */
function hold(log: PacketLog, verdicts: RowVerdicts): { readonly broken: number; readonly clean: number } {
  const contexts = new PacketContexts(log);
  const counts = { broken: 0, clean: 0 };
  for (let sequence = log.first; sequence < log.end; sequence++) {
    const [row, bytes, segment] = [log.row(sequence), log.bytesAt(sequence), log.segmentOf(sequence)];
    assert.ok(row && bytes && segment);
    const found = rowViolations(row, bytes, contexts);
    const isBroken =
      row.kind === 'unframed' || found.some(({ id }) => violationTable[id].severity === 'violation');
    const isClean = row.kind !== 'unframed' && found.length === 0;
    const at = sequence - segment.first;
    assert.equal(verdicts.breaksRule(segment, at), isBroken, `row ${sequence}`);
    assert.equal(verdicts.isClean(segment, at), isClean, `row ${sequence}`);
    if (isBroken) counts.broken++;
    if (isClean) counts.clean++;
  }
  return counts;
}

describe('The verdict of a row', () => {
  it('is what its dissection finds, for rows of all kinds', () => {
    const log = new PacketLog({ byteBudget: 4 << 20, segmentBytes: 16 * 1024 });
    fill(log, 1500, 7, [log.openConnection('bench'), log.openConnection('esp32')]);
    const verdicts = new RowVerdicts(log);
    const { broken, clean } = hold(log, verdicts);
    assert.ok(broken > 100 && clean > 20, `${broken} ${clean}`);
    assert.equal(verdicts.count(log.first, log.end), broken);
    assert.equal(verdicts.unread, 0);
  });

  it('is what its dissection finds, for every vector', () => {
    const log = new PacketLog({ byteBudget: 64 << 20 });
    const connection = log.openConnection('bench');
    for (const { bytes, version } of loadVectors()) {
      const captured = {
        at: 0,
        direction: 'in',
        connection,
        kind: 'packet',
        version,
        topic: undefined,
      } as const;
      if (bytes.length > 0) log.append({ ...captured, withoutContext: true }, bytes);
    }
    hold(log, new RowVerdicts(log));
  });

  it('rests on what CONNECT and CONNACK agreed', () => {
    const log = new PacketLog({ byteBudget: 1 << 20 });
    const capture = new ConnectionCapture(log, 'bench');
    const publish = (qos: 0 | 1 | 2, length: number): Uint8Array =>
      encode(a.publish('t', qos, 7, { payload: new Uint8Array(length) }), 5);
    capture.chunk('out', encode(a.connect({ protocolVersion: 5 }), 5), 0);
    capture.chunk('out', publish(2, 10), 0);
    const connack = { type: 'CONNACK', sessionPresent: false, reasonCode: 0 } as const;
    capture.chunk('in', encode({ ...connack, properties: { maximumQoS: 1, maximumPacketSize: 5000 } }, 5), 0);
    for (const [qos, length] of [
      [1, 10],
      [2, 10],
      [1, 4000],
      [1, 6000],
    ] as const)
      capture.chunk('out', publish(qos, length), 0);
    capture.chunk('in', publish(2, 6000), 0);
    const verdicts = new RowVerdicts(log);
    hold(log, verdicts);
    const broken = [];
    for (let sequence = log.first; sequence < log.end; sequence++)
      if (verdicts.count(sequence, sequence + 1) === 1) broken.push(sequence);
    assert.deepEqual(broken, [5, 7]);
  });

  it('is read once, by whoever asks first, and goes with its row', () => {
    const log = new PacketLog({ byteBudget: 200_000, segmentBytes: 20_000 });
    const connection = log.openConnection('bench');
    const captured = {
      at: 0,
      direction: 'in',
      connection,
      kind: 'packet',
      version: 4,
      topic: undefined,
    } as const;
    const append = (count: number): void => {
      for (let index = 0; index < count; index++)
        log.append(captured, Uint8Array.of(index % 500 === 0 ? 0xc1 : 0xc0, 0));
    };
    const verdicts = rowVerdicts(log);
    assert.equal(rowVerdicts(log), verdicts);
    append(5000);
    assert.equal(verdicts.unread, 5000);
    let asked = 0;
    assert.equal(
      verdicts.readOn(() => asked++ > 10),
      true,
    );
    assert.ok(verdicts.unread > 0 && verdicts.unread < 5000);
    while (verdicts.readOn(() => false));
    assert.deepEqual([verdicts.unread, verdicts.count(1, 5001)], [0, 10]);
    append(20_000);
    assert.ok(log.first > 5001);
    assert.equal(verdicts.unread, log.end - log.first);
    while (verdicts.readOn(() => false));
    assert.equal(verdicts.unread, 0);
    assert.equal(verdicts.count(log.first, log.end), hold(log, verdicts).broken);
    log.clear();
    assert.equal(verdicts.unread, 0);
    append(1);
    assert.equal(verdicts.unread, 1);
  });
});
