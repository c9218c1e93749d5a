import { Emitter } from '../base/lifecycle';
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
 * it; with a packet that came before its client was let in only when that is, which may be seconds later. They go with their
 * row.
 */
export class RowRemarks {
  private readonly rows = new Map<number, readonly Violation[]>();
  /** The rows in the order in which they were remarked on first, from `next` on. */
  private order: number[] = [];
  private next = 0;
  private readonly added = new Emitter<number>();
  /** A row was remarked on: its sequence number. */
  readonly onDidAdd = this.added.event;

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
    const before = this.rows.get(sequence);
    if (!before) {
      this.makeRoom(first);
      this.order.push(sequence);
    }
    this.rows.set(sequence, [...(before ?? []), violation]);
    this.added.fire(sequence);
  }

  /** Forgets rows that are gone, and the one remarked on longest ago where there are too many. */
  private makeRoom(first: number): void {
    for (; this.next < this.order.length; this.next++) {
      const row = this.order[this.next] as number;
      if (row >= first && this.rows.size < mostRows) break;
      this.rows.delete(row);
    }
    // What is behind it goes in one piece: a shift for each would cost as much as what it makes room for.
    if (this.next < mostRows) return;
    this.order = this.order.slice(this.next);
    this.next = 0;
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
