import type { Violation } from '../protocol/violations';
import type { PacketLog } from './packetLog';

/** How many rows with a remark are remembered; a client may break a rule with each of its packets. */
const mostRows = 10_000;

/** What was found wrong with one row. */
export interface RowRemark {
  readonly sequence: number;
  readonly violation: Violation;
}

/**
 * Rules that a captured packet breaks as whoever received it knows, and the packet by itself does not show: that its Packet
 * Identifier was in use takes all that went before it. They are noted in the turn in which the row comes, before anybody reads
 * it, and go with it.
 */
export class RowRemarks {
  private readonly rows = new Map<number, readonly Violation[]>();

  constructor(private readonly log: Pick<PacketLog, 'first'>) {}

  /** What was found wrong with a row, as it was received; undefined for nothing. */
  of(sequence: number): readonly Violation[] | undefined {
    // Nearly always there is none at all.
    return this.rows.size === 0 ? undefined : this.rows.get(sequence);
  }

  /** Each remark on a row of `[first, end)`, with its sequence number. */
  between(first: number, end: number): readonly RowRemark[] {
    return [...this.rows].flatMap(([sequence, violations]) =>
      sequence >= first && sequence < end ? violations.map((violation) => ({ sequence, violation })) : [],
    );
  }

  add(sequence: number, violation: Violation): void {
    const { first } = this.log;
    if (sequence < first) return;
    for (const row of this.rows.keys()) {
      if (row >= first && this.rows.size < mostRows) break;
      this.rows.delete(row);
    }
    this.rows.set(sequence, [...(this.rows.get(sequence) ?? []), violation]);
  }
}

/** They last as long as their log. */
const remarksOfLogs = new WeakMap<PacketLog, RowRemarks>();

/** The remarks on the rows of a log, which are the same for whoever reads them. */
export function rowRemarks(log: PacketLog): RowRemarks {
  let remarks = remarksOfLogs.get(log);
  if (!remarks) remarksOfLogs.set(log, (remarks = new RowRemarks(log)));
  return remarks;
}
