import * as os from 'node:os';
import type { DisplayFilter } from '../../src/capture/filter/displayFilter';
import { readDisplayFilter } from '../../src/capture/filter/displayFilter';
import { FilteredLog } from '../../src/capture/filter/filteredLog';
import { PacketLog } from '../../src/capture/packetLog';
import { encode } from '../../src/protocol/codec';
import { openCapture } from './inspector/openCapture';
import { interleave, print } from './interleave';

const packets = 1_000_000;
const payloadBytes = 64;
const byteBudget = 256 * 1024 * 1024;
const packetsOfChunk = 500;
const rounds = 5;

/** Bytes of many packets as they come from a socket, and where each of them ends. */
interface Chunk {
  readonly buffer: Uint8Array;
  readonly ends: readonly number[];
}

/**
 * The packet log and its filters at a million packets of 64 bytes. Times are CPU times: what a filter rests between its
 * slices is not its cost.
 * @param only a part of a benchmark's title; all of them without it
 */
export async function inspector(only = ''): Promise<void> {
  console.log(JSON.stringify({ cores: os.cpus().length, node: process.version }));
  const chunks = makeChunks();
  const append = `append PUBLISH of ${payloadBytes} B`;
  if (append.includes(only)) {
    const times = interleave([{ name: 'ours', run: () => void fill(chunks).dispose() }], rounds, 2);
    const nanoseconds = times.get('ours') ?? Number.NaN;
    print({
      bench: append,
      subject: 'ours',
      metric: 'packets',
      value: (packets / nanoseconds) * 1e9,
      unit: '1/s',
    });
  }
  const log = memory(chunks);
  const cases: Readonly<Record<string, string>> = {
    'filter on topic and QoS': 'topic ~ "devices/+/state" and qos == 1',
    'filter on packet type': 'packet == PUBACK',
    'text search in payloads, nobody sent it': 'text contains "needle"',
    'text search in payloads, everybody sent it': 'text contains "mV"',
    'filter on a member of JSON payloads': 'payload.mV > 3300',
    'filter on violations': 'violation exists',
  };
  for (const [title, text] of Object.entries(cases)) {
    if (title.includes(only)) await filtering(title, text, log);
  }
  log.dispose();
  if ('open a capture file of 200 MB'.includes(only)) await openCapture();
}

function memory(chunks: readonly Chunk[]): PacketLog {
  const before = memoryNow();
  const log = fill(chunks);
  const bench = `${packets} packets of ${payloadBytes} B`;
  const megabytes = (bytes: number): number => bytes / 1024 / 1024;
  print({ bench, subject: 'log', metric: 'weight', value: megabytes(log.weight), unit: 'MiB' });
  print({ bench, subject: 'log', metric: 'memory', value: megabytes(memoryNow() - before), unit: 'MiB' });
  return log;
}

function memoryNow(): number {
  (globalThis as { gc?: () => void }).gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

async function filtering(bench: string, text: string, log: PacketLog): Promise<void> {
  const cpu: number[] = [];
  const wall: number[] = [];
  const slices: number[] = [];
  let matches = 0;
  for (let round = 0; round < rounds + 1; round++) {
    let longest = 0;
    let since = performance.now();
    const pace = {
      now: () => performance.now(),
      rest: () => {
        longest = Math.max(longest, performance.now() - since);
        return new Promise<void>((resolve) =>
          setImmediate(() => {
            since = performance.now();
            resolve();
          }),
        );
      },
    };
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
    const { user, system } = process.cpuUsage(start);
    if (round === 0) continue;
    cpu.push((user + system) / 1000);
    wall.push(performance.now() - startWall);
    slices.push(longest);
  }
  const middle = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
  print({ bench, subject: 'ours', metric: 'matches', value: matches, unit: '' });
  print({ bench, subject: 'ours', metric: 'CPU', value: middle(cpu), unit: 'ms' });
  print({ bench, subject: 'ours', metric: 'time', value: middle(wall), unit: 'ms' });
  print({ bench, subject: 'ours', metric: 'longest slice', value: middle(slices), unit: 'ms' });
}

function filterOf(text: string, log: PacketLog): DisplayFilter {
  const read = readDisplayFilter(text, log);
  if ('problem' in read) throw new Error(`${text}: ${read.problem.code}`);
  return read.filter;
}

function fill(chunks: readonly Chunk[]): PacketLog {
  const log = new PacketLog({ byteBudget });
  const connection = log.openConnection('bench');
  let at = Date.UTC(2026, 10, 22);
  for (let appended = 0; appended < packets; appended += packetsOfChunk) {
    const { buffer, ends } = chunks[(appended / packetsOfChunk) % chunks.length] as Chunk;
    const captured = { at: at++, direction: 'in', connection, kind: 'packet', version: 5 } as const;
    log.appendRun({ captured, buffer, start: 0, ends, topics: undefined, hasMilestones: false });
    log.announce();
  }
  return log;
}

/** PUBLISH of a hundred devices, three topics each, QoS 0 to 2. */
function makeChunks(): readonly Chunk[] {
  return Array.from({ length: 20 }, (_, chunk) => {
    const parts = Array.from({ length: packetsOfChunk }, (__, index) =>
      publish(chunk * packetsOfChunk + index),
    );
    const ends: number[] = [];
    let end = 0;
    for (const part of parts) ends.push((end += part.length));
    return { buffer: new Uint8Array(Buffer.concat(parts)), ends };
  });
}

function publish(index: number): Uint8Array {
  const qos = (index % 3) as 0 | 1 | 2;
  const payload = Buffer.alloc(payloadBytes, ' ');
  payload.write(JSON.stringify({ on: index % 2 === 0, mV: 3200 + (index % 200), n: index }));
  return encode(
    {
      type: 'PUBLISH',
      dup: false,
      qos,
      retain: false,
      topicName: `devices/bench-${index % 100}/${['state', 'raw', 'log'][Math.floor(index / 3) % 3] ?? ''}`,
      packetIdentifier: qos === 0 ? 0 : 1 + (index % 65_535),
      properties: {},
      payload,
    },
    5,
  );
}
