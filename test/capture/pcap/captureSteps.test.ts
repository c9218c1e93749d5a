import assert from 'node:assert/strict';
import { concatBytes } from '../../../src/base/bytes';
import { PacketLog } from '../../../src/capture/packetLog';
import { CaptureReader } from '../../../src/capture/pcap/captureReader';
import { readCaptureFile, writePieces } from '../../../src/capture/pcap/captureSteps';
import type { CaptureSource } from '../../../src/capture/pcap/captureSteps';
import { writePcapng } from '../../../src/capture/pcap/pcapngWriter';
import { pcapFile } from '../../support/captureFiles';
import { asItIs } from '../../support/packetLogs';
import { linesOf, packets, talk } from '../../support/tcpTalk';

/** A clock that runs a millisecond each time it is looked at. */
function pace() {
  let now = 0;
  const own = { rests: 0, now: () => now++, rest: () => Promise.resolve(void own.rests++) };
  return own;
}

function manyPings(count: number): Uint8Array {
  const sent = talk().handshake().packet('client', packets.connect);
  for (let index = 0; index < count; index++) sent.packet('client', packets.ping);
  return pcapFile(sent.frames);
}

const sourceOf = (file: Uint8Array): CaptureSource => ({
  size: file.length,
  read: (offset, length) => Promise.resolve(file.slice(offset, offset + length)),
});

describe('A capture file in slices', () => {
  it('is read to its end with rests and progress between them', async () => {
    const file = manyPings(20_000);
    const log = new PacketLog({ byteBudget: 1 << 24 });
    const [clock, progress] = [pace(), [] as number[]];
    const reader = new CaptureReader(log);
    const report = await readCaptureFile(sourceOf(file), reader, {
      pace: clock,
      progress: (bytes) => progress.push(bytes),
    });
    assert.deepEqual([report?.frames, log.end], [20_004, 20_002]);
    assert.ok(clock.rests > 10 && progress.length > 10);
    assert.deepEqual(
      progress,
      [...progress].sort((a, b) => a - b),
    );
    assert.equal(progress.at(-1), file.length);
  });

  it('is left where it is once nobody wants it any more', async () => {
    const log = new PacketLog({ byteBudget: 1 << 24 });
    const clock = pace();
    const wanted = (): boolean => clock.rests < 3;
    const report = await readCaptureFile(sourceOf(manyPings(20_000)), new CaptureReader(log), {
      pace: clock,
      wanted,
    });
    assert.equal(report, undefined);
    assert.ok(log.end > 1 && log.end < 20_000);
  });

  it('rejects with what the file rejects with', async () => {
    const source = { size: 1, read: () => Promise.reject(new Error('gone')) };
    const reader = new CaptureReader(new PacketLog({ byteBudget: 1 << 20 }));
    await assert.rejects(readCaptureFile(source, reader, { pace: pace() }), /gone/);
  });

  it('is written piece by piece with rests between them', async () => {
    const log = new PacketLog({ byteBudget: 1 << 24 });
    const reader = new CaptureReader(log);
    reader.push(manyPings(5000));
    reader.end();
    const sequences = Array.from({ length: log.end - 1 }, (_, index) => index + 1);
    const saving = () => writePcapng(log, sequences, { application: 'x', conceal: asItIs });
    const parts: Uint8Array[] = [];
    const write = (part: Uint8Array): Promise<void> => Promise.resolve(void parts.push(part));
    const clock = pace();
    assert.deepEqual(await writePieces(saving(), write, { pace: clock }), { rows: 5001, missing: 0 });
    assert.ok(clock.rests > 0);
    const again = new PacketLog({ byteBudget: 1 << 24 });
    const second = new CaptureReader(again);
    second.push(concatBytes(parts));
    second.end();
    assert.deepEqual(linesOf(again), linesOf(log));
    const cancelled = await writePieces(saving(), write, { pace: pace(), wanted: () => false });
    assert.equal(cancelled, undefined);
  });
});
