import { concatBytes } from '../base/bytes';
import { decodeUtf8, encodeUtf8 } from '../base/utf8';
import type { ProtocolVersion } from '../protocol/controlPacket';
import type { UnframedRest } from '../protocol/secretStart';
import type { Direction } from '../session/effects';
import type { PacketRow } from './packetLog';
import { PacketSegment, rowKinds, topicInBytes, unpackFlags } from './packetSegment';

/** What a log consists of, as it survives the reload of a window. */
export interface PacketLogContents {
  /** The sequence number the next row gets. */
  readonly end: number;
  readonly evicted: { readonly packets: number; readonly bytes: number };
  readonly connections: readonly (readonly [connection: number, name: string])[];
  /** Oldest first, without a gap in their sequence numbers. */
  readonly segments: readonly PacketSegment[];
}

/** Whether the CONNECT of a connection went this way, as far as the log knows. */
export type IsFromClient = (connection: number, direction: Direction) => boolean;

/*
 * The columns go out as they lie in memory, in the byte order of the machine: a snapshot is read back where it was
 * written, moments later, and a million rows are six copies rather than a million steps. The number in front holds both
 * the name of the format and the byte order, so that another machine's snapshot is refused.
 */
const formatMark = 0x4d51_4c31;

/** A packet without its secrets: as many bytes, the same object where it has none. A snapshot lies on a disk. */
export type Conceal = (
  bytes: Uint8Array,
  version: ProtocolVersion,
  rest: UnframedRest | undefined,
) => Uint8Array;

export function writeSnapshot(
  contents: PacketLogContents,
  conceal: Conceal,
  fromClient: IsFromClient,
): Uint8Array {
  const { evicted, connections, segments } = contents;
  const parts = [
    asBytes(new Uint32Array([formatMark, connections.length, segments.length])),
    asBytes(new Float64Array([contents.end, evicted.packets, evicted.bytes])),
  ];
  for (const [connection, name] of connections) {
    parts.push(asBytes(new Uint32Array([connection])), ...text(name));
  }
  parts.push(asBytes(new Float64Array([segments[0]?.first ?? contents.end])));
  for (const segment of segments) {
    const { rows, used, topics } = segment;
    parts.push(asBytes(new Uint32Array([rows, used, topics.length])));
    for (const column of columnsOf(segment)) parts.push(asBytes(column.subarray(0, rows)));
    for (const topic of topics) parts.push(...text(topic));
    parts.push(concealed(segment, conceal, fromClient));
  }
  return concatBytes(parts);
}

/** What `writeSnapshot` wrote, or undefined where the bytes are anything else, were cut or do not agree with themselves. */
export function readSnapshot(bytes: Uint8Array): PacketLogContents | undefined {
  try {
    return new SnapshotReader(bytes).contents();
  } catch (error) {
    if (error instanceof NoSnapshot) return undefined;
    throw error;
  }
}

/** Thrown inside this file alone, to leave a read from any depth. */
class NoSnapshot extends Error {}

class SnapshotReader {
  private at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  contents(): PacketLogContents {
    const mark = this.uint32();
    const connectionCount = this.uint32();
    const segmentCount = this.uint32();
    check(mark === formatMark);
    const end = this.count();
    const evicted = { packets: this.count(), bytes: this.count() };
    const connections: [number, string][] = [];
    for (let index = 0; index < connectionCount; index++) connections.push([this.uint32(), this.text()]);
    const segments: PacketSegment[] = [];
    let first = this.count();
    for (let index = 0; index < segmentCount; index++) {
      const segment = this.segment(first);
      segments.push(segment);
      first += segment.rows;
    }
    check(first === end && this.at === this.bytes.length);
    return { end, evicted, connections, segments };
  }

  private segment(first: number): PacketSegment {
    const rows = this.uint32();
    const used = this.uint32();
    const topicCount = this.uint32();
    // Before anything of that size is allocated: the bytes have to be there.
    check(rows > 0 && this.at + used + rows <= this.bytes.length);
    const segment = new PacketSegment(first, used);
    segment.rows = rows;
    segment.used = used;
    segment.time = this.numbers(new Float64Array(rows));
    segment.connection = this.numbers(new Uint32Array(rows));
    segment.topic = this.numbers(new Uint32Array(rows));
    segment.end = this.numbers(new Uint32Array(rows));
    segment.firstByte = this.numbers(new Uint8Array(rows));
    segment.flags = this.numbers(new Uint8Array(rows));
    for (let index = 0; index < topicCount; index++) segment.addTopic(this.text());
    check(agrees(segment));
    segment.bytes.set(this.take(used));
    return segment;
  }

  private numbers<T extends Float64Array | Uint32Array | Uint8Array>(into: T): T {
    asBytes(into).set(this.take(into.byteLength));
    return into;
  }

  private uint32(): number {
    return this.numbers(new Uint32Array(1))[0] as number;
  }

  private count(): number {
    const value = this.numbers(new Float64Array(1))[0] as number;
    check(Number.isSafeInteger(value) && value >= 0);
    return value;
  }

  private text(): string {
    const value = decodeUtf8(this.take(this.uint32()));
    check(value !== undefined);
    return value;
  }

  private take(length: number): Uint8Array {
    check(this.at + length <= this.bytes.length);
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }
}

function concealed(segment: PacketSegment, conceal: Conceal, fromClient: IsFromClient): Uint8Array {
  const bytes = segment.bytes.slice(0, segment.used);
  for (let row = 0; row < segment.rows; row++) {
    const packet = bytes.subarray(segment.startOf(row), segment.end[row]);
    const flags = unpackFlags(segment.flags[row] as number);
    const rest = restOf({ ...flags, connection: segment.connection[row] as number }, fromClient);
    const shown = conceal(packet, flags.version, rest);
    if (shown !== packet) packet.set(shown);
  }
  return bytes;
}

/**
 * What is known of the bytes of a row that are no packet. Nobody knows where those of a dump come from: that they are
 * concealed where a CONNECT is there must not depend on a guess.
 */
export function restOf(
  {
    kind,
    decoded,
    connection,
    direction,
    rest,
  }: Pick<PacketRow, 'kind' | 'decoded' | 'connection' | 'direction' | 'rest'>,
  fromClient: IsFromClient,
): UnframedRest | undefined {
  return kind === 'unframed' && decoded && fromClient(connection, direction) ? 'secret' : rest;
}

/** Every row ends where it may, and points at a topic that is there. */
function agrees(segment: PacketSegment): boolean {
  let before = 0;
  for (let row = 0; row < segment.rows; row++) {
    const end = segment.end[row] as number;
    const flags = segment.flags[row] as number;
    if (end < before || end > segment.used) return false;
    const topic = segment.topic[row] as number;
    if (topic > segment.topics.length && topic !== topicInBytes) return false;
    if (((flags >> 1) & 3) >= rowKinds.length || ((flags >> 3) & 3) > 2) return false;
    before = end;
  }
  return before === segment.used;
}

/** In the order in which they are written and read. */
function columnsOf(segment: PacketSegment): readonly (Float64Array | Uint32Array | Uint8Array)[] {
  const { time, connection, topic, end, firstByte, flags } = segment;
  return [time, connection, topic, end, firstByte, flags];
}

function asBytes(numbers: Float64Array | Uint32Array | Uint8Array): Uint8Array {
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}

function text(value: string): readonly Uint8Array[] {
  const bytes = encodeUtf8(value);
  return [asBytes(new Uint32Array([bytes.length])), bytes];
}

function check(condition: boolean): asserts condition {
  if (!condition) throw new NoSnapshot();
}
