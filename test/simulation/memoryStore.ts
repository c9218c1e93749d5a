import { SessionStoreError } from '../../src/base/sessionStoreError';
import type {
  KeptEntry,
  KeptSession,
  KeptSubscription,
  SessionChange,
  SessionJournal,
  SessionStore,
} from '../../src/session/sessionJournal';

export interface StoreWorld {
  /** A client takes up what is kept. */
  opened(kept: KeptSession): void;
  /** How long opening takes. */
  wait(): Promise<void>;
  /** Whether keeping the next batch fails. */
  fails(): boolean;
  /** A batch has just been kept, and nothing that follows from it has been done. */
  kept(): void;
}

/** What a process leaves behind when it ends, however it ends: everything a journal was told, and nothing else. */
export class MemoryStore implements SessionStore {
  hasBegun = false;
  /** By entry. */
  readonly messages = new Map<number, KeptEntry>();
  private released: number[] = [];
  private readonly received = new Set<number>();
  private readonly subscriptions = new Map<string, KeptSubscription>();
  private owner: MemoryJournal | undefined;

  constructor(readonly world: StoreWorld) {}

  get isOpen(): boolean {
    return this.owner !== undefined;
  }

  async open(): Promise<SessionJournal> {
    await this.world.wait();
    if (this.owner) throw new SessionStoreError({ code: 'inUse' });
    const kept = this.snapshot();
    this.owner = new MemoryJournal(this, kept);
    this.world.opened(kept);
    return this.owner;
  }

  /** The process that has it open is gone: what it still says is not heard. */
  crash(): void {
    this.owner = undefined;
  }

  close(journal: MemoryJournal): void {
    if (this.owner === journal) this.owner = undefined;
  }

  record(journal: MemoryJournal, changes: readonly SessionChange[]): void {
    if (this.owner !== journal) return;
    if (this.world.fails()) throw new SessionStoreError({ code: 'unusable', detail: 'simulated' });
    for (const change of changes) this.apply(change);
    this.world.kept();
  }

  private snapshot(): KeptSession {
    const { hasBegun, released } = this;
    const messages = [...this.messages.values()].sort((one, other) => one.entry - other.entry);
    return {
      ...{ hasBegun, messages, released: [...released] },
      ...{ received: [...this.received], subscriptions: [...this.subscriptions.values()] },
    };
  }

  private apply(change: SessionChange): void {
    switch (change.kind) {
      case 'begun':
        this.hasBegun = change.begun;
        break;
      case 'cleared':
        this.messages.clear();
        this.subscriptions.clear();
        this.received.clear();
        this.released = [];
        break;
      case 'lost':
        for (const kept of this.messages.values()) {
          this.messages.set(kept.entry, { ...kept, packetIdentifier: 0 });
        }
        this.received.clear();
        this.released = [];
        break;
      case 'added': {
        const { entry, packet } = change.message;
        if (this.messages.has(entry)) throw new Error(`entry ${entry} was added twice`);
        this.messages.set(entry, { ...change.message, packet: packet.slice() });
        break;
      }
      case 'sent': {
        const kept = this.messages.get(change.entry);
        if (!kept) throw new Error(`entry ${change.entry} was sent, but never added`);
        this.messages.set(change.entry, { ...kept, packetIdentifier: change.packetIdentifier });
        break;
      }
      case 'forgotten':
        this.messages.delete(change.entry);
        break;
      case 'released':
        this.removeSent(change.packetIdentifier);
        this.released.push(change.packetIdentifier);
        break;
      case 'completed':
        this.removeSent(change.packetIdentifier);
        this.released = this.released.filter((identifier) => identifier !== change.packetIdentifier);
        break;
      case 'received':
        this.received.add(change.packetIdentifier);
        break;
      case 'receivedReleased':
        this.received.delete(change.packetIdentifier);
        break;
      case 'subscribed': {
        const { topicFilter, packet } = change.subscription;
        this.subscriptions.set(topicFilter, { ...change.subscription, packet: packet.slice() });
        break;
      }
      case 'unsubscribed':
        this.subscriptions.delete(change.topicFilter);
        break;
    }
  }

  private removeSent(packetIdentifier: number): void {
    for (const [entry, kept] of this.messages) {
      if (kept.packetIdentifier === packetIdentifier) this.messages.delete(entry);
    }
  }
}

class MemoryJournal implements SessionJournal {
  constructor(
    private readonly store: MemoryStore,
    readonly kept: KeptSession,
  ) {}

  record(changes: readonly SessionChange[]): void {
    this.store.record(this, changes);
  }

  close(): void {
    this.store.close(this);
  }
}
