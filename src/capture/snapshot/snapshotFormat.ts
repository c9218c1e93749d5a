import { encodeUtf8 } from '../../base/utf8';
import { inSlices, type SliceOptions } from '../../base/slices';
import type { KnownConnection } from '../connectionNames';
import type { ConnectionMilestones } from '../connectionMilestones';
import type { PacketSegment } from '../packetSegment';
import type { RowRemark } from '../rowRemarks';

/*
 * What is kept of a log over the reload of a window: its segments as they lie in memory, the newest first, so that where
 * time runs out it is the oldest that are not there; then what is known of connections; then what says where all that is. The
 * columns are in the byte order of the machine: a snapshot is read back where it was written, and a million rows are some
 * copies rather than a million steps. The number at the end holds both the name of the format and the byte order, so that
 * another machine's snapshot is refused.
 *
 *   segment: rows, bytes, topics, bytes of the topics (32 bits each); columns; topics; bytes
 *   connections: what `connectionBlocks` makes of them: numbers (64 bits each, floating point); texts
 *   remarks: the sequence numbers of their rows (64 bits each, floating point); texts, as `writeRemark` writes them
 *   tail:    end, evicted packets, evicted bytes, segments, connections, offset of these, remarks, offset of these
 *            (64 bits each, floating point); checksum of everything before it; mark (32 bits each)
 *   texts:   their lengths (32 bits each); UTF-8
 */
export const formatMark = 0x4d51_4c34;
/** The checksum and the mark. */
export const endBytes = 8;

/** How many numbers the tail has, by the mark: the one before had no remarks, which the last two are about. */
const tailNumbers: ReadonlyMap<number, number> = new Map([
  [0x4d51_4c33, 6],
  [formatMark, 8],
]);

/** How many numbers the tail has in the format of a mark; undefined where that is none. */
export function tailNumbersOf(mark: number): number | undefined {
  return tailNumbers.get(mark);
}

/** Longer runs of bytes are written and read in pieces of this: a millisecond. */
export const pieceBytes = 1024 * 1024;

/** What a log consists of, as it survives the reload of a window. */
export interface PacketLogContents {
  /** The sequence number the next row gets. */
  readonly end: number;
  readonly evicted: { readonly packets: number; readonly bytes: number };
  readonly connections: readonly KnownConnection[];
  /** Oldest first, without a gap in their sequence numbers. */
  readonly segments: readonly PacketSegment[];
  readonly milestones: ConnectionMilestones;
  readonly remarks: readonly RowRemark[];
}

/** Where a snapshot is written to, in order. */
export interface SnapshotOutput {
  /** The memory is used again as soon as this resolves. Rejects with the platform's error. */
  write(piece: Uint8Array): Promise<void>;
}

/** Where a snapshot is read from. */
export interface SnapshotSource {
  /** In bytes. */
  readonly size: number;
  /** The bytes from `offset` on, fewer only at the end, good until the next read. Rejects with the platform's error. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** What is known of each row of a segment. */
export type Columns = Pick<PacketSegment, 'time' | 'connection' | 'topic' | 'end' | 'firstByte' | 'flags'>;

export const columnBytes = 8 + 4 + 4 + 4 + 1 + 1;

/** The columns of so many rows, one after another in memory that begins at a multiple of eight. */
export function columnsIn({ buffer, byteOffset }: Uint8Array, rows: number): Columns {
  return {
    time: new Float64Array(buffer, byteOffset, rows),
    connection: new Uint32Array(buffer, byteOffset + rows * 8, rows),
    topic: new Uint32Array(buffer, byteOffset + rows * 12, rows),
    end: new Uint32Array(buffer, byteOffset + rows * 16, rows),
    firstByte: new Uint8Array(buffer, byteOffset + rows * 20, rows),
    flags: new Uint8Array(buffer, byteOffset + rows * 21, rows),
  };
}

/** Copies the columns of so many rows. */
export function copyColumns(from: Columns, to: Columns, rows: number): void {
  to.time.set(from.time.subarray(0, rows));
  to.connection.set(from.connection.subarray(0, rows));
  to.topic.set(from.topic.subarray(0, rows));
  to.end.set(from.end.subarray(0, rows));
  to.firstByte.set(from.firstByte.subarray(0, rows));
  to.flags.set(from.flags.subarray(0, rows));
}

export function asBytes(numbers: Float64Array | Uint32Array | Uint8Array): Uint8Array {
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}

/** Texts taken up between two looks at the clock. */
export const textsAtATime = 256;

/** Texts as a snapshot has them; undefined where time ran out. */
export async function encodeTexts(
  texts: readonly string[],
  options: SliceOptions,
): Promise<Uint8Array | undefined> {
  const count = texts.length;
  const encoded: Uint8Array[] = [];
  let length = count * 4;
  const isDone = await inSlices(() => {
    for (const text of texts.slice(encoded.length, encoded.length + textsAtATime)) {
      const bytes = encodeUtf8(text);
      length += bytes.length;
      encoded.push(bytes);
    }
    return encoded.length === count;
  }, options);
  if (!isDone) return undefined;
  const all = new Uint8Array(length);
  all.set(asBytes(Uint32Array.from(encoded, (bytes) => bytes.length)));
  let at = count * 4;
  for (const bytes of encoded) {
    all.set(bytes, at);
    at += bytes.length;
  }
  return all;
}

/**
 * Tells bytes that are not what was written, such as those that never reached the disk. Each step can be undone, so that
 * no single change goes unseen.
 */
export class Checksum {
  private sum: number;

  /** @param mark of the format: the same bytes in another one are another sum */
  constructor(mark: number) {
    this.sum = mark;
  }

  get value(): number {
    return this.sum >>> 0;
  }

  /** Takes one piece further; the same bytes in other pieces are another sum. */
  add(piece: Uint8Array): void {
    // Words can be looked at only where one may begin.
    const bytes = piece.byteOffset % 4 === 0 ? piece : piece.slice();
    const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
    let sum = this.sum ^ bytes.length;
    for (let index = 0; index < words.length; index++) sum = step(sum, words[index] as number);
    for (let at = words.length * 4; at < bytes.length; at++) sum = step(sum, bytes[at] as number);
    this.sum = sum;
  }
}

function step(sum: number, word: number): number {
  const mixed = Math.imul(sum ^ word, 0x9e37_79b1);
  return (mixed << 13) | (mixed >>> 19);
}
