/** A peer may send as many CONNECTs as it likes; the first ones decide, and these many are kept of a connection. */
const mostOfConnection = 8;

/** Always the same one, by which it is known again. */
const none: readonly number[] = [];

/**
 * The rows of each connection that decide how its other packets are to be read: CONNECT, CONNACK and DISCONNECT, by
 * sequence number in the order they came.
 */
export class ConnectionMilestones {
  private readonly rows = new Map<number, number[]>();

  /** Notes a row if its packet type is one that decides. `firstByte` is that of its fixed header. */
  note(connection: number, sequence: number, firstByte: number): void {
    if (!isMilestone(firstByte >> 4)) return;
    const known = this.rows.get(connection);
    if (!known) this.rows.set(connection, [sequence]);
    else if (known.length < mostOfConnection) known.push(sequence);
  }

  /** The same list until one of them is forgotten; others may be added to it. */
  of(connection: number): readonly number[] {
    return this.rows.get(connection) ?? none;
  }

  /** Rows before `first` are gone. */
  forgetBefore(first: number): void {
    for (const [connection, sequences] of this.rows) {
      if ((sequences[0] as number) >= first) continue;
      const kept = sequences.filter((sequence) => sequence >= first);
      if (kept.length === 0) this.rows.delete(connection);
      else this.rows.set(connection, kept);
    }
  }
}

/** CONNECT, CONNACK and DISCONNECT. */
export function isMilestone(packetType: number): boolean {
  return packetType === 1 || packetType === 2 || packetType === 14;
}
