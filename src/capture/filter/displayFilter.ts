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
   * Decides rows from `row` on, up to `end` or a row that takes long, which only `prepare` and `test` may decide. Returns how
   * many it decided; `matches` has those that match.
   */
  select(segment: PacketSegment, row: number, end: number): number {
    const { selection } = this;
    const decided = beforeLongRow(segment, row, Math.min(end, row + selection.length)) - row;
    for (let index = 0; index < decided; index++) selection[index] = row + index;
    this.matches = selection.subarray(0, this.predicate.narrow(segment, selection, decided));
    return decided;
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
