import { inSlices, type Pace } from '../../base/slices';
import { decodeUtf8 } from '../../base/utf8';
import { ConnectionMilestones, isMilestone } from '../connectionMilestones';
import type { KnownConnection } from '../connectionNames';
import type { PacketLog } from '../packetLog';
import { PacketSegment, topicInBytes } from '../packetSegment';
import { readRemark } from '../remarkText';
import { rowKindOf } from '../rowFlags';
import type { RowRemark } from '../rowRemarks';
import { connectionsIn, numbersOfConnection, textsOfConnection } from './keptConnections';
import {
  Checksum,
  columnBytes,
  columnsIn,
  endBytes,
  formatMark,
  type PacketLogContents,
  pieceBytes,
  type SnapshotSource,
  tailNumbersOf,
  textsAtATime,
} from './snapshotFormat';

/** Twice the largest budget: no log was ever larger. */
const largestSnapshot = 2 * 1024 * 1024 * 1024;

/**
 * What `writeSnapshot` wrote, read in slices; undefined where the bytes are anything else, were cut or changed, or do not
 * agree with themselves. Rejects as the source does.
 */
export async function readSnapshot(
  source: SnapshotSource,
  pace: Pace,
): Promise<PacketLogContents | undefined> {
  try {
    return await new SnapshotReader(source, pace).contents();
  } catch (error) {
    if (error instanceof NoSnapshot) return undefined;
    throw error;
  }
}

/** Thrown inside this file alone, to leave a read from any depth. */
class NoSnapshot extends Error {}

/** Rows taken up between two looks at the clock. */
const rowsAtATime = 4096;

class SnapshotReader {
  private checksum = new Checksum(formatMark);
  private at = 0;

  constructor(
    private readonly source: SnapshotSource,
    private readonly pace: Pace,
  ) {}

  async contents(): Promise<PacketLogContents> {
    const { size } = this.source;
    check(size >= endBytes && size <= largestSnapshot);
    const ending = new Uint8Array(endBytes);
    await this.readInto(ending, size - endBytes);
    const [sum, mark = 0] = new Uint32Array(ending.buffer);
    const tailNumbers = tailNumbersOf(mark);
    check(tailNumbers !== undefined);
    this.checksum = new Checksum(mark);
    const tailAt = size - endBytes - tailNumbers * 8;
    check(tailAt >= 0);
    const tail = new Uint8Array(tailNumbers * 8);
    await this.readInto(tail, tailAt);
    const numbers = new Float64Array(tail.buffer);
    check(numbers.every((value) => Number.isSafeInteger(value) && value >= 0));
    const [end = 0, packets = 0, bytes = 0, segmentCount = 0, ...rest] = numbers;
    const [connectionCount = 0, connectionsAt = 0, remarkCount = 0, remarksAt = tailAt] = rest;
    check(remarksAt <= tailAt);

    const segments: PacketSegment[] = [];
    let first = end;
    for (let index = 0; index < segmentCount; index++) {
      const segment = await this.segment(first);
      segments.push(segment);
      first = segment.first;
    }
    check(this.at === connectionsAt);
    const connections = await this.connections(connectionCount, remarksAt, end);
    const remarks = remarksAt < tailAt ? await this.remarks(remarkCount, tailAt, { first, end }) : [];
    this.checksum.add(tail);
    check(this.at === tailAt && this.checksum.value === sum);
    segments.reverse();
    const milestones = await this.milestones(segments);
    return { end, evicted: { packets, bytes }, connections, segments, milestones, remarks };
  }

  /** @param end the sequence number after its last row */
  private async segment(end: number): Promise<PacketSegment> {
    const [rows = 0, used = 0, topicCount = 0, textBytes = 0] = await this.uint32s(4);
    check(rows > 0 && rows < end);
    // Before anything of that size is made: the bytes have to be there.
    check(rows * columnBytes + textBytes + used <= this.source.size - this.at);
    const segment = new PacketSegment(end - rows, used, 0);
    segment.rows = rows;
    segment.used = used;
    Object.assign(segment, columnsIn(await this.block(new Uint8Array(rows * columnBytes)), rows));
    for (const topic of await this.texts(topicCount, textBytes)) segment.addTopic(topic);
    await this.block(segment.bytes);
    check(agrees(segment));
    return segment;
  }

