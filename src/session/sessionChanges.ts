import type { OutboundMessage } from './inflightStore';
import type { SessionChange } from './sessionJournal';

/**
 * The steps a Session took since they were taken the last time, for a journal. A Session without one has no such thing, and
 * pays nothing for it.
 */
export class SessionChanges {
  private batch: SessionChange[] = [];
  /** Of the messages that are queued or unacknowledged. */
  private readonly entries = new Map<OutboundMessage, number>();

  /** @param last the highest entry that the journal has */
  constructor(private last = 0) {}

  get isEmpty(): boolean {
    return this.batch.length === 0;
  }

  take(): readonly SessionChange[] {
    const { batch } = this;
    this.batch = [];
    return batch;
  }

  /** What was taken could not be kept: it comes again, before what happened since. */
  giveBack(changes: readonly SessionChange[]): void {
    this.batch = [...changes, ...this.batch];
  }

  /** Of the messages that the journal knows nothing of as long as what was not taken, or was given back, is not kept. */
  get unkeptTickets(): ReadonlySet<number> {
    return this.tickets(true);
  }

  /** Of the messages that the journal has, and goes on having unless it hears otherwise. */
  get keptTickets(): ReadonlySet<number> {
    return this.tickets(false);
  }

  private tickets(unkept: boolean): ReadonlySet<number> {
    const added = new Set<number>();
    for (const change of this.batch) if (change.kind === 'added') added.add(change.message.entry);
    const tickets = new Set<number>();
    for (const [{ ticket }, entry] of this.entries) if (added.has(entry) === unkept) tickets.add(ticket);
    return tickets;
  }

  add(change: SessionChange): void {
    this.note(change);
  }

  /** A step was taken; who keeps it elsewhere than here does so at once. */
  protected note(change: SessionChange): void {
    this.batch.push(change);
  }

  /** A message that the journal has already. */
  know(message: OutboundMessage, entry: number): void {
    this.entries.set(message, entry);
  }

  queued(message: OutboundMessage): void {
    this.enter(message, 0);
  }

  sent(message: OutboundMessage, packetIdentifier: number): void {
    const entry = this.entries.get(message);
    if (entry === undefined) this.enter(message, packetIdentifier);
    else this.note({ kind: 'sent', entry, packetIdentifier });
  }

  forgotten(message: OutboundMessage): void {
    const entry = this.entries.get(message);
    if (entry === undefined) return;
    this.entries.delete(message);
    this.note({ kind: 'forgotten', entry });
  }

  /** The message is the other side's, or refused: nothing but its Packet Identifier may be left. */
  acknowledged(message: OutboundMessage, kind: 'released' | 'completed', packetIdentifier: number): void {
    this.entries.delete(message);
    this.note({ kind, packetIdentifier });
  }

  cleared(): void {
    this.entries.clear();
    this.note({ kind: 'cleared' });
  }

  private enter(message: OutboundMessage, packetIdentifier: number): void {
    const kept = message.kept?.();
    if (kept === undefined) return;
    const entry = ++this.last;
    this.entries.set(message, entry);
    this.note({ kind: 'added', message: { entry, packetIdentifier, ...kept } });
  }
}
