import type { Disposable } from '../../base/lifecycle';
import { DisposableStack, Emitter } from '../../base/lifecycle';
import type { ClientFailure } from '../../client/clientFailure';
import type { InvalidProfile } from './connectionProfile';
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
  private entries = new Map<string, Entry>();
  private unusable: readonly InvalidProfile[] = [];
  private lastRead: string | undefined;

  /** One connection changed; undefined: there are others than before. */
  readonly onDidChange = this.changed.event;
  readonly onDidFail = this.failed.event;

  constructor(
    private readonly profiles: ProfileStore,
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

  /** Ends every connection in order; resolves when the last one is gone. */
  async disconnectAll(): Promise<void> {
    await Promise.allSettled(this.all().map((connection) => connection.disconnect()));
  }

  dispose(): void {
    for (const entry of this.entries.values()) drop(entry);
    this.entries.clear();
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
      const known = before.get(profile.key);
      if (known) known.connection.update(profile);
      this.entries.set(profile.key, known ?? this.enter(new LiveConnection(profile, this.dependencies)));
    }
    this.unusable = parsed.flatMap(({ invalid }) => (invalid ? [invalid] : []));
    for (const [key, entry] of before) {
      if (!this.entries.has(key)) void entry.connection.disconnect().finally(() => drop(entry));
    }
    this.changed.fire(undefined);
  }

  private enter(connection: LiveConnection): Entry {
    const listeners = new DisposableStack();
    listeners.add(connection.onDidChange(() => this.changed.fire(connection)));
    listeners.add(connection.onDidFail((failure) => this.failed.fire({ connection, failure })));
    return { connection, listeners };
  }
}

function drop({ connection, listeners }: Entry): void {
  listeners.dispose();
  connection.dispose();
}
