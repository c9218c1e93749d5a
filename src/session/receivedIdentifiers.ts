import type { SessionChanges } from './sessionChanges';
import type { SessionDoubt } from './sessionDoubt';

/** A set of Packet Identifiers whose changes a journal may hear of. */
export class ReceivedIdentifiers {
  private identifiers: Set<number> | undefined;
  changes: SessionChanges | undefined;
  /** Whether the server still knows of them, where that is not certain. */
  doubt: SessionDoubt | undefined;
  /** Hears that less is in doubt. */
  doubtChanged: (() => void) | undefined;

  get size(): number {
    return this.identifiers?.size ?? 0;
  }

  has(packetIdentifier: number): boolean {
    return this.identifiers?.has(packetIdentifier) === true;
  }

  add(packetIdentifier: number): void {
    if (this.changes && !this.has(packetIdentifier)) this.changes.add({ kind: 'received', packetIdentifier });
    (this.identifiers ??= new Set()).add(packetIdentifier);
    if (this.doubt) this.settle(packetIdentifier);
  }

  /**
   * A message has come that is no repetition (DUP 0). Its Packet Identifier may be one of those in doubt: then the server has
   * begun a new Session, without this side being told, and what it sends is no message of the old one. A server that goes on
   * with that sends what it knows of before anything new, and with DUP [MQTT-4.4.0-1] [MQTT-3.3.1-1].
   */
  beganAnew(packetIdentifier: number): void {
    if (this.doubt?.received.has(packetIdentifier) !== true) return;
    for (const doubtful of [...this.doubt.received]) this.delete(doubtful);
  }

  delete(packetIdentifier: number): boolean {
    const known = this.identifiers?.delete(packetIdentifier) === true;
    if (this.identifiers?.size === 0) this.identifiers = undefined;
    if (known) this.changes?.add({ kind: 'receivedReleased', packetIdentifier });
    if (this.doubt) this.settle(packetIdentifier);
    return known;
  }

  clear(): void {
    this.identifiers = undefined;
    this.doubt?.receivedNothing();
  }

  private settle(packetIdentifier: number): void {
    this.doubt?.settled(packetIdentifier);
    this.doubtChanged?.();
  }

  [Symbol.iterator](): Iterator<number> {
    return (this.identifiers ?? noneReceived).values();
  }
}

/** Of all that have none. */
const noneReceived: ReadonlySet<number> = new Set();
