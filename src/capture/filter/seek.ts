import { inSlices, type Pace } from '../../base/slices';
import type { Span } from '../../base/spans';
import { encodeUtf8 } from '../../base/utf8';
import { mayHoldSecrets, secretSubstitute } from '../../protocol/secretStart';
import type { PacketLog } from '../packetLog';
import { topicInBytes, type PacketSegment } from '../packetSegment';
import { rowKindOf } from '../rowFlags';
import { keptBytes, longestShared } from '../rowSecrets';
import { rowVerdicts, type RowVerdicts } from '../rowVerdicts';
import { BackwardRowSearch } from './backwardRowSearch';
import { ByteSearch, RowSearch } from './byteSearch';

/** What a row is asked. `prepare` does a part of the work that a long row takes, and returns whether none is left. */
export interface RowTest {
  prepare(segment: PacketSegment, row: number): boolean;
  test(segment: PacketSegment, row: number): boolean;
}

/** Rows in an order, by index: all of a log, or those that a filter shows. */
export interface RowOrder {
  readonly first: number;
  readonly end: number;
  sequenceAt(index: number): number | undefined;
}

export interface SeekOptions {
  readonly log: PacketLog;
  readonly rows: RowOrder;
  readonly test: RowTest;
  /** The index to begin after, or before. */
  readonly from: number;
  readonly step: 1 | -1;
  readonly pace: Pace;
  readonly wanted: () => boolean;
  /** Told between slices which part of the rows was asked, from 0 to 1. */
  readonly progress?: (asked: number) => void;
}

export interface Sought {
  readonly index: number;
  readonly sequence: number;
  /** It was found beyond the end, from the other end on. */
  readonly wrapped: boolean;
}

/** Rows asked between two looks at the clock, and bytes of rows: about a millisecond of search at worst. */
const rowsAtATime = 64;
const bytesAtATime = 512 * 1024;

/** The next row that a test holds for, round and round; undefined where there is none, or the search was given up. */
export async function seek({
  log,
  rows,
  test,
  from,
  step,
  pace,
  wanted,
  progress,
}: SeekOptions): Promise<Sought | undefined> {
  let index = from + step;
  let wrapped = false;
  const all = rows.end - rows.first;
  let left = all;
  let found: Sought | undefined;
  const work = (): boolean => {
    let bytes = 0;
    for (let count = 0; count < rowsAtATime && bytes < bytesAtATime; count++) {
      if (left <= 0) return true;
      const { first, end } = rows;
      if (index < first || index >= end) {
        wrapped ||= index !== (step > 0 ? first : end - 1);
        index = step > 0 ? first : end - 1;
      }
      const sequence = rows.sequenceAt(index);
      const segment = sequence === undefined ? undefined : log.segmentOf(sequence);
      if (sequence !== undefined && segment) {
        const row = sequence - segment.first;
        if (!test.prepare(segment, row)) return false;
        bytes += (segment.end[row] as number) - segment.startOf(row);
        if (test.test(segment, row)) {
          found = { index, sequence, wrapped };
          return true;
        }
      }
      left--;
      index += step;
    }
    return false;
  };
  await inSlices(work, { pace, wanted, resting: () => progress?.(all > 0 ? (all - left) / all : 1) });
  return found;
}

/** Whether a row breaks a rule, as the strip beside the list marks it. */
export class ViolationTest implements RowTest {
  private readonly verdicts: RowVerdicts;

  constructor(log: PacketLog) {
    this.verdicts = rowVerdicts(log);
  }

  prepare(): boolean {
    return true;
  }

  test(segment: PacketSegment, row: number): boolean {
    return this.verdicts.breaksRule(segment, row);
  }
}

const longRow = 256 * 1024;

/** All bytes of a row, and what is secret in them. */
export interface WithSecrets {
  readonly bytes: Uint8Array;
  readonly secrets: readonly Span[];
}

/** A long row as it is shown, of which so many bytes are made. */
interface LongRow {
  readonly sequence: number;
  readonly bytes: Uint8Array;
  readonly of: WithSecrets;
  made: number;
}

/** Whether a text is anywhere in a packet's bytes, or in the topic that its alias stands for. */
export class TextTest implements RowTest {
  private readonly search: ByteSearch;
  private readonly rows: RowSearch;
  private readonly rowsBefore: BackwardRowSearch;
  private long: LongRow | undefined;
  /** The row that was asked last. */
  private asked: { readonly segment: PacketSegment | undefined; readonly row: number } = {
    segment: undefined,
    row: 0,
  };

