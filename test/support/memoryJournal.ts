import type {
  BrokerChange,
  BrokerJournal,
  KeptBroker,
  KeptBrokerSession,
} from '../../src/broker/brokerJournal';
import type { KeptEntry, KeptMessage } from '../../src/session/sessionJournal';

interface Kept {
  state: Omit<KeptBrokerSession, 'subscriptions' | 'messages' | 'released' | 'received'>;
  readonly subscriptions: Map<string, KeptBrokerSession['subscriptions'][number]>;
  readonly messages: Map<number, KeptEntry>;
  readonly released: Set<number>;
  readonly received: Set<number>;
}

/** A disk: what was written to it survives the broker that wrote it. */
export class MemoryDisk {
  private readonly sessions = new Map<string, Kept>();
  private readonly retained = new Map<string, KeptMessage>();

  write(change: BrokerChange): void {
    if (change.kind === 'retained') return void this.retained.set(change.topicName, change.message);
    if (change.kind === 'retainedRemoved') return void this.retained.delete(change.topicName);
    if (change.kind === 'session') {
      const { session } = change;
      const known = this.sessions.get(session.clientIdentifier);
      if (known) known.state = session;
      else {
        this.sessions.set(session.clientIdentifier, {
          ...{ state: session, subscriptions: new Map(), messages: new Map() },
          ...{ released: new Set(), received: new Set() },
        });
      }
      return;
    }
    if (change.kind === 'sessionEnded') return void this.sessions.delete(change.clientIdentifier);
    const kept = this.sessions.get(change.clientIdentifier);
    if (!kept) throw new Error(`${change.kind} of a Session that is not kept`);
    if (change.kind === 'subscribed') {
      kept.subscriptions.set(change.subscription.topicFilter, change.subscription);
    } else if (change.kind === 'unsubscribed') kept.subscriptions.delete(change.topicFilter);
    else this.step(kept, change.step);
  }

  get kept(): KeptBroker {
    return {
      sessions: [...this.sessions.values()].map(({ state, subscriptions, messages, released, received }) => ({
        ...state,
        subscriptions: [...subscriptions.values()],
        messages: [...messages.values()].sort((one, other) => one.entry - other.entry),
        released: [...released],
        received: [...received],
      })),
      retained: [...this.retained],
    };
  }

  private step(kept: Kept, step: Extract<BrokerChange, { kind: 'message' }>['step']): void {
    switch (step.kind) {
      case 'added':
        kept.messages.set(step.message.entry, step.message);
        break;
      case 'sent': {
        const message = kept.messages.get(step.entry);
        if (message) kept.messages.set(step.entry, { ...message, packetIdentifier: step.packetIdentifier });
        break;
      }
      case 'forgotten':
        kept.messages.delete(step.entry);
        break;
      case 'released':
      case 'completed':
        for (const [entry, { packetIdentifier }] of kept.messages) {
          if (packetIdentifier === step.packetIdentifier) kept.messages.delete(entry);
        }
        if (step.kind === 'released') kept.released.add(step.packetIdentifier);
        else kept.released.delete(step.packetIdentifier);
        break;
      case 'received':
        kept.received.add(step.packetIdentifier);
        break;
      case 'receivedReleased':
        kept.received.delete(step.packetIdentifier);
        break;
    }
  }
}

/** A journal that writes when the test says so, or at the end of the turn. */
export class MemoryJournal implements BrokerJournal {
  readonly kept: KeptBroker;
  isSlow = false;
  isBroken = false;
  private batch: BrokerChange[] = [];
  private asked: ((isSafe: boolean) => void)[] = [];

  constructor(private readonly disk: MemoryDisk) {
    this.kept = disk.kept;
  }

  record(change: BrokerChange): void {
    this.batch.push(change);
  }

  whenSafe(done: (isSafe: boolean) => void): void {
    this.asked.push(done);
    if (this.asked.length === 1 && !this.isSlow) queueMicrotask(() => this.commit());
  }

  /** Writes everything in one transaction; what cannot be written is tried again with what follows. */
  commit(): void {
    const { batch, asked } = this;
    this.asked = [];
    if (!this.isBroken) {
      this.batch = [];
      for (const change of batch) this.disk.write(change);
      this.written();
    }
    for (const done of asked) done(!this.isBroken);
  }

  /** A transaction is over, and nobody has heard of it. */
  protected written(): void {
    // Nothing happens here then.
  }

  close(): Promise<void> {
    this.commit();
    return Promise.resolve();
  }
}
