import type { DisplayFilter } from '../../../src/capture/filter/displayFilter';
import { readDisplayFilter } from '../../../src/capture/filter/displayFilter';
import { FilteredLog } from '../../../src/capture/filter/filteredLog';
import type { PacketLog } from '../../../src/capture/packetLog';
import { interleave, median, print } from '../interleave';
import { type Chunk, fill, makeChunks, packets, payloadBytes } from './millionPackets';
import { SlicePace } from './slicePace';

const rounds = 5;

/** How fast packets of 64 bytes are appended to the log. */
export function appending(bench: string): void {
  const chunks = makeChunks();
  const times = interleave([{ name: 'ours', run: () => void fill(chunks).dispose() }], rounds, 2);
  const nanoseconds = times.get('ours') ?? Number.NaN;
  print({ bench, subject: 'ours', metric: 'packets', value: (packets / nanoseconds) * 1e9, unit: '1/s' });
}

/** What a million packets take of memory. */
export function memory(bench: string): void {
  const chunks = makeChunks();
  const before = memoryNow();
  const log = fill(chunks);
  const megabytes = (bytes: number): number => bytes / 1024 / 1024;
  print({ bench, subject: 'log', metric: 'weight', value: megabytes(log.weight), unit: 'MiB' });
  print({ bench, subject: 'log', metric: 'memory', value: megabytes(memoryNow() - before), unit: 'MiB' });
  log.dispose();
}

/** One display filter over a million packets, with CPU time too: what it rests between its slices is not its cost. */
export async function filtering(bench: string, text: string, chunks: readonly Chunk[]): Promise<void> {
  const log = fill(chunks);
  const cpu: number[] = [];
  const wall: number[] = [];
  const slices: number[] = [];
  let matches = 0;
  let first = Number.NaN;
  for (let round = 0; round < rounds + 1; round++) {
    const pace = new SlicePace();
    const start = process.cpuUsage();
    const startWall = performance.now();
    matches = await new Promise<number>((resolve, reject) => {
      const filtered = new FilteredLog({ log, filter: filterOf(text, log), pace, failed: reject });
      filtered.onDidChange(() => {
        if (filtered.isScanning) return;
        resolve(filtered.end - filtered.first);
        filtered.dispose();
      });
    });
    pace.end();
    const { user, system } = process.cpuUsage(start);
    if (round === 0) {
      first = performance.now() - startWall;
      continue;
    }
    cpu.push((user + system) / 1000);
    wall.push(performance.now() - startWall);
    slices.push(pace.longest);
  }
  print({ bench, subject: 'ours', metric: 'matches', value: matches, unit: '' });
  print({ bench, subject: 'ours', metric: 'CPU', value: median(cpu), unit: 'ms' });
  print({ bench, subject: 'ours', metric: 'time', value: median(wall), unit: 'ms' });
  // Nothing is known of the rows yet, and no code is optimised.
  print({ bench, subject: 'ours', metric: 'time, the first time', value: first, unit: 'ms' });
  print({ bench, subject: 'ours', metric: 'longest slice', value: median(slices), unit: 'ms' });
  log.dispose();
}

function filterOf(text: string, log: PacketLog): DisplayFilter {
  const read = readDisplayFilter(text, log);
  if ('problem' in read) throw new Error(`${text}: ${read.problem.code}`);
  return read.filter;
}

export const appendTitle = `append PUBLISH of ${payloadBytes} B`;
export const memoryTitle = `${packets} packets of ${payloadBytes} B`;

/** The filters that are measured, by title. */
export const filters: Readonly<Record<string, string>> = {
  'filter on topic and QoS': 'topic ~ "devices/+/state" and qos == 1',
  'filter on packet type': 'packet == PUBACK',
  'text search in payloads, nobody sent it': 'text contains "needle"',
  'text search in payloads, everybody sent it': 'text contains "mV"',
  'filter on a member of JSON payloads': 'payload.mV > 3300',
  'filter on violations': 'violation exists',
};

function memoryNow(): number {
  (globalThis as { gc?: () => void }).gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
