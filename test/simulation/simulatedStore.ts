import { SessionStoreError } from '../../src/base/sessionStoreError';
import type {
  KeptSession,
  SessionChange,
  SessionJournal,
  SessionStore,
} from '../../src/session/sessionJournal';
import { MemorySessionStore } from '../support/memorySessionStore';

export interface StoreWorld {
  /** How long opening takes. */
  wait(): Promise<void>;
  /** A client takes up what is kept. */
  opened(kept: KeptSession): void;
  /** That these QoS 2 messages had come was never kept, and nobody knows it any more: their Packet Identifiers. */
  forgot(received: ReadonlySet<number>): void;
  /** What is kept of a batch. */
  changed(changes: readonly SessionChange[]): readonly SessionChange[];
  /** Whether keeping the next batch fails. */
  fails(): boolean;
  /** A batch has just been kept, and nothing that follows from it has been done. */
  kept(): void;
}

/** A store that takes its time, fails now and then, and lets processes end the moment it has kept something. */
export class SimulatedStore implements SessionStore {
  private readonly disk = new MemorySessionStore();
  private owner: object | undefined;
  /** QoS 2 messages that have come, which could not be kept. */
  private readonly unkept = new Set<number>();

  constructor(private readonly world: StoreWorld) {}

  get isOpen(): boolean {
    return this.owner !== undefined;
  }

  /** No message waits for anything. */
  get isEmpty(): boolean {
    const { messages, released } = this.disk.kept;
    return messages.length === 0 && released.length === 0;
  }

  async open(): Promise<SessionJournal> {
    await this.world.wait();
    const journal = await this.disk.open();
    this.owner = journal;
    this.world.opened(journal.kept);
    this.world.forgot(this.unkept);
    this.unkept.clear();
    return {
      kept: journal.kept,
      record: (changes) => {
        if (this.owner !== journal) return; // Nobody is there who could hear of it.
        if (this.world.fails()) {
          for (const change of changes)
            if (change.kind === 'received') this.unkept.add(change.packetIdentifier);
          throw new SessionStoreError({ code: 'unusable', detail: 'simulated' });
        }
        // What failed before has come again with it.
        this.unkept.clear();
        journal.record(this.world.changed(changes));
        this.world.kept();
      },
      // What this disk keeps it gives back.
      setAside: (reason) => Promise.reject(new SessionStoreError({ code: 'unusable', detail: reason })),
      close: () => {
        if (this.owner !== journal) return;
        this.owner = undefined;
        journal.close();
      },
    };
  }

  /** The process that has it open is gone. */
  crash(): void {
    this.owner = undefined;
    this.disk.crash();
  }
}
