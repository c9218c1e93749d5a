import { inSlices } from '../../../src/base/slices';
import { LogAnalysis } from '../../../src/capture/analysis/analysis';
import { print } from '../interleave';
import { fill, makeChunks } from './millionPackets';
import { SlicePace } from './slicePace';

/** As the extension host has them: milliseconds between two rests, and packets read in a step. */
const budget = 5;
const packetsOfStep = 32;

/** Reads a million packets for timeline, statistics and doctor, and answers what each of them shows. */
export async function analysis(bench: string): Promise<void> {
  const log = fill(makeChunks());
  const analysed = new LogAnalysis(log);
  const start = { at: performance.now(), cpu: process.cpuUsage() };
  const pace = new SlicePace();
  await inSlices(() => analysed.advance(packetsOfStep), { pace, budget });
  pace.end();
  const { user, system } = process.cpuUsage(start.cpu);
  const line = (metric: string, value: number, unit: string): void =>
    print({ bench, subject: 'ours', metric, value, unit });
  line('time', performance.now() - start.at, 'ms');
  line('CPU', (user + system) / 1000, 'ms');
  pace.print(bench, 'ours', 'slice');
  const asked = new SlicePace();
  const answers = { statistics: analysed.statistics(), findings: analysed.findings() };
  for (const [name, answer] of Object.entries(answers)) {
    const began = performance.now();
    for (let end = asked.now() + budget; answer.next().done !== true;) {
      if (asked.now() < end) continue;
      await asked.rest();
      end = asked.now() + budget;
    }
    asked.end();
    line(`time of ${name}`, performance.now() - began, 'ms');
  }
  asked.print(bench, 'ours', 'slice of the answers');
  log.dispose();
}
