import type * as sqlite from 'node-sqlite3-wasm';
import type { Database, Statement } from 'node-sqlite3-wasm';

type Values = Parameters<Statement['run']>[0];
/** Of a CommonJS module everything is in `default`, where nothing bundled it. */
type Engine = typeof sqlite & { readonly default?: typeof sqlite };
type Row = Readonly<Record<string, unknown>>;

/** A file that is not what a database of ours is: damaged, or something else. */
export class BrokenDatabaseError extends Error {
  override readonly name = 'BrokenDatabaseError';
}

/** A file that another version of this extension wrote, which knows more. */
export class NewerDatabaseError extends Error {
  override readonly name = 'NewerDatabaseError';
}

/** The most a database may take on the disk, in pages of 4 KiB: 1 GiB. */
const mostPages = 262_144;

/**
 * A database in one file that no other process has open. Its journal is SQLite's write-ahead log, which needs no shared
 * memory where there is one process: a transaction that was committed is with the operating system, so that the death of
 * this process loses nothing, and the disk is waited for only now and then, so that a power cut may lose the last moments
 * and never the rest.
 */
export class SingleDatabase {
  private readonly statements = new Map<string, Statement>();

  private constructor(private readonly database: Database) {}

  /**
   * Opens a file or makes it, and brings it to the newest version. The database engine is loaded with the first.
   * @param migrations what leads from one version to the next; the first makes all of it
   * @throws BrokenDatabaseError where the file is damaged, NewerDatabaseError where it is newer, and the engine's error where
   * it cannot be had
   */
  static async open(path: string, migrations: readonly string[]): Promise<SingleDatabase> {
    const engine: Engine = await import('node-sqlite3-wasm');
    const opened = new SingleDatabase(new (engine.default ?? engine).Database(path));
    try {
      translated(() => opened.prepare(migrations));
      return opened;
    } catch (error) {
      opened.close();
      throw error;
    }
  }

  /** Runs one statement; it is compiled once. */
  run(sql: string, values: Values = []): void {
    try {
      this.statement(sql).run(values);
    } catch (error) {
      // A statement that failed cannot be used again, and the engine has finalised it if it could not even reset it.
      const failed = this.statements.get(sql);
      this.statements.delete(sql);
      if (failed?.isFinalized === false) discard(failed);
      throw error;
    }
  }

  all(sql: string): readonly Row[] {
    return translated(() => this.statement(sql).all());
  }

  /** Everything `action` does, or nothing of it. */
  transaction(action: () => void): void {
    this.run('BEGIN IMMEDIATE');
    try {
      action();
      this.run('COMMIT');
    } catch (error) {
      if (this.database.inTransaction) this.run('ROLLBACK');
      throw error;
    }
  }

  /** Gives back what the engine and the disk hold for it. */
  close(): void {
    for (const statement of this.statements.values()) statement.finalize();
    this.statements.clear();
    this.database.close();
  }

  /** Lets the file shrink to what is in it. */
  shrink(): void {
    this.database.exec('PRAGMA incremental_vacuum');
  }

  private prepare(migrations: readonly string[]): void {
    const { database } = this;
    // Before anything is read: without shared memory a write-ahead log has to have one process.
    database.exec('PRAGMA locking_mode = EXCLUSIVE');
    const version = Number(database.get('PRAGMA user_version')?.['user_version'] ?? 0);
    if (version > migrations.length) throw new NewerDatabaseError();
    if (version === 0) database.exec('PRAGMA auto_vacuum = INCREMENTAL');
    database.exec(
      `PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA max_page_count = ${mostPages}`,
    );
    const problem = database.get('PRAGMA quick_check(1)')?.['quick_check'];
    if (problem !== 'ok')
      throw new BrokenDatabaseError(typeof problem === 'string' ? problem : 'not checked');
    for (let next = version; next < migrations.length; next++) {
      database.exec(`BEGIN; ${migrations[next] ?? ''}; PRAGMA user_version = ${next + 1}; COMMIT`);
    }
  }

  private statement(sql: string): Statement {
    let statement = this.statements.get(sql);
    if (statement === undefined) {
      statement = this.database.prepare(sql);
      this.statements.set(sql, statement);
    }
    return statement;
  }
}

/** Frees a statement that failed; the engine repeats that failure on the occasion. */
function discard(statement: Statement): void {
  try {
    statement.finalize();
  } catch (repeated) {
    // It is freed all the same, and its failure is on its way already.
    if (!statement.isFinalized) throw repeated;
  }
}

/** The engine has no code for what is wrong with a file, only words. */
function translated<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof Error && /malformed|not a database|no such table/.test(error.message)) {
      throw new BrokenDatabaseError(error.message);
    }
    throw error;
  }
}
