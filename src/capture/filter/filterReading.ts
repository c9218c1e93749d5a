import { namesOfConnection } from '../clientIdentity';
import type { PacketLog } from '../packetLog';
import type { PacketSegment } from '../packetSegment';
import { PublishParts } from '../publishParts';
import { rowVerdicts, type RowVerdicts } from '../rowVerdicts';
import { RowSearch, type ByteSearch } from './byteSearch';
import type { Predicate } from './predicates';
import { connectionLabel, findPayload, RowFields } from './rowFields';

/** Connections whose verdict is remembered. */
const mostConnections = 65_536;

/** What the predicates of one filter share: where the payload of a row is, its other fields, and what was decided before. */
export class FilterReading {
  readonly fields: RowFields;
  readonly verdicts: RowVerdicts;
  private readonly parts = new PublishParts();
  private searches: RowSearch[] = [];
  /** What connections were called when something was decided by their names. */
  private readonly names = new Map<number, string>();
  private renames: number;
  private topics = 0;

  constructor(private readonly log: PacketLog) {
    this.fields = new RowFields(log);
    this.verdicts = rowVerdicts(log);
    this.renames = log.renames;
  }

  /** How many topics an expression was held against so far; long ones count several times. */
  get topicsAsked(): number {
    return this.topics;
  }

  /** An expression is held against a topic. */
  asked(topic: string | undefined): void {
    this.topics += 1 + ((topic?.length ?? 0) >> 7);
  }

  /** Bytes of the payload of a row, or -1 where it has none. */
  payloadSize(segment: PacketSegment, row: number): number {
    return findPayload(this.parts, segment, row)
      ? (segment.end[row] as number) - this.parts.payloadStart
      : -1;
  }

  /** A test whether a payload has these bytes in it, for one row or many. */
  payloadSearch(search: ByteSearch): Pick<Predicate, 'test' | 'narrow'> {
    const found = new RowSearch(search);
    this.searches.push(found);
    const isIn = (segment: PacketSegment, row: number, end: number): boolean =>
      findPayload(this.parts, segment, row) &&
      found.isIn(segment, segment.bytes, this.parts.payloadStart, end, segment.used);
    return {
      test: (segment, row) => {
        const end = segment.end[row] as number;
        return !found.rulesOut(segment, segment.startOf(row), end) && isIn(segment, row, end);
      },
      narrow: (segment, rows, count) => {
        const { end: ends } = segment;
        let kept = 0;
        for (let index = 0; index < count; index++) {
          const row = rows[index] as number;
          const end = ends[row] as number;
          const start = row === 0 ? 0 : (ends[row - 1] as number);
          if (!found.rulesOut(segment, start, end) && isIn(segment, row, end)) rows[kept++] = row;
        }
        return kept;
      },
    };
  }

  /** Looks on in a long payload; returns whether every search has come to its end. */
  prepare(segment: PacketSegment, row: number): boolean {
    if (!findPayload(this.parts, segment, row)) return true;
    const end = segment.end[row] as number;
    const start = this.parts.payloadStart;
    return this.searches.every((each) => each.prepare(segment, segment.bytes, start, end, segment.used));
  }

  /** A test of what a row's connection answers to, asked once for each. */
  byConnection(
    decide: (names: readonly string[]) => boolean,
  ): (segment: PacketSegment, row: number) => boolean {
    const verdicts = new Map<number, boolean>();
    return (segment, row) => {
      const connection = segment.connection[row] as number;
      const known = verdicts.get(connection);
      if (known !== undefined) return known;
      if (verdicts.size >= mostConnections) verdicts.clear();
      if (this.names.size >= mostConnections) this.names.clear();
      const verdict = decide(namesOfConnection(this.log, connection));
      verdicts.set(connection, verdict);
      this.names.set(connection, connectionLabel(this.log, connection));
      return verdict;
    };
  }

  /** Whether a connection that something was decided about by its name has another one now. */
  get isStale(): boolean {
    if (this.renames === this.log.renames) return false;
    this.renames = this.log.renames;
    for (const [connection, name] of this.names) {
      const now = this.log.connectionName(connection);
      // One that is gone has no rows left.
      if (now !== undefined && now !== name) return true;
    }
    return false;
  }

  /** The predicates that were made are gone, and what they decided. */
  forget(): void {
    this.searches = [];
    this.names.clear();
    this.fields.forget();
  }

  /** Lets go of the packets that were read last. */
  release(): void {
    this.fields.release();
    for (const search of this.searches) search.release();
  }
}
