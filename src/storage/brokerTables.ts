import { assertNever } from '../base/assert';
import type {
  BrokerChange,
  KeptBroker,
  KeptBrokerSession,
  KeptSessionState,
  MessageStep,
} from '../broker/brokerJournal';
import type { KeptEntry } from '../session/sessionJournal';
import { BrokenDatabaseError, type SingleDatabase } from './database';

/**
 * Version by version. A message that goes to one Session has its packet beside it; what goes to several in one batch is kept
 * once in `content`, with the number of those who have it still.
 */
export const brokerMigrations = [
  `CREATE TABLE session (
     id INTEGER PRIMARY KEY, client_identifier TEXT NOT NULL UNIQUE, expiry_interval REAL NOT NULL, left_at REAL,
     will BLOB, will_delay REAL
   );
   CREATE TABLE subscription (
     session INTEGER NOT NULL, topic_filter TEXT NOT NULL, qos INTEGER NOT NULL, no_local INTEGER NOT NULL,
     retain_as_published INTEGER NOT NULL, identifier INTEGER NOT NULL, PRIMARY KEY (session, topic_filter)
   ) WITHOUT ROWID;
   CREATE TABLE content (id INTEGER PRIMARY KEY, packet BLOB NOT NULL, uses INTEGER NOT NULL);
   CREATE TABLE message (
     session INTEGER NOT NULL, entry INTEGER NOT NULL, packet_identifier INTEGER, accepted_at REAL NOT NULL, packet BLOB,
     content INTEGER, PRIMARY KEY (session, entry)
   ) WITHOUT ROWID;
   CREATE UNIQUE INDEX message_identifier ON message (session, packet_identifier) WHERE packet_identifier IS NOT NULL;
   CREATE TABLE released (
     ordinal INTEGER PRIMARY KEY, session INTEGER NOT NULL, packet_identifier INTEGER NOT NULL,
     UNIQUE (session, packet_identifier)
   );
   CREATE TABLE received (
     session INTEGER NOT NULL, packet_identifier INTEGER NOT NULL, PRIMARY KEY (session, packet_identifier)
   ) WITHOUT ROWID;
   CREATE TABLE retained (topic_name TEXT PRIMARY KEY, accepted_at REAL NOT NULL, packet BLOB NOT NULL);
   CREATE TRIGGER message_gone AFTER DELETE ON message WHEN old.content IS NOT NULL BEGIN
     UPDATE content SET uses = uses - 1 WHERE id = old.content;
     DELETE FROM content WHERE id = old.content AND uses <= 0;
   END;
   CREATE TRIGGER session_gone AFTER DELETE ON session BEGIN
     DELETE FROM message WHERE session = old.id;
     DELETE FROM subscription WHERE session = old.id;
     DELETE FROM released WHERE session = old.id;
     DELETE FROM received WHERE session = old.id;
   END`,
  `ALTER TABLE message ADD COLUMN shared TEXT`,
  `ALTER TABLE session ADD COLUMN user_name TEXT;
   ALTER TABLE subscription ADD COLUMN awaits_retained INTEGER NOT NULL DEFAULT 0`,
  // Of a row without a name nobody can tell whether its client had none, or it is of before names were kept.
  `ALTER TABLE session ADD COLUMN user_known INTEGER NOT NULL DEFAULT 0;
   UPDATE session SET user_known = 1 WHERE user_name IS NOT NULL`,
];

/** The numbers that Sessions and shared packets have in the database. */
export class BrokerTables {
  private sessions = new Map<string, number>();
  private lastSession = 0;
  private lastContent = 0;

  constructor(private readonly database: SingleDatabase) {
    this.readNumbers();
  }

