import type { Violation } from '../../protocol/violations';

/** How many packets of a connection are remembered: a client that is not let in for so long has more to say than that. */
export const mostUnanswered = 256;

/** Which packet of a connection in a file it is. */
export interface PacketPlace {
  /** The how many-th of its client, from 1. */
  readonly number: number;
  /** The number that Wireshark gives its last frame. */
  readonly frame: number;
}

/** What was found wrong with a packet after it was written. */
export interface LateRemark {
  readonly remark: Violation;
  readonly place: PacketPlace;
}

interface UnansweredRow {
  readonly sequence: number;
  /** How many remarks on it were written with it. */
  readonly remarks: number;
  readonly frame: number;
}

/**
 * Rows of a client that were written before it was let in. A broker looks at what comes behind a CONNECT only when it has
 * decided about that, which may take seconds; until then nobody knows what is wrong with it. Remarks on it are made in the turn
 * in which CONNACK is sent, so that they are there when that is written.
 */
export class UnansweredRows {
  private readonly rows: UnansweredRow[] = [];

  /** The next one was written, with so many remarks, up to this frame. */
  written(sequence: number, remarks: number, frame: number): void {
    if (this.rows.length < mostUnanswered) this.rows.push({ sequence, remarks, frame });
  }

  /** What was found since. */
  found(remarksOf: (sequence: number) => readonly Violation[] | undefined): readonly LateRemark[] {
    return this.rows.flatMap(({ sequence, remarks, frame }, index) =>
      (remarksOf(sequence) ?? [])
        .slice(remarks)
        .map((remark) => ({ remark, place: { number: index + 1, frame } })),
    );
  }
}
