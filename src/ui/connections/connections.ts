import type { Disposable } from '../../base/lifecycle';
import { DisposableStack, Emitter } from '../../base/lifecycle';
import type { ClientFailure } from '../../client/clientFailure';
import type { KeptFailure, Retry } from '../../client/mqttClient';
import type { ConnectionProfile, InvalidProfile } from './connectionProfile';
import { LiveConnection, type LiveConnectionDependencies } from './liveConnection';
import type { ProfileStore } from './profileStore';

interface Entry {
  readonly connection: LiveConnection;
  readonly listeners: DisposableStack;
}

/** One {@link LiveConnection} for each profile of the settings, kept in step with them. */
export class Connections implements Disposable {
  private readonly held = new DisposableStack();
  private readonly changed = this.held.add(new Emitter<LiveConnection | undefined>());
  private readonly failed = this.held.add(
    new Emitter<{ readonly connection: LiveConnection; readonly failure: ClientFailure }>(),
  );
  private readonly postponed = this.held.add(new Emitter<LiveConnection>());
  private readonly retried = this.held.add(
    new Emitter<{ readonly connection: LiveConnection; readonly retry: Retry }>(),
  );
  private readonly keptFailed = this.held.add(
    new Emitter<{ readonly connection: LiveConnection; readonly failure: KeptFailure }>(),
  );
  private entries = new Map<string, Entry>();
  /** Those that the settings have no more, until they are disconnected. */
  private readonly leaving = new Set<Entry>();
  /** The key that a connection had, by the one it is going to have. */
  private readonly renames = new Map<string, string>();
  private unusable: readonly InvalidProfile[] = [];
  private lastRead: string | undefined;

  /** One connection changed; undefined: there are others than before. */
  readonly onDidChange = this.changed.event;
  readonly onDidFail = this.failed.event;
  /** A connection is down and will be made again; fired before each attempt. */
  readonly onDidRetry = this.retried.event;
  /** A message of earlier, for which nobody waits any more, did not get through. */
  readonly onKeptFailed = this.keptFailed.event;
  /** The settings of a connection changed, which shows only when it connects again. */
  readonly onDidPostpone = this.postponed.event;

  constructor(
    private readonly profiles: Pick<ProfileStore, 'all' | 'onDidChange'>,
    private readonly dependencies: LiveConnectionDependencies,
  ) {
    this.held.add(profiles.onDidChange(() => this.reconcile()));
    this.reconcile();
  }

  /** In the order of the settings, the user's first. */
  all(): readonly LiveConnection[] {
    return Array.from(this.entries.values(), ({ connection }) => connection);
  }

  connected(): readonly LiveConnection[] {
    return this.all().filter(({ isConnected }) => isConnected);
  }

  get(key: string): LiveConnection | undefined {
    return this.entries.get(key)?.connection;
  }

  /** The connection a name stands for; the workspace's goes before the user's, as settings do. */
  named(name: string): LiveConnection | undefined {
    return this.get(`workspace:${name}`) ?? this.get(`user:${name}`);
  }

  /** Entries of the settings that are not understood. */
  invalid(): readonly InvalidProfile[] {
    return this.unusable;
  }

  /**
   * The settings are about to call a connection something else: it goes on under the new key. To be disposed of where the
   * settings could not be written.
   */
  expectRename(from: string, to: string): Disposable {
    if (from !== to) this.renames.set(to, from);
    return { dispose: () => this.renames.delete(to) };
  }

  /** Ends every connection in order; resolves when the last one is gone. */
  async disconnectAll(): Promise<void> {
    await Promise.allSettled(this.all().map((connection) => connection.disconnect()));
  }

  dispose(): void {
    // What is kept while the window is open ends with it, and nobody is there to be told.
    for (const entry of [...this.entries.values(), ...this.leaving]) drop(entry);
    this.entries.clear();
    this.leaving.clear();
    this.held.dispose();
  }

  private reconcile(): void {
    const before = this.entries;
    const parsed = this.profiles.all();
    // VS Code also tells of settings that were written and are the same.
    const read = JSON.stringify(parsed);
    if (read === this.lastRead) return;
    this.lastRead = read;
    this.entries = new Map();
    for (const { profile } of parsed) {
      if (profile === undefined) continue;
      const known = before.get(profile.key) ?? this.takeRenamed(profile, before);
      if (known) known.connection.update(profile);
      this.entries.set(profile.key, known ?? this.enter(new LiveConnection(profile, this.dependencies)));
    }
    this.unusable = parsed.flatMap(({ invalid }) => (invalid ? [invalid] : []));
    const kept = new Set(this.entries.values());
    for (const entry of before.values()) {
      if (kept.has(entry)) continue;
      this.leaving.add(entry);
      void entry.connection.disconnect().finally(() => this.remove(entry));
    }
    this.changed.fire(undefined);
  }

  private remove(entry: Entry): void {
    if (!this.leaving.delete(entry)) return;
    entry.connection.remove();
    drop(entry);
  }

  /** The connection that had another key until now, under its new one. */
  private takeRenamed(profile: ConnectionProfile, before: ReadonlyMap<string, Entry>): Entry | undefined {
    const from = this.renames.get(profile.key);
    const known = from === undefined ? undefined : before.get(from);
    this.renames.delete(profile.key);
    known?.connection.rename(profile);
    return known;
  }

  private enter(connection: LiveConnection): Entry {
    const listeners = new DisposableStack();
    listeners.add(connection.onDidChange(() => this.changed.fire(connection)));
    listeners.add(connection.onDidPostpone(() => this.postponed.fire(connection)));
    listeners.add(connection.onDidFail((failure) => this.failed.fire({ connection, failure })));
    listeners.add(connection.onDidRetry((retry) => this.retried.fire({ connection, retry })));
    listeners.add(connection.onKeptFailed((failure) => this.keptFailed.fire({ connection, failure })));
    return { connection, listeners };
  }
}

function drop({ connection, listeners }: Entry): void {
  listeners.dispose();
  connection.dispose();
}