  /** Everything that is kept. */
  read(): KeptBroker {
    const { database } = this;
    const contents = new Map(
      database.all('SELECT id, packet FROM content').map((row) => [row['id'], bytesOf(row['packet'])]),
    );
    const subscriptions = this.bySession('SELECT * FROM subscription', (row) => ({
      topicFilter: String(row['topic_filter']),
      qos: qosOf(row['qos']),
      noLocal: row['no_local'] === 1,
      retainAsPublished: row['retain_as_published'] === 1,
      identifier: Number(row['identifier']),
      awaitsRetained: row['awaits_retained'] === 1,
    }));
    const messages = this.bySession('SELECT * FROM message ORDER BY session, entry', (row): KeptEntry => ({
      entry: Number(row['entry']),
      packetIdentifier: Number(row['packet_identifier'] ?? 0),
      acceptedAt: Number(row['accepted_at']),
      packet: bytesOf(row['packet'] ?? contents.get(row['content'])),
      ...(typeof row['shared'] === 'string' && { shared: row['shared'] }),
    }));
    const identifier = (row: Row) => Number(row['packet_identifier']);
    const released = this.bySession('SELECT * FROM released ORDER BY ordinal', identifier);
    const received = this.bySession('SELECT * FROM received', identifier);
    return {
      sessions: database.all('SELECT * FROM session ORDER BY id').map((row): KeptBrokerSession => ({
        ...stateOf(row),
        subscriptions: subscriptions.get(row['id']) ?? [],
        messages: messages.get(row['id']) ?? [],
        released: released.get(row['id']) ?? [],
        received: received.get(row['id']) ?? [],
      })),
      retained: database
        .all('SELECT * FROM retained')
        .map((row) => [
          String(row['topic_name']),
          { acceptedAt: Number(row['accepted_at']), packet: bytesOf(row['packet']) },
        ]),
    };
  }

  /** Writes a batch in one transaction; where that fails nothing of it is there. Throws the engine's error. */
  write(changes: readonly BrokerChange[]): void {
    try {
      this.database.transaction(() => {
        const contents = this.writeContents(changes);
        for (const change of changes) this.apply(change, contents);
      });
    } catch (error) {
      this.readNumbers();
      throw error;
    }
  }

  private readNumbers(): void {
    const rows = this.database.all('SELECT id, client_identifier FROM session');
    this.sessions = new Map(rows.map((row) => [String(row['client_identifier']), Number(row['id'])]));
    this.lastSession = Math.max(0, ...this.largest('session'));
    this.lastContent = Math.max(0, ...this.largest('content'));
  }

  private largest(table: 'session' | 'content'): number[] {
    return this.database
      .all(`SELECT max(id) AS largest FROM ${table}`)
      .map((row) => Number(row['largest'] ?? 0));
  }

  private bySession<T>(sql: string, item: (row: Row) => T): Map<unknown, T[]> {
    const items = new Map<unknown, T[]>();
    for (const row of this.database.all(sql)) {
      const those = items.get(row['session']);
      if (those) those.push(item(row));
      else items.set(row['session'], [item(row)]);
    }
    return items;
  }

  /** What several messages of the batch have in common is written once; returns its numbers. */
  private writeContents(changes: readonly BrokerChange[]): ReadonlyMap<Uint8Array, number> {
    const uses = new Map<Uint8Array, number>();
    for (const change of changes) {
      if (change.kind !== 'message' || change.step.kind !== 'added') continue;
      const { packet } = change.step.message;
      uses.set(packet, (uses.get(packet) ?? 0) + 1);
    }
    const contents = new Map<Uint8Array, number>();
    for (const [packet, count] of uses) {
      if (count === 1) continue;
      contents.set(packet, ++this.lastContent);
      this.database.run('INSERT INTO content VALUES (?, ?, ?)', [this.lastContent, packet, count]);
    }
    return contents;
  }

  private apply(change: BrokerChange, contents: ReadonlyMap<Uint8Array, number>): void {
    const { database } = this;
    switch (change.kind) {
      case 'session':
        return this.writeSession(change.session);
      case 'sessionEnded':
        database.run('DELETE FROM session WHERE id = ?', [this.numberOf(change.clientIdentifier)]);
        this.sessions.delete(change.clientIdentifier);
        return;
      case 'subscribed': {
        const { topicFilter, qos, noLocal, retainAsPublished, identifier, awaitsRetained } =
          change.subscription;
        const session = this.numberOf(change.clientIdentifier);
        return database.run('INSERT OR REPLACE INTO subscription VALUES (?, ?, ?, ?, ?, ?, ?)', [
          ...[session, topicFilter, qos],
          ...[Number(noLocal), Number(retainAsPublished), identifier, Number(awaitsRetained)],
        ]);
      }
      case 'unsubscribed':
        return database.run('DELETE FROM subscription WHERE session = ? AND topic_filter = ?', [
          this.numberOf(change.clientIdentifier),
          change.topicFilter,
        ]);
      case 'message':
        return this.applyStep(this.numberOf(change.clientIdentifier), change.step, contents);
      case 'retained':
        return database.run('INSERT OR REPLACE INTO retained VALUES (?, ?, ?)', [
          change.topicName,
          change.message.acceptedAt,
          change.message.packet,
        ]);
      case 'retainedRemoved':
        return database.run('DELETE FROM retained WHERE topic_name = ?', [change.topicName]);
      default:
        assertNever(change);
    }
  }

