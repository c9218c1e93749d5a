import assert from 'node:assert/strict';
import { SessionStoreError } from '../../src/base/sessionStoreError';
import type {
  KeptEntry,
  KeptSession,
  KeptSubscription,
  SessionChange,
  SessionJournal,
  SessionStore,
} from '../../src/session/sessionJournal';

/**
 * A session store whose disk is this object: what a journal was told is there for the next one, as after the crash of a
 * process, which a test plays with {@link MemorySessionStore.crash}. It takes no step that does not fit what went before.
 */
export class MemorySessionStore implements SessionStore {
  private hasBegun = false;
  /** What was kept got lost. */
  mustStartClean = false;
  private isDoubted = false;
  private readonly messages = new Map<number, KeptEntry>();
  private released: number[] = [];
  private received: number[] = [];
  private readonly subscriptions = new Map<string, KeptSubscription>();
  private owner: object | undefined;
  /** How many batches were kept. */
  batches = 0;
  /** What the disk says to the next batch. */
  failure: string | undefined;

  /** Why what was kept went aside. */
  readonly aside: string[] = [];

  open(): Promise<SessionJournal> {
    if (this.owner) return Promise.reject(new SessionStoreError({ code: 'inUse' }));
    const owner = {};
    this.owner = owner;
    return Promise.resolve({
      kept: this.kept,
      record: (changes) => {
        if (this.owner !== owner) throw new SessionStoreError({ code: 'inUse' });
        if (this.failure !== undefined) {
          throw new SessionStoreError({ code: 'unusable', detail: this.failure });
        }
        this.batches++;
        for (const change of changes) this.apply(change);
      },
      setAside: (reason) => {
        this.aside.push(`${reason}: ${this.messages.size}`);
        this.apply({ kind: 'cleared' });
        this.hasBegun = false;
        this.mustStartClean = true;
        this.isDoubted = false;
        this.owner = undefined;
        return this.open();
      },
      close: () => {
        if (this.owner === owner) this.owner = undefined;
      },
    });
  }

  /** The process that had it is gone: what it still tells is not heard. */
  crash(): void {
    this.owner = undefined;
  }

  get kept(): KeptSession {
    return {
      hasBegun: this.hasBegun,
      mustStartClean: this.mustStartClean,
      isDoubted: this.isDoubted,
      messages: [...this.messages.values()].sort((one, other) => one.entry - other.entry),
      released: [...this.released],
      received: [...this.received],
      subscriptions: [...this.subscriptions.values()],
    };
  }

  private apply(change: SessionChange): void {
    switch (change.kind) {
      case 'begun':
        this.hasBegun = change.begun;
        break;
      case 'startedClean':
        this.mustStartClean = false;
        break;
      case 'doubted':
        this.isDoubted = change.doubted;
        break;
      case 'cleared':
        this.messages.clear();
        this.subscriptions.clear();
        this.released = [];
        this.received = [];
        break;
      case 'lost':
        for (const message of this.messages.values()) {
          this.messages.set(message.entry, { ...message, packetIdentifier: 0 });
        }
        this.released = [];
        this.received = [];
        break;
      case 'added': {
        const { entry, packetIdentifier, packet } = change.message;
        assert.ok(!this.messages.has(entry));
        if (packetIdentifier > 0) assert.equal(this.sent(packetIdentifier), undefined);
        this.messages.set(entry, { ...change.message, packet: packet.slice() });
        break;
      }
      case 'sent': {
        const message = this.messages.get(change.entry);
        assert.equal(message?.packetIdentifier, 0);
        assert.equal(this.sent(change.packetIdentifier), undefined);
        this.messages.set(change.entry, { ...message, packetIdentifier: change.packetIdentifier });
        break;
      }
      case 'forgotten':
        assert.ok(this.messages.delete(change.entry));
        break;
      case 'released': {
        const message = this.sent(change.packetIdentifier);
        assert.ok(message);
        this.messages.delete(message.entry);
        this.released.push(change.packetIdentifier);
        break;
      }
      case 'completed': {
        const message = this.sent(change.packetIdentifier);
        assert.ok(message ?? this.released.includes(change.packetIdentifier));
        if (message) this.messages.delete(message.entry);
        this.released = this.released.filter((identifier) => identifier !== change.packetIdentifier);
        break;
      }
      case 'received':
        assert.ok(!this.received.includes(change.packetIdentifier));
        this.received.push(change.packetIdentifier);
        break;
      case 'receivedReleased':
        assert.ok(this.received.includes(change.packetIdentifier));
        this.received = this.received.filter((identifier) => identifier !== change.packetIdentifier);
        break;
      case 'subscribed':
        this.subscriptions.set(change.subscription.topicFilter, change.subscription);
        break;
      case 'unsubscribed':
        this.subscriptions.delete(change.topicFilter);
        break;
    }
  }

  private sent(packetIdentifier: number): KeptEntry | undefined {
    return [...this.messages.values()].find((message) => message.packetIdentifier === packetIdentifier);
  }
}
