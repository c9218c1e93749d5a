import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { assertNever } from '../base/assert';
import { SessionStoreError } from '../base/sessionStoreError';
import type { KeptSession, SessionChange, SessionJournal, SessionStore } from '../session/sessionJournal';
import { BrokenDatabaseError, type SingleDatabase } from './database';
import { makeFolder } from './makeFolder';
import { openOwnedDatabase, setDatabaseAside } from './ownedDatabase';
import { OwnedFolder } from './ownedFolder';
import { defaultSessionBound, type PrunedSession, pruneSessions, type SessionBound } from './sessionPruning';
import { storeError } from './storeFailure';

/** Version by version. A message has no identifier while it was never sent; one that was released needs no bytes. */
const migrations = [
  `CREATE TABLE session (id INTEGER PRIMARY KEY CHECK (id = 1), begun INTEGER NOT NULL);
   INSERT INTO session VALUES (1, 0);
   CREATE TABLE message (
     entry INTEGER PRIMARY KEY, packet_identifier INTEGER UNIQUE, accepted_at REAL NOT NULL, packet BLOB NOT NULL
   );
   CREATE TABLE released (ordinal INTEGER PRIMARY KEY, packet_identifier INTEGER NOT NULL UNIQUE);
   CREATE TABLE received (packet_identifier INTEGER PRIMARY KEY);
   CREATE TABLE subscription (topic_filter TEXT PRIMARY KEY, packet BLOB NOT NULL, reason_code INTEGER NOT NULL)`,
];

const fileName = 'session.db';

/** The bits of `begun`. */
const begun = 1;
const mustStartClean = 2;
const doubted = 4;

export interface SqliteSessionStoreOptions {
  /** Where the Sessions of all clients of this user are: a folder for each. It is made when it is needed. */
  readonly folder: string;
  /** What tells one Session from another: the server, the user and the Client Identifier. */
  readonly key: string;
  /**
   * Hears of a database that was damaged and set aside: where it lies now.
   * @param messages how many were to be sent; undefined where that is not to be read either
   */
  broken(path: string, reason: string, messages: number | undefined): void;
  /** How much all of them may take; {@link defaultSessionBound} if absent. */
  readonly bound?: SessionBound;
  /** Hears of a Session that was removed, because all together were beyond the bound and it was not used for longest. */
  pruned(session: PrunedSession): void;
  /** Hears why none could be removed. */
  notPruned(reason: string): void;
}

/** Keeps a Session in an SQLite database of its own, for one process at a time. */
export class SqliteSessionStore implements SessionStore {
  constructor(private readonly options: SqliteSessionStoreOptions) {}

  async open(): Promise<SessionJournal> {
    try {
      const { folder, key } = this.options;
      const name = createHash('sha256').update(key).digest('hex').slice(0, 32);
      makeFolder(folder);
      const owned = OwnedFolder.take(join(folder, name));
      if (!owned) throw new SessionStoreError({ code: 'inUse' });
      try {
        const journal = await this.journalIn(owned);
        await this.prune(name);
        return journal;
      } catch (error) {
        owned.giveBack();
        throw error;
      }
    } catch (error) {
      throw storeError(error);
    }
  }

  /** A Session can be used although others cannot be removed. */
  private async prune(kept: string): Promise<void> {
    const { folder, bound = defaultSessionBound } = this.options;
    try {
      await pruneSessions(folder, kept, bound, messagesIn, (session) => this.options.pruned(session));
    } catch (error) {
      this.options.notPruned(error instanceof Error ? error.message : String(error));
    }
  }

  private async journalIn(owned: OwnedFolder): Promise<SessionJournal> {
    try {
      return await this.journalOf(owned, false);
    } catch (error) {
      if (!(error instanceof BrokenDatabaseError)) throw error;
      return this.journalAfter(owned, error.message, undefined);
    }
  }

  /** What lies there goes aside, and an empty one takes its place. */
  private async journalAfter(
    owned: OwnedFolder,
    reason: string,
    messages: number | undefined,
  ): Promise<SessionJournal> {
    const aside = setDatabaseAside(owned, fileName);
    const journal = await this.journalOf(owned, true);
    this.options.broken(aside, reason, messages);
    return journal;
  }

  /** @param isLost another one lay there before: the server may know of a Session that nobody here knows any more */
  private async journalOf(owned: OwnedFolder, isLost: boolean): Promise<SessionJournal> {
    const database = await openOwnedDatabase(owned, fileName, migrations);
    try {
      if (isLost) database.run('UPDATE session SET begun = ?', [mustStartClean]);
      const kept = keptIn(database);
      return new SqliteSessionJournal(owned, database, kept, (reason) =>
        this.journalAfter(owned, reason, kept.messages.length),
      );
    } catch (error) {
      database.close();
      throw error;
    }
  }
}

class SqliteSessionJournal implements SessionJournal {
  private isClosed = false;

  constructor(
    private readonly owned: OwnedFolder,
    private readonly database: SingleDatabase,
    readonly kept: KeptSession,
    private readonly replaced: (reason: string) => Promise<SessionJournal>,
  ) {}

