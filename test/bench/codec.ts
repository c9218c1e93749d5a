import type { Packet as PeerPacket } from 'mqtt-packet';
import { generate, parser } from 'mqtt-packet';
import { PacketReader, PacketWriter } from '../../src/protocol/codec';
import type { ControlPacket } from '../../src/protocol/controlPacket';
import { dissect } from '../../src/protocol/dissect';
import { PacketFramer } from '../../src/protocol/packetFramer';
import type { Mix } from './codecMix';
import { mixes } from './codecMix';
import { interleave, print } from './interleave';

const packetsARound = 30_000;
const rounds = 15;
/** What a connection writes at once. */
const flushAt = 64 * 1024;
const cuts = [
  { name: 'whole stream', bytes: Number.POSITIVE_INFINITY },
  { name: 'cut every 64 KiB', bytes: 64 * 1024 },
  { name: 'cut every 1 KiB', bytes: 1024 },
] as const;

/** Decoding and encoding against mqtt-packet, and the time of one dissection. */
export function codec(): void {
  for (const mix of mixes) {
    const ours: ControlPacket[] = [];
    const theirs: PeerPacket[] = [];
    for (let index = 0; index < packetsARound; index++) {
      const pair = mix.packets[index % mix.packets.length];
      if (!pair) throw new Error(`${mix.name} has no packets`);
      ours.push(pair[0]);
      theirs.push(pair[1]);
    }
    const stream = encodeAll(ours, mix);
    for (const cut of cuts) decoding(mix, stream, cut.name, chunks(stream, cut.bytes));
    encoding(mix, ours, theirs, stream.length);
  }
  dissection();
}

function decoding(mix: Mix, stream: Buffer, cut: string, parts: readonly Buffer[]): void {
  const ours = () => {
    const reader = new PacketReader();
    const framer = new PacketFramer();
    let count = 0;
    const onFrame = (bytes: Uint8Array, start: number, end: number) => {
      reader.read(bytes, start, end, mix.version);
      count++;
    };
    for (const part of parts) framer.push(part, onFrame);
    expectAll(count);
  };
  const theirs = () => {
    const peer = parser({ protocolVersion: mix.version });
    let count = 0;
    peer.on('packet', () => count++);
    for (const part of parts) peer.parse(part);
    expectAll(count);
  };
  report(`decode ${mix.name}, ${cut}`, stream.length, ours, theirs);
}

function encoding(
  mix: Mix,
  ours: readonly ControlPacket[],
  theirs: readonly PeerPacket[],
  bytes: number,
): void {
  const into = () => {
    const writer = new PacketWriter();
    let written = 0;
    for (const packet of ours) {
      writer.write(packet, mix.version);
      if (writer.length >= flushAt) written += writer.take().length;
    }
    written += writer.take().length;
    if (written !== bytes) throw new Error(`Encoded ${written} of ${bytes} bytes`);
  };
  const generateAll = () => {
    let written = 0;
    for (const packet of theirs) written += generate(packet, { protocolVersion: mix.version }).length;
    // It writes acknowledgements of 5.0 in their long form, so its stream may be longer than ours.
    if (written < bytes) throw new Error(`mqtt-packet encoded ${written} of ${bytes} bytes`);
  };
  report(`encode ${mix.name}`, bytes, into, generateAll);
}

function report(bench: string, bytes: number, ours: () => void, theirs: () => void): void {
  const times = interleave(
    [
      { name: 'ours', run: ours },
      { name: 'mqtt-packet', run: theirs },
    ],
    rounds,
  );
  for (const [subject, nanoseconds] of times) {
    print({ bench, subject, metric: 'packets', value: (packetsARound / nanoseconds) * 1e9, unit: '1/s' });
    print({ bench, subject, metric: 'throughput', value: (bytes / nanoseconds) * 1e3, unit: 'MB/s' });
  }
  const ratio = (times.get('mqtt-packet') ?? 0) / (times.get('ours') ?? 1);
  print({ bench, subject: 'ours/mqtt-packet', metric: 'ratio', value: ratio, unit: '' });
}

/** A 5.0 PUBLISH with four properties, 200 bytes long. */
function dissection(): void {
  const [packet] = mixes.find(({ name }) => name.startsWith('c'))?.packets[0] ?? [];
  if (packet?.type !== 'PUBLISH') throw new Error('The mix with properties is gone');
  const rest = 200 - encodeAll([{ ...packet, payload: Buffer.alloc(0) }], { version: 5 }).length - 1;
  const bytes = encodeAll([{ ...packet, payload: Buffer.alloc(rest, 'x') }], { version: 5 });
  const times = 2000;
  const run = () => {
    for (let index = 0; index < times; index++) dissect(bytes, { version: 5 });
  };
  const nanoseconds = interleave([{ name: 'ours', run }], rounds).get('ours') ?? Number.NaN;
  const bench = `dissect a PUBLISH of ${bytes.length} bytes`;
  print({ bench, subject: 'ours', metric: 'time', value: nanoseconds / times / 1000, unit: 'us' });
}

function encodeAll(packets: readonly ControlPacket[], { version }: Pick<Mix, 'version'>): Buffer {
  const writer = new PacketWriter();
  for (const packet of packets) writer.write(packet, version);
  return Buffer.from(writer.take());
}

function chunks(stream: Buffer, size: number): readonly Buffer[] {
  if (!Number.isFinite(size)) return [stream];
  return Array.from({ length: Math.ceil(stream.length / size) }, (_, index) =>
    stream.subarray(index * size, (index + 1) * size),
  );
}

function expectAll(count: number): void {
  if (count !== packetsARound) throw new Error(`Decoded ${count} of ${packetsARound} packets`);
}
