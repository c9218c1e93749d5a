import { PacketLog } from '../../../src/capture/packetLog';
import { encode } from '../../../src/protocol/codec';

export const packets = 1_000_000;
export const payloadBytes = 64;
const byteBudget = 256 * 1024 * 1024;
const packetsOfChunk = 500;

/** Bytes of many packets as they come from a socket, and where each of them ends. */
export interface Chunk {
  readonly buffer: Uint8Array;
  readonly ends: readonly number[];
}

/** A log with so many packets of one connection, or as many as its budget holds. */
export function fill(chunks: readonly Chunk[], count = packets): PacketLog {
  const log = new PacketLog({ byteBudget });
  const connection = log.openConnection('bench');
  let at = Date.UTC(2026, 10, 22);
  for (let appended = 0; appended < count; appended += packetsOfChunk) {
    const { buffer, ends } = chunks[(appended / packetsOfChunk) % chunks.length] as Chunk;
    const captured = { at: at++, direction: 'in', connection, kind: 'packet', version: 5 } as const;
    log.appendRun({ captured, buffer, start: 0, ends, topics: undefined, hasMilestones: false });
    log.announce();
  }
  return log;
}

/** PUBLISH of a hundred devices, three topics each, QoS 0 to 2. */
export function makeChunks(): readonly Chunk[] {
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