  record(changes: readonly SessionChange[]): void {
    // Another process has it: what this one knows of it is the past.
    if (this.isClosed || !this.owned.isOwned) throw new SessionStoreError({ code: 'inUse' });
    try {
      this.database.transaction(() => {
        for (const change of changes) apply(this.database, change);
      });
    } catch (error) {
      throw storeError(error);
    }
  }

  async setAside(reason: string): Promise<SessionJournal> {
    this.isClosed = true;
    try {
      return await this.replacement(reason);
    } catch (error) {
      throw storeError(error);
    }
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    try {
      try {
        this.release();
      } finally {
        this.owned.giveBack();
      }
    } catch (error) {
      throw storeError(error);
    }
  }

  private async replacement(reason: string): Promise<SessionJournal> {
    try {
      this.database.close();
      return await this.replaced(reason);
    } catch (error) {
      this.owned.giveBack();
      throw error;
    }
  }

  private release(): void {
    try {
      if (this.owned.isOwned) this.database.shrink();
    } finally {
      this.database.close();
    }
  }
}

/** How many messages wait in a Session that is about to be removed. Throws where that is not to be read. */
async function messagesIn(owned: OwnedFolder): Promise<number> {
  const database = await openOwnedDatabase(owned, fileName, migrations);
  try {
    return Number(database.all('SELECT count(*) AS messages FROM message')[0]?.['messages']);
  } finally {
    database.close();
  }
}

function keptIn(database: SingleDatabase): KeptSession {
  const identifiers = (sql: string) =>
    database.all(sql).map(({ packet_identifier: identifier }) => Number(identifier));
  const flags = Number(database.all('SELECT begun FROM session')[0]?.['begun'] ?? 0);
  return {
    hasBegun: (flags & begun) !== 0,
    mustStartClean: (flags & mustStartClean) !== 0,
    isDoubted: (flags & doubted) !== 0,
    messages: database.all('SELECT * FROM message ORDER BY entry').map((row) => ({
      entry: Number(row['entry']),
      packetIdentifier: Number(row['packet_identifier'] ?? 0),
      acceptedAt: Number(row['accepted_at']),
      packet: bytesOf(row['packet']),
    })),
    released: identifiers('SELECT packet_identifier FROM released ORDER BY ordinal'),
    received: identifiers('SELECT packet_identifier FROM received'),
    subscriptions: database.all('SELECT * FROM subscription ORDER BY rowid').map((row) => ({
      topicFilter: String(row['topic_filter']),
      packet: bytesOf(row['packet']),
      reasonCode: Number(row['reason_code']),
    })),
  };
}

function bytesOf(value: unknown): Uint8Array {
  if (!(value instanceof Uint8Array)) throw new BrokenDatabaseError('a packet is not bytes');
  return value;
}

function apply(database: SingleDatabase, change: SessionChange): void {
  switch (change.kind) {
    case 'begun':
      return database.run(`UPDATE session SET begun = (begun & ~${begun}) | ?`, [change.begun ? begun : 0]);
    case 'startedClean':
      return database.run(`UPDATE session SET begun = begun & ~${mustStartClean}`);
    case 'doubted':
      return database.run(`UPDATE session SET begun = (begun & ~${doubted}) | ?`, [
        change.doubted ? doubted : 0,
      ]);
    case 'cleared':
      for (const table of ['message', 'released', 'received', 'subscription']) {
        database.run(`DELETE FROM ${table}`);
      }
      return;
    case 'lost':
      database.run('UPDATE message SET packet_identifier = NULL WHERE packet_identifier IS NOT NULL');
      database.run('DELETE FROM released');
      return database.run('DELETE FROM received');
    case 'added': {
      const { entry, packetIdentifier, acceptedAt, packet } = change.message;
      const identifier = packetIdentifier === 0 ? null : packetIdentifier;
      return database.run('INSERT INTO message VALUES (?, ?, ?, ?)', [entry, identifier, acceptedAt, packet]);
    }
    case 'sent':
      return database.run('UPDATE message SET packet_identifier = ? WHERE entry = ?', [
        change.packetIdentifier,
        change.entry,
      ]);
    case 'forgotten':
      return database.run('DELETE FROM message WHERE entry = ?', [change.entry]);
    case 'released':
      database.run('DELETE FROM message WHERE packet_identifier = ?', [change.packetIdentifier]);
      return database.run('INSERT INTO released (packet_identifier) VALUES (?)', [change.packetIdentifier]);
    case 'completed':
      database.run('DELETE FROM message WHERE packet_identifier = ?', [change.packetIdentifier]);
      return database.run('DELETE FROM released WHERE packet_identifier = ?', [change.packetIdentifier]);
    case 'received':
      return database.run('INSERT OR IGNORE INTO received VALUES (?)', [change.packetIdentifier]);
    case 'receivedReleased':
      return database.run('DELETE FROM received WHERE packet_identifier = ?', [change.packetIdentifier]);
    case 'subscribed': {
      const { topicFilter, packet, reasonCode } = change.subscription;
      return database.run('INSERT OR REPLACE INTO subscription VALUES (?, ?, ?)', [
        topicFilter,
        packet,
        reasonCode,
      ]);
    }
    case 'unsubscribed':
      return database.run('DELETE FROM subscription WHERE topic_filter = ?', [change.topicFilter]);
    default:
      assertNever(change);
  }
}