  /** @param until the offset behind them */
  private async connections(
    count: number,
    until: number,
    endOfLog: number,
  ): Promise<readonly KnownConnection[]> {
    const length = until - this.at;
    const numberBytes = count * numbersOfConnection * 8;
    check(numberBytes <= length);
    const numbers = new Float64Array((await this.block(new Uint8Array(numberBytes))).buffer);
    const texts = await this.texts(count * textsOfConnection, length - numberBytes);
    const connections = connectionsIn(numbers, texts, endOfLog);
    check(connections !== undefined);
    return connections;
  }

  /** Of rules that this version does not know there are none. */
  private async remarks(
    count: number,
    until: number,
    { first, end }: Pick<PacketLog, 'first' | 'end'>,
  ): Promise<readonly RowRemark[]> {
    const numberBytes = count * 8;
    check(numberBytes <= until - this.at);
    const sequences = new Float64Array((await this.block(new Uint8Array(numberBytes))).buffer);
    check(sequences.every((sequence) => Number.isInteger(sequence) && sequence >= first && sequence < end));
    const texts = await this.texts(count, until - this.at);
    return texts.flatMap((text, index) => {
      const violation = readRemark(text);
      return violation ? [{ sequence: sequences[index] as number, violation }] : [];
    });
  }

  private async texts(count: number, length: number): Promise<readonly string[]> {
    check(count * 4 <= length);
    const bytes = await this.block(new Uint8Array(length));
    const lengths = new Uint32Array(bytes.buffer, 0, count);
    const texts: string[] = [];
    let at = count * 4;
    await inSlices(
      () => {
        for (const each of lengths.subarray(texts.length, texts.length + textsAtATime)) {
          check(at + each <= length);
          const text = decodeUtf8(bytes, at, at + each);
          check(text !== undefined);
          texts.push(text);
          at += each;
        }
        return texts.length === count;
      },
      { pace: this.pace },
    );
    check(at === length);
    return texts;
  }

  private async milestones(segments: readonly PacketSegment[]): Promise<ConnectionMilestones> {
    const milestones = new ConnectionMilestones();
    let index = 0;
    let row = 0;
    const work = (): boolean => {
      const segment = segments[index];
      if (!segment) return true;
      const { first, rows, firstByte, flags, connection } = segment;
      for (const last = Math.min(rows, row + rowsAtATime); row < last; row++) {
        const byte = firstByte[row] as number;
        if (!isMilestone(byte >> 4) || rowKindOf(flags[row] as number) !== 'packet') continue;
        milestones.note(connection[row] as number, first + row, byte);
      }
      if (row === rows) {
        index++;
        row = 0;
      }
      return false;
    };
    await inSlices(work, { pace: this.pace });
    return milestones;
  }

  private async uint32s(count: number): Promise<Uint32Array> {
    return new Uint32Array((await this.block(new Uint8Array(count * 4))).buffer);
  }

  /** Fills memory with the next bytes and returns it. */
  private async block(into: Uint8Array): Promise<Uint8Array> {
    check(into.length <= this.source.size - this.at);
    for (let filled = 0; filled < into.length; filled += pieceBytes) {
      const piece = into.subarray(filled, filled + pieceBytes);
      await this.readInto(piece, this.at);
      this.checksum.add(piece);
      this.at += piece.length;
    }
    return into;
  }

  private async readInto(piece: Uint8Array, offset: number): Promise<void> {
    const bytes = await this.source.read(offset, piece.length);
    check(bytes.length === piece.length);
    piece.set(bytes);
  }
}

/** Every row ends where it may, and points at a topic that is there. */
function agrees(segment: PacketSegment): boolean {
  const { rows, used, end: ends, topic: topicNumbers, flags, topics } = segment;
  let before = 0;
  for (let row = 0; row < rows; row++) {
    const end = ends[row] as number;
    if (end < before || end > used) return false;
    const topic = topicNumbers[row] as number;
    if (topic > topics.length && topic !== topicInBytes) return false;
    // Versions 3 to 5, less 3.
    if ((((flags[row] as number) >> 3) & 3) > 2) return false;
    before = end;
  }
  return before === used;
}

function check(condition: boolean): asserts condition {
  if (!condition) throw new NoSnapshot();
}
