import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { SessionChange, SessionJournal } from '../../src/session/sessionJournal';
import type { SessionBound } from '../../src/storage/sessionPruning';
import { SqliteSessionStore } from '../../src/storage/sqliteSessionStore';

/** A QoS 1 or 2 message that is added to a Session. */
export const addedMessage = (
  entry: number,
  packetIdentifier: number,
  bytes = [entry & 0xff, 0, 255],
): SessionChange => ({
  kind: 'added',
  message: {
    entry,
    packetIdentifier,
    packet: Uint8Array.from(bytes),
    acceptedAt: 1_700_000_000_000.25 + entry,
  },
});

/** Sessions on the disk, in a folder of their own. */
export class SessionFolder {
  readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mqtt-workbench-sessions-'));
  readonly sessions = path.join(this.folder, 'sessions');
  /** What was set aside: where, why, and how many messages waited in it. */
  broken: string[] = [];
  /** What had to go for others, by name, and how many messages waited in each. */
  readonly pruned: string[] = [];
  readonly waited: (number | undefined)[] = [];

  /** Where the only Session lies while nobody has it. */
  get place(): string {
    return path.join(this.sessions, fs.readdirSync(this.sessions)[0] ?? '', 'free');
  }

  store(key = 'k', bound?: SessionBound): SqliteSessionStore {
    return new SqliteSessionStore({
      ...(bound && { bound }),
      pruned: ({ name, messages }) => {
        this.pruned.push(name);
        this.waited.push(messages);
      },
      notPruned: (reason) => assert.fail(reason),
      folder: this.sessions,
      key,
      broken: (where, reason, messages) =>
        this.broken.push(`${path.relative(this.folder, where)}: ${reason}, ${messages ?? 'unknown'}`),
    });
  }

  /** What is there after changes, for whoever opens it next. */
  async kept(changes: readonly SessionChange[]): Promise<SessionJournal['kept']> {
    const journal = await this.store().open();
    journal.record(changes);
    journal.close();
    const again = await this.store().open();
    again.close();
    return again.kept;
  }

  remove(): void {
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}
