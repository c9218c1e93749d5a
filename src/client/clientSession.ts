import { SessionStoreError, type SessionStoreFailure } from '../base/sessionStoreError';
import type { ProtocolVersion } from '../protocol/controlPacket';
import { PublishMessage } from '../session/publishMessage';
import type { OutboundMessage } from '../session/inflightStore';
import { restoreSession, type TicketFor } from '../session/restoredSession';
import type { KeptSession, SessionChange, SessionJournal, SessionStore } from '../session/sessionJournal';
import { SessionState } from '../session/sessionState';
import type { ClientOptions } from './clientOptions';

/** The Session of a client, and the journal that keeps it where there is a store. */
export class ClientSession {
  private current: SessionState;
  private journal: SessionJournal | undefined;
  private opening: Promise<void> | undefined;
  /** Why it could not be kept, since it was opened. */
  failure: SessionStoreFailure | undefined;
  private left = 0;

  /**
   * @param cleanStart nothing of what was kept is to go on
   * @param inherited the Session of an earlier client, which counts where there is no store that has it
   */
  constructor(
    private readonly store: SessionStore | undefined,
    private readonly cleanStart: boolean,
    inherited?: SessionState,
  ) {
    this.current = (!cleanStart && !store && inherited) || new SessionState();
  }

  get state(): SessionState {
    return this.current;
  }

  /** How many messages the store has that were to be sent when it was let go the last time; 0 while it is open. */
  get leftMessages(): number {
    return this.isJournalled ? 0 : this.left;
  }

  /** The journal that is open takes nothing any more: it broke, or somebody else has it. */
  get hasLostJournal(): boolean {
    return this.isJournalled && this.failure !== undefined;
  }

  /** What is in it outlives the process. */
  get isJournalled(): boolean {
    return this.journal !== undefined;
  }

  /**
   * Takes up what was kept, before what waits already. {@link failure} says why not.
   * @param ticketFor names the request that is going to hear of a message
   * @param wanted asked once it can be: where it is not wanted any more, it is let go untouched
   */
  async open(ticketFor: TicketFor, wanted: () => boolean): Promise<void> {
    const { store } = this;
    // Again where it was let go, and somebody wants it after all.
    while (store && !this.journal && wanted()) {
      this.opening ??= this.openStore(store, ticketFor, wanted).finally(() => (this.opening = undefined));
      await this.opening;
      if (this.failure) return;
    }
  }

  private async openStore(store: SessionStore, ticketFor: TicketFor, wanted: () => boolean): Promise<void> {
    this.failure = undefined;
    let journal: SessionJournal;
    try {
      journal = await store.open();
    } catch (error) {
      this.failure = failureOf(error);
      return;
    }
    if (!wanted()) {
      // Nobody would ever settle the requests that are named for it.
      this.journal = journal;
      this.closeJournal();
      return;
    }
    let restored: SessionState | undefined;
    try {
      restored = this.restored(journal.kept, ticketFor);
    } catch (error) {
      // Nobody foresaw it: what is kept stays as it is, for whoever can make something of it.
      this.journal = journal;
      this.closeJournal();
      this.failure = failureOf(error);
      return;
    }
    if (restored === undefined) {
      // Whole messages may lie beside the broken one, and are not to be destroyed for its sake.
      try {
        journal = await journal.setAside('a packet is broken');
      } catch (error) {
        this.failure = failureOf(error);
        return;
      }
      restored = clearedSession(journal.kept);
    }
    this.journal = journal;
    for (const message of this.current.outbound.queue) restored.outbound.enqueue(message);
    this.current = restored;
    this.flush();
  }

  private restored(kept: KeptSession, ticketFor: TicketFor): SessionState | undefined {
    return this.cleanStart ? clearedSession(kept) : restoreSession(kept, ticketFor);
  }

  /** A message that waits for a connection. */
  enqueue(message: PublishMessage): void {
    this.current.outbound.enqueue(message);
  }