  /**
   * @param shown the bytes of a row as people may see them: what is concealed is not found either
   * @param secretsOf all bytes of a row and what is secret in them, so that those of a very long one are concealed in parts
   */
  constructor(
    text: string,
    ignoreCase: boolean,
    private readonly shown: (sequence: number) => Uint8Array | undefined,
    private readonly secretsOf?: (sequence: number) => WithSecrets | undefined,
  ) {
    this.search = new ByteSearch(encodeUtf8(text), ignoreCase);
    this.rows = new RowSearch(this.search);
    this.rowsBefore = new BackwardRowSearch(this.search);
  }

  prepare(segment: PacketSegment, row: number): boolean {
    const start = segment.startOf(row);
    const end = segment.end[row] as number;
    if (end - start < longRow) return true;
    if (!this.mayHaveSecrets(segment, row)) return this.rows.prepare(segment, segment.bytes, start, end, end);
    if (!this.makeLong(segment.first + row)) return false;
    const bytes = this.long?.bytes;
    return bytes === undefined || this.rows.prepare(bytes, bytes, 0, bytes.length, bytes.length);
  }

  test(segment: PacketSegment, row: number): boolean {
    const start = segment.startOf(row);
    const end = segment.end[row] as number;
    if (this.mayHaveSecrets(segment, row)) {
      const isLong = end - start >= longRow;
      if (isLong) while (!this.makeLong(segment.first + row));
      const bytes = isLong ? this.long?.bytes : this.shown(segment.first + row);
      if (!bytes) return false;
      if (!isLong) return this.search.find(bytes, 0, bytes.length) >= 0;
      const isIn = this.rows.isIn(bytes, bytes, 0, bytes.length, bytes.length);
      this.long = undefined;
      this.rows.release();
      return isIn;
    }
    return this.isInBytes(segment, row, start, end) || this.isInAlias(segment, row);
  }

  /** Row after row, either way, one search goes over all of them. */
  private isInBytes(segment: PacketSegment, row: number, start: number, end: number): boolean {
    const { bytes, used } = segment;
    const { asked } = this;
    const step = asked.segment === segment ? row - asked.row : 0;
    this.asked = { segment, row };
    if (step === 1 || end - start >= longRow)
      return this.rows.isIn(segment, bytes, start, end, step === 1 ? used : end);
    return step === -1
      ? this.rowsBefore.isIn(segment, bytes, start, end)
      : this.search.find(bytes, start, end) >= 0;
  }

  /** Makes a part of what is shown of a long row, the same memory as long as it is searched; returns whether all is there. */
  private makeLong(sequence: number): boolean {
    if (this.long?.sequence !== sequence) this.long = this.beginLong(sequence);
    const { long } = this;
    if (!long || long.made >= long.bytes.length) return true;
    const { bytes, of, made } = long;
    const end = Math.min(made + bytesAtATime, bytes.length);
    bytes.set(of.bytes.subarray(made, end), made);
    for (const secret of of.secrets)
      if (secret.start < end && secret.end > made)
        bytes.fill(secretSubstitute, Math.max(made, secret.start), Math.min(end, secret.end));
    long.made = end;
    return end === bytes.length;
  }

  private beginLong(sequence: number): LongRow | undefined {
    const of = this.secretsOf?.(sequence);
    // Only the memory of such a row stays what it is meanwhile.
    if (of && of.bytes.length > longestShared)
      return of.secrets.length === 0
        ? { sequence, bytes: of.bytes, of, made: of.bytes.length }
        : { sequence, bytes: new Uint8Array(of.bytes.length), of, made: 0 };
    const shown = this.shown(sequence);
    if (!shown) return undefined;
    const bytes = keptBytes(shown);
    return { sequence, bytes, of: { bytes, secrets: [] }, made: bytes.length };
  }

  private mayHaveSecrets(segment: PacketSegment, row: number): boolean {
    return (
      mayHoldSecrets(segment.bytes, segment.startOf(row), segment.end[row]) ||
      rowKindOf(segment.flags[row] as number) === 'unframed'
    );
  }

  private isInAlias(segment: PacketSegment, row: number): boolean {
    const identifier = segment.topic[row] as number;
    const topic = identifier === topicInBytes ? undefined : segment.topics[identifier - 1];
    if (topic === undefined) return false;
    const bytes = encodeUtf8(topic);
    return this.search.find(bytes, 0, bytes.length) >= 0;
  }
}
