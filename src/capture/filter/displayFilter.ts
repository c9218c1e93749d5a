import { whereVocabulary } from '../../protocol/whereVocabulary';
import type { Expression } from '../../where/expression';
import { parseWhere } from '../../where/parser';
import type { WhereProblem } from '../../where/whereProblem';
import type { PacketLog } from '../packetLog';
import type { PacketSegment } from '../packetSegment';
import { compile, type Predicate } from './predicates';
import { FilterReading } from './filterReading';

/** Bytes of rows that are decoded, or held against a regular expression, between two looks at the clock. */
const costlyBytes = 64 * 1024;
/** A row this long is not decided in one go: its searches are prepared window by window. */
const longRow = 512 * 1024;
/** Rows that are decided together. */
const rowsOfSelection = 4096;
/** After how many topics that no expression was held against before a selection ends: a millisecond or a few. */
const topicsOfSelection = 128;
/** Rows, and bytes of rows, between two looks at how many these were. */
const rowsOfBatch = 256;
const bytesOfBatch = 256 * 1024;

/** An expression over the rows of a log: as far as their columns decide it no packet is read. */
export class DisplayFilter {
  private readonly reading: FilterReading;
  private predicate: Predicate;
  private readonly selection = new Uint32Array(rowsOfSelection);
  /** The rows that {@link select} found last, until it is called again. */
  matches = this.selection.subarray(0, 0);

  constructor(
    readonly expression: Expression,
    log: PacketLog,
  ) {
    this.reading = new FilterReading(log);
    this.predicate = compile(expression, this.reading);
  }

  /** How many rows it decides in about half a millisecond. */
  get rowsAtATime(): number {
    return this.selects ? rowsOfSelection : this.predicate.cost < 5 ? 128 : 32;
  }

  /** After how many bytes of rows somebody should look at the clock: what is searched by columns and natively needs no bound. */
  get bytesAtATime(): number {
    return this.selects ? Infinity : costlyBytes;
  }

  /** Whether a row matches. */
  test(segment: PacketSegment, row: number): boolean {
    return this.predicate.test(segment, row);
  }

  /** Whether its rows may be decided many at a time, by {@link select}. */
  get selects(): boolean {
    return this.predicate.cost < 4;
  }

  /**
   * Decides rows from `row` on, up to `end` or a row that takes long, which only `prepare` and `test` may decide, or fewer
   * where many topics were not met before. Returns how many it decided; `matches` has those that match.
   */
  select(segment: PacketSegment, row: number, end: number): number {
    const { selection, reading } = this;
    const last = beforeLongRow(segment, row, Math.min(end, row + selection.length));
    const enough = reading.topicsAsked + topicsOfSelection;
    let next = row;
    let found = 0;
    while (next < last && reading.topicsAsked < enough) {
      const count = batchOf(segment, next, last);
      const batch = selection.subarray(found, found + count);
      for (let index = 0; index < count; index++) batch[index] = next + index;
      found += this.predicate.narrow(segment, batch, count);
      next += count;
    }
    this.matches = selection.subarray(0, found);
    return next - row;
  }

  /** Does a part of the work that a long row takes before `test` is quick; returns whether none is left. */
  prepare(segment: PacketSegment, row: number): boolean {
    const length = (segment.end[row] as number) - segment.startOf(row);
    return length < longRow || this.reading.prepare(segment, row);
  }

  /** Whether rows that were decided could be decided otherwise now: a connection got another name. */
  get isStale(): boolean {
    return this.reading.isStale;
  }

  /** Rows that were decided by the beginning of their payload alone, as what is longer would take too long. */
  get shortenedRows(): number {
    return this.reading.fields.shortenedRows;
  }

  /** Begins anew, with the names of now. */
  forget(): void {
    this.reading.forget();
    this.predicate = compile(this.expression, this.reading);
  }

  /** Lets go of the packets that were read last. */
  release(): void {
    this.reading.release();
  }
}

/** A filter as somebody wrote it, or what is wrong with it. */
export function readDisplayFilter(
  text: string,
  log: PacketLog,
): { readonly filter: DisplayFilter } | { readonly problem: WhereProblem } {
  const parsed = parseWhere(text, whereVocabulary);
  return 'problem' in parsed ? parsed : { filter: new DisplayFilter(parsed.expression, log) };
}

/** How many rows from `row` on are decided before somebody looks: at least one. */
function batchOf(segment: PacketSegment, row: number, end: number): number {
  const start = segment.startOf(row);
  let count = Math.min(rowsOfBatch, end - row);
  while (count > 1 && (segment.end[row + count - 1] as number) - start > bytesOfBatch) count >>= 1;
  return count;
}

/** The first row of [`row`, `end`) that is long, `end` where none is. */
function beforeLongRow(segment: PacketSegment, row: number, end: number): number {
  const { end: ends } = segment;
  let start = segment.startOf(row);
  if (end > row && (ends[end - 1] as number) - start < longRow) return end;
  for (let at = row; at < end; at++) {
    const next = ends[at] as number;
    if (next - start >= longRow) return at;
    start = next;
  }
  return end;
}
