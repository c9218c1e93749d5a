import { join } from 'node:path';
import { SessionStoreError, type SessionStoreFailure } from '../base/sessionStoreError';
import type { BrokerChange, BrokerJournal, KeptBroker } from '../broker/brokerJournal';
import { brokerMigrations, BrokerTables } from './brokerTables';
import { BrokenDatabaseError, type SingleDatabase } from './database';
import { makeFolder } from './makeFolder';
import { openOwnedDatabase, setDatabaseAside } from './ownedDatabase';
import { OwnedFolder } from './ownedFolder';
import { storeError } from './storeFailure';

const fileName = 'broker.db';

/** How soon after a failure it is tried again, in milliseconds. */
const retryAfter = 1_000;

/** How many bytes of messages may wait while the disk takes nothing; what comes after them cannot be kept any more. */
const mostWaitingBytes = 67_108_864;
/** What a change takes in memory apart from its packet, in bytes. */
const changeBytes = 200;

export interface BrokerStoreOptions {
  /** Its own folder, for one process at a time; made when it is needed. */
  readonly folder: string;
  /** Hears of a database that was damaged and set aside: where it lies now, and why. */
  broken(path: string, reason: string): void;
  /** Hears that steps cannot be kept, once until they can again: nothing is acknowledged meanwhile. */
  failing(failure: SessionStoreFailure): void;
  /** Hears that everything is kept again. */
  recovered(): void;
}

/** Opens what a broker keeps; rejects with a {@link SessionStoreError}, `inUse` where another process has it. */
export async function openBrokerStore(options: BrokerStoreOptions): Promise<BrokerJournal> {
  try {
    makeFolder(options.folder);
    const owned = OwnedFolder.take(join(options.folder, 'broker'));
    if (!owned) throw new SessionStoreError({ code: 'inUse' });
    try {
      const { database, kept, tables } = await openOrReplace(owned, options);
      return new SqliteBrokerJournal(owned, database, tables, kept, options);
    } catch (error) {
      owned.giveBack();
      throw error;
    }
  } catch (error) {
    throw storeError(error);
  }
}

interface Opened {
  readonly database: SingleDatabase;
  readonly tables: BrokerTables;
  readonly kept: KeptBroker;
}

async function openOrReplace(owned: OwnedFolder, options: BrokerStoreOptions): Promise<Opened> {
  try {
    return await open(owned);
  } catch (error) {
    if (!(error instanceof BrokenDatabaseError)) throw error;
    const aside = setDatabaseAside(owned, fileName);
    const opened = await open(owned);
    options.broken(aside, error.message);
    return opened;
  }
}

async function open(owned: OwnedFolder): Promise<Opened> {
  const database = await openOwnedDatabase(owned, fileName, brokerMigrations);
  try {
    const tables = new BrokerTables(database);
    return { database, tables, kept: tables.read() };
  } catch (error) {
    database.close();
    throw error;
  }
}

/** What was noted in one turn becomes safe in one transaction, at its end. */
class SqliteBrokerJournal implements BrokerJournal {
  private changes: BrokerChange[] = [];
  private waitingBytes = 0;
  private waiting: ((isSafe: boolean) => void)[] = [];
  private state: 'idle' | 'scheduled' | 'failing' | 'closed' = 'idle';
  /** Something that was noted had to be dropped: what is on the disk does not belong together with what would follow. */
  private hasGap = false;
  private retry: NodeJS.Timeout | undefined;
  private keptOnce: KeptBroker | undefined;

  constructor(
    private readonly owned: OwnedFolder,
    private readonly database: SingleDatabase,
    private readonly tables: BrokerTables,
    kept: KeptBroker,
    private readonly options: BrokerStoreOptions,
  ) {
    this.keptOnce = kept;
  }

  get kept(): KeptBroker {
    const kept = this.keptOnce;
    if (!kept) throw new Error('What was kept is read once');
    this.keptOnce = undefined;
    return kept;
  }

  record(change: BrokerChange): void {
    if (this.hasGap || this.state === 'closed') return;
    this.waitingBytes += sizeOf(change);
    if (this.state === 'failing' && this.waitingBytes > mostWaitingBytes) {
      this.hasGap = true;
      this.changes = [];
      this.waitingBytes = 0;
      return;
    }
    this.changes.push(change);
    this.schedule();
  }

  whenSafe(done: (isSafe: boolean) => void): void {
    this.waiting.push(done);
    if (this.state === 'failing' || this.state === 'closed') setImmediate(() => this.tell(false));
    else this.schedule();
  }

  close(): Promise<void> {
    if (this.state === 'closed') return Promise.resolve();
    this.commit();
    clearTimeout(this.retry);
    const isSafe = this.state === 'idle';
    this.state = 'closed';
    this.tell(isSafe);
    return Promise.resolve().then(() => this.release());
  }

  private schedule(): void {
    if (this.state !== 'idle') return;
    this.state = 'scheduled';
    setImmediate(() => {
      if (this.state === 'scheduled') this.commit();
    });
  }

  private commit(): void {
    const { changes } = this;
    const wasFailing = this.state === 'failing';
    try {
      // Another process has it: what this one knows of it is the past.
      if (!this.owned.isOwned) throw new SessionStoreError({ code: 'inUse' });
      if (this.hasGap) throw new SessionStoreError({ code: 'unusable', detail: 'steps in between are lost' });
      if (changes.length > 0) this.tables.write(changes);
    } catch (error) {
      this.fail(error, wasFailing);
      return;
    }
    this.changes = [];
    this.waitingBytes = 0;
    this.state = 'idle';
    if (wasFailing) this.options.recovered();
    this.tell(true);
  }

  private fail(error: unknown, wasFailing: boolean): void {
    this.state = 'failing';
    this.retry = setTimeout(() => this.commit(), retryAfter);
    this.retry.unref();
    this.tell(false);
    if (!wasFailing) this.options.failing(storeError(error).failure);
  }

  private tell(isSafe: boolean): void {
    const { waiting } = this;
    this.waiting = [];
    for (const done of waiting) done(isSafe);
  }

  private release(): void {
    try {
      try {
        if (this.owned.isOwned) this.database.shrink();
      } finally {
        this.database.close();
      }
    } catch (error) {
      throw storeError(error);
    } finally {
      this.owned.giveBack();
    }
  }
}

function sizeOf(change: BrokerChange): number {
  if (change.kind === 'message' && change.step.kind === 'added') {
    return changeBytes + change.step.message.packet.length;
  }
  return changeBytes + (change.kind === 'retained' ? change.message.packet.length : 0);
}