  /** Takes out what waits to be sent and has expired [MQTT-3.3.2-5]; who waits for it is to be told. */
  expire(at: number): readonly OutboundMessage[] {
    const { outbound } = this.current;
    const expired = outbound.takeOut((message) => message.hasExpired(at));
    for (const message of expired) outbound.forget(message);
    return expired;
  }

  /** When the first of what waits expires, in milliseconds since the epoch; `Infinity` where nothing does. */
  get nextExpiry(): number {
    let next = Infinity;
    for (const message of this.current.outbound.queue) {
      if (message instanceof PublishMessage) next = Math.min(next, message.expiresAt);
    }
    return next;
  }

  /** Hands the journal what it was not told yet; false where it could not keep that. */
  flush(): boolean {
    const { changes } = this.current;
    return changes === undefined || changes.isEmpty || this.record(changes.take());
  }

  /** Hands a batch to the journal; false where it could not keep it: it comes again with what follows. */
  record(batch: readonly SessionChange[]): boolean {
    try {
      this.journal?.record(batch);
      return true;
    } catch (error) {
      this.failure = failureOf(error);
      this.current.changes?.giveBack(batch);
      return false;
    }
  }

  /**
   * What CONNECT is to say for this Session: in 5.0 a client that lost its part may not go on with the server's
   * [MQTT-3.2.2-4], and Clean Start begins one that lasts. In older versions it would end with the connection, while they
   * let a client go on (3.1.1: 3.2.2.2).
   */
  optionsFor(version: ProtocolVersion, options: ClientOptions): ClientOptions {
    return version === 5 && this.current.mustStartClean ? { ...options, cleanStart: true } : options;
  }

  /**
   * Lets others have what is kept; it is read anew when it is opened again. Returns whether a message goes on, by its ticket:
   * where the last batch fails, the store has those of earlier ones.
   * @param hasHeir without a store, somebody may still go on with it
   */
  close(hasHeir: boolean): (ticket: number) => boolean {
    const { changes } = this.current;
    // The journal does not tell it from one that the server has taken: it is sent no more.
    const { abandonedTickets } = this.current.outbound;
    const known = this.cleanStart ? changes?.keptTickets : undefined;
    if (this.cleanStart) this.discard();
    if (!this.store) return () => hasHeir && !this.cleanStart;
    // Where it was never opened, what waits is told to be lost, and must not go out with the next one.
    const wasOpen = this.journal !== undefined;
    const isUpToDate = this.flush();
    const unkept = isUpToDate ? undefined : changes?.unkeptTickets;
    this.closeJournal();
    const { queue, unacknowledged, released } = this.current.outbound;
    const count = queue.length + unacknowledged.size + released.size;
    if (wasOpen) this.left = count - abandonedTickets.size - (unkept?.size ?? 0);
    this.current = new SessionState();
    // What was to be discarded and could not be is still there for one that does not start clean.
    if (this.cleanStart) return (ticket) => wasOpen && !isUpToDate && known?.has(ticket) === true;
    return (ticket) => wasOpen && unkept?.has(ticket) !== true && !abandonedTickets.has(ticket);
  }

  /** Nothing of it is to go on. */
  private discard(): void {
    this.current.clear();
    this.current.hasBegun = false;
  }

  private closeJournal(): void {
    const { journal } = this;
    this.journal = undefined;
    try {
      journal?.close();
    } catch (error) {
      this.failure ??= failureOf(error);
    }
  }
}

const nothingLeft: readonly SessionChange[] = [
  { kind: 'cleared' },
  { kind: 'begun', begun: false },
  { kind: 'doubted', doubted: false },
];

/** A Session with nothing of what was kept, which the journal is going to hear. */
function clearedSession({ messages, mustStartClean }: KeptSession): SessionState {
  const session = new SessionState();
  session.mustStartClean = mustStartClean;
  const changes = session.noteChanges(messages.at(-1)?.entry);
  for (const change of nothingLeft) changes.add(change);
  return session;
}

function failureOf(error: unknown): SessionStoreFailure {
  if (error instanceof SessionStoreError) return error.failure;
  return { code: 'unusable', detail: error instanceof Error ? error.message : String(error) };
}