  private applyStep(session: number, step: MessageStep, contents: ReadonlyMap<Uint8Array, number>): void {
    const { database } = this;
    switch (step.kind) {
      case 'added': {
        const { entry, packetIdentifier, acceptedAt, packet, shared = null } = step.message;
        const content = contents.get(packet) ?? null;
        return database.run('INSERT INTO message VALUES (?, ?, ?, ?, ?, ?, ?)', [
          ...[session, entry, packetIdentifier === 0 ? null : packetIdentifier, acceptedAt],
          ...[content === null ? packet : null, content, shared],
        ]);
      }
      case 'sent':
        return database.run('UPDATE message SET packet_identifier = ? WHERE session = ? AND entry = ?', [
          ...[step.packetIdentifier, session, step.entry],
        ]);
      case 'forgotten':
        return database.run('DELETE FROM message WHERE session = ? AND entry = ?', [session, step.entry]);
      case 'released':
        this.deleteByIdentifier('message', session, step.packetIdentifier);
        return database.run('INSERT OR REPLACE INTO released (session, packet_identifier) VALUES (?, ?)', [
          ...[session, step.packetIdentifier],
        ]);
      case 'completed':
        this.deleteByIdentifier('message', session, step.packetIdentifier);
        return this.deleteByIdentifier('released', session, step.packetIdentifier);
      case 'received':
        return database.run('INSERT OR IGNORE INTO received VALUES (?, ?)', [session, step.packetIdentifier]);
      case 'receivedReleased':
        return this.deleteByIdentifier('received', session, step.packetIdentifier);
      default:
        assertNever(step);
    }
  }

  private deleteByIdentifier(
    table: 'message' | 'released' | 'received',
    session: number,
    identifier: number,
  ): void {
    const sql = `DELETE FROM ${table} WHERE session = ? AND packet_identifier = ?`;
    this.database.run(sql, [session, identifier]);
  }

  private writeSession(session: KeptSessionState): void {
    const { clientIdentifier, userName, isUserUnknown = false, expiryInterval, leftAt, will } = session;
    let id = this.sessions.get(clientIdentifier);
    if (id === undefined) this.sessions.set(clientIdentifier, (id = ++this.lastSession));
    // Not REPLACE: that would delete the row, and with it what belongs to the Session.
    const sql = `INSERT INTO session VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET
      expiry_interval = excluded.expiry_interval, left_at = excluded.left_at, will = excluded.will,
      will_delay = excluded.will_delay, user_name = excluded.user_name,
      user_known = excluded.user_known`;
    this.database.run(sql, [
      ...[id, clientIdentifier, expiryInterval, leftAt ?? null],
      ...[will?.packet ?? null, will?.delay ?? null, userName ?? null, Number(!isUserUnknown)],
    ]);
  }

  private numberOf(clientIdentifier: string): number {
    const number = this.sessions.get(clientIdentifier);
    if (number === undefined) throw new Error(`No Session of "${clientIdentifier}" is kept`);
    return number;
  }
}

type Row = Readonly<Record<string, unknown>>;

function stateOf(row: Row): KeptSessionState {
  const { will, left_at: leftAt, user_name: userName, user_known: userKnown } = row;
  return {
    clientIdentifier: String(row['client_identifier']),
    userName: typeof userName === 'string' ? userName : undefined,
    ...(userKnown !== 1 && { isUserUnknown: true }),
    expiryInterval: Number(row['expiry_interval']),
    leftAt: leftAt === null ? undefined : Number(leftAt),
    will: will === null ? undefined : { packet: bytesOf(will), delay: Number(row['will_delay']) },
  };
}

function bytesOf(value: unknown): Uint8Array {
  if (!(value instanceof Uint8Array)) throw new BrokenDatabaseError('a packet is not bytes');
  return value;
}

function qosOf(value: unknown): 0 | 1 | 2 {
  if (value === 0 || value === 1 || value === 2) return value;
  throw new BrokenDatabaseError('a QoS is none');
}
