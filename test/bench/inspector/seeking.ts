import { seek, TextTest } from '../../../src/capture/filter/seek';
import { median, print } from '../interleave';
import { fill, makeChunks } from './millionPackets';
import { SlicePace } from './slicePace';

export const seekingTitle = 'find a text that nobody sent';
const rounds = 5;

/** A text that is looked for in a million packets, both ways and with and without regard to case. */
export async function seeking(bench: string): Promise<void> {
  const log = fill(makeChunks());
  const rows = { first: log.first, end: log.end, sequenceAt: (index: number) => index };
  for (const ignoreCase of [false, true]) {
    for (const step of [1, -1] as const) {
      const times: number[] = [];
      const slices: number[] = [];
      for (let round = 0; round < rounds; round++) {
        const test = new TextTest('needle', ignoreCase, (sequence) => log.bytesAt(sequence));
        const pace = new SlicePace();
        const start = performance.now();
        const from = step > 0 ? log.first - 1 : log.end;
        await seek({ log, rows, test, from, step, pace, wanted: () => true });
        pace.end();
        times.push(performance.now() - start);
        slices.push(pace.longest);
      }
      const subject = `${ignoreCase ? 'any case' : 'as written'}, ${step > 0 ? 'forwards' : 'backwards'}`;
      print({ bench, subject, metric: 'time', value: median(times), unit: 'ms' });
      print({ bench, subject, metric: 'longest slice', value: median(slices), unit: 'ms' });
    }
  }
  log.dispose();
}
