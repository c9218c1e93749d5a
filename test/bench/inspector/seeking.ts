import { seek, TextTest } from '../../../src/capture/filter/seek';
import { median, print } from '../interleave';
import type { PacketLog } from '../../../src/capture/packetLog';
import { type Chunk, fill, makeChunks } from './millionPackets';
import { SlicePace } from './slicePace';

export const seekingTitle = 'find a text that nobody sent';
const rounds = 5;

/**
 * A text that is looked for in a million packets, both ways and with and without regard to case; and one that begins with a
 * run where longer runs of the same were sent, so that nearly all of it is at every place.
 */
export async function seeking(bench: string): Promise<void> {
  const log = fill(makeChunks());
  await seekIn(bench, '', log, 'needle');
  log.dispose();
  const runs = fill([zeros()], 8000);
  await seekIn(bench, 'a run in runs, ', runs, `${'0'.repeat(63)}1`);
  runs.dispose();
}

async function seekIn(bench: string, name: string, log: PacketLog, text: string): Promise<void> {
  const rows = { first: log.first, end: log.end, sequenceAt: (index: number) => index };
  for (const ignoreCase of [false, true]) {
    for (const step of [1, -1] as const) {
      const times: number[] = [];
      const slices: number[] = [];
      for (let round = 0; round < rounds; round++) {
        const test = new TextTest(text, ignoreCase, (sequence) => log.bytesAt(sequence));
        const pace = new SlicePace();
        const start = performance.now();
        const from = step > 0 ? log.first - 1 : log.end;
        await seek({ log, rows, test, from, step, pace, wanted: () => true });
        pace.end();
        times.push(performance.now() - start);
        slices.push(pace.longest);
      }
      const subject = `${name}${ignoreCase ? 'any case' : 'as written'}, ${step > 0 ? 'forwards' : 'backwards'}`;
      print({ bench, subject, metric: 'time', value: median(times), unit: 'ms' });
      print({ bench, subject, metric: 'longest slice', value: median(slices), unit: 'ms' });
    }
  }
}

/** Packets whose payloads are nothing but zeros. */
function zeros(): Chunk {
  const ends = Array.from({ length: 500 }, (_, index) => (index + 1) * 1000);
  const buffer = new Uint8Array(500 * 1000).fill(0x30);
  // PUBLISH of QoS 0 with 997 bytes after its fixed header and an empty topic.
  for (const end of ends) buffer.set([0x30, 0xe5, 0x07, 0, 0], end - 1000);
  return { buffer, ends };
}
