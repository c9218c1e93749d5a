import type { Span } from '../../base/spans';
import { inSlices, type Pace } from '../../base/slices';
import { mayHoldSecrets, secretSubstitute } from '../../protocol/secretStart';
import type { PacketLog } from '../packetLog';
import type { PacketSegment } from '../packetSegment';
import { writeRemark } from '../remarkText';
import { rowKindOf, unpackFlags } from '../rowFlags';
import { type RowRemark, rowRemarks } from '../rowRemarks';
import { longestShared, restOf, type FindSecrets } from '../rowSecrets';
import { numbersOf, textsOf } from './keptConnections';
import {
  asBytes,
  Checksum,
  columnBytes,
  type Columns,
  columnsIn,
  copyColumns,
  encodeTexts,
  formatMark,
  pieceBytes,
  type SnapshotOutput,
} from './snapshotFormat';

export interface SnapshotOptions {
  /** What is concealed: a snapshot lies on a disk. */
  readonly findSecrets: FindSecrets;
  readonly pace: Pace;
  /** False where there is no time for more: what is older is left out then and counts as evicted. */
  readonly wanted?: () => boolean;
}

/**
 * Writes the rows that a log has now, the newest first, with secrets concealed, in slices: the log may go on meanwhile.
 * Resolves with how many of the oldest rows were left out. Rejects as the output does.
 */
export function writeSnapshot(
  log: PacketLog,
  output: SnapshotOutput,
  options: SnapshotOptions,
): Promise<number> {
  return new SnapshotWriter(log, output, options).write();
}

/** Rows asked whether they may hold secrets between two looks at the clock, and bytes of those that may. */
const rowsAtATime = 1024;
const readAtATime = 4096;

class SnapshotWriter {
  private readonly checksum = new Checksum(formatMark);
  private readonly columnMemory = new Scratch();
  private readonly byteMemory = new Scratch();
  private offset = 0;

  constructor(
    private readonly log: PacketLog,
    private readonly output: SnapshotOutput,
    private readonly options: SnapshotOptions,
  ) {}

  async write(): Promise<number> {
    const { log } = this;
    const { first, end, evictedPackets, evictedBytes, connections } = log;
    // Before rows go for others that come meanwhile, and their remarks with them.
    const allRemarks = rowRemarks(log).between(first, end);
    let bytesLeft = bytesOfPackets(log);
    let oldest = end;
    let segments = 0;
    while (oldest > first) {
      // Undefined where it was evicted meanwhile: the newest come first, so all others were as well.
      const segment = log.segmentOf(oldest - 1);
      if (!segment) break;
      const used = await this.segment(segment);
      if (used === undefined) break;
      bytesLeft -= used;
      oldest = segment.first;
      segments++;
    }
    const left = oldest - first;
    const connectionsAt = this.offset;
    const { pace } = this.options;
    await this.put(asBytes(numbersOf(connections)));
    const texts = await encodeTexts(textsOf(connections), { pace });
    if (texts) await this.put(texts);
    const remarksAt = this.offset;
    const remarks = allRemarks.filter(({ sequence }) => sequence >= oldest);
    await this.remarks(remarks);
    await this.put(
      asBytes(
        Float64Array.of(
          ...[end, evictedPackets + left, evictedBytes + bytesLeft],
          ...[segments, connections.length, connectionsAt],
          ...[remarks.length, remarksAt],
        ),
      ),
    );
    await this.output.write(asBytes(Uint32Array.of(this.checksum.value, formatMark)));
    return left;
  }

  private async remarks(remarks: readonly RowRemark[]): Promise<void> {
    await this.put(asBytes(Float64Array.from(remarks, ({ sequence }) => sequence)));
    const written = remarks.map(({ violation }) => writeRemark(violation));
    const texts = await encodeTexts(written, { pace: this.options.pace });
    if (texts) await this.put(texts);
  }

  /** Resolves with the bytes of packets that were written, undefined where there was no time for it. */
  private async segment(segment: PacketSegment): Promise<number | undefined> {
    // At once, since the log fills this segment further, or uses its memory for other rows.
    const { rows, used } = segment;
    const topics = segment.topics.slice();
    const block = this.columnMemory.take(rows * columnBytes);
    const columns = columnsIn(block, rows);
    copyColumns(segment, columns, rows);
    const isCopied = segment.bytes.length <= longestShared;
    const bytes = isCopied ? this.byteMemory.copy(segment.bytes.subarray(0, used)) : segment.bytes;

    const { pace, wanted } = this.options;
    await pace.rest();
    const secrets = await this.secretsOf(columns, bytes);
    const texts = secrets && (await encodeTexts(topics, { pace, ...(wanted && { wanted }) }));
    if (!secrets || !texts) return undefined;
    await this.put(asBytes(Uint32Array.of(rows, used, topics.length, texts.length)));
    await this.put(block);
    await this.put(texts);
    for (let at = 0; at < used; at += pieceBytes) {
      const part = bytes.subarray(at, Math.min(used, at + pieceBytes));
      const piece = isCopied ? part : this.byteMemory.copy(part);
      for (const { start, end } of secrets)
        piece.fill(secretSubstitute, Math.max(0, start - at), Math.max(0, end - at));
      await this.put(piece);
    }
    return used;
  }

  /** Where secrets are in the bytes of a segment; takes first bytes that are secret out of its columns. */
  private async secretsOf(columns: Columns, bytes: Uint8Array): Promise<readonly Span[] | undefined> {
    const { end: ends, flags, firstByte } = columns;
    const secrets: Span[] = [];
    let row = 0;
    const work = (): boolean => {
      const last = Math.min(flags.length, row + rowsAtATime);
      for (let read = 0; row < last && read < readAtATime; row++) {
        const start = row === 0 ? 0 : (ends[row - 1] as number);
        const end = ends[row] as number;
        if (rowKindOf(flags[row] as number) !== 'unframed' && !mayHoldSecrets(bytes, start, end)) continue;
        read += end - start;
        const found = this.find(bytes.subarray(start, end), columns, row);
        for (const span of found) secrets.push({ start: start + span.start, end: start + span.end });
        if (found.some((span) => span.start === 0 && span.end > 0)) firstByte[row] = secretSubstitute;
      }
      return row === flags.length;
    };
    const { pace, wanted } = this.options;
    return (await inSlices(work, { pace, ...(wanted && { wanted }) })) ? secrets : undefined;
  }

  private find(packet: Uint8Array, { flags, connection }: Columns, row: number): readonly Span[] {
    const known = { ...unpackFlags(flags[row] as number), connection: connection[row] as number };
    const rest = restOf(known, (number, direction) => this.log.isFromClient(number, direction));
    return this.options.findSecrets(packet, known.version, rest);
  }

  private async put(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; at += pieceBytes) {
      const piece = bytes.subarray(at, at + pieceBytes);
      this.checksum.add(piece);
      this.offset += piece.length;
      await this.output.write(piece);
    }
  }
}

/** Memory that is used for one segment after another. */
class Scratch {
  private memory = new Uint8Array(0);

  take(length: number): Uint8Array {
    if (this.memory.length < length) this.memory = new Uint8Array(length);
    return this.memory.subarray(0, length);
  }

  copy(bytes: Uint8Array): Uint8Array {
    const copied = this.take(bytes.length);
    copied.set(bytes);
    return copied;
  }
}

function bytesOfPackets(log: PacketLog): number {
  let bytes = 0;
  for (let end = log.end; end > log.first;) {
    const segment = log.segmentOf(end - 1);
    if (!segment) break;
    bytes += segment.used;
    end = segment.first;
  }
  return bytes;
}
