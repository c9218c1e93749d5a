import type { Disposable, Event } from '../../base/lifecycle';
import type { QoS } from '../../protocol/controlPacket';
import type { LiveConnection } from '../connections/liveConnection';

/** The part of VS Code's memento that is used. */
interface Memory {
  get(key: string): unknown;
  update(key: string, value: unknown): PromiseLike<void>;
}

type Subscribing = Pick<LiveConnection, 'key' | 'subscriptions' | 'subscribe'>;

interface SubscribingConnections {
  all(): readonly Subscribing[];
  readonly onDidChange: Event<unknown>;
}

interface KeptFilter {
  readonly topicFilter: string;
  readonly qos: QoS;
}

const memoryKey = 'subscriptions';

/**
 * Keeps the filters of all connections, not what came under them, across a reload of the window. Nothing is subscribed
 * to by itself: a filter that comes back waits, as any does, until a person connects.
 */
export class KeptFilters implements Disposable {
  private readonly listening: Disposable;
  private readonly known = new WeakSet<Subscribing>();
  private bringingBack = false;
  private written: string;

  constructor(
    private readonly connections: SubscribingConnections,
    private readonly memory: Memory,
    private readonly failed: (error: unknown) => void,
  ) {
    this.written = JSON.stringify(memory.get(memoryKey) ?? {});
    this.bringBack();
    this.listening = connections.onDidChange(() => this.changed());
  }

  dispose(): void {
    this.listening.dispose();
  }

  private changed(): void {
    // What is only half brought back is not what is to be kept.
    if (this.bringingBack) return;
    this.bringBack();
    const filters: Record<string, readonly KeptFilter[]> = {};
    for (const { key, subscriptions } of this.connections.all()) {
      const all = subscriptions.all();
      if (all.length > 0) filters[key] = all.map(({ topicFilter, qos }) => ({ topicFilter, qos }));
    }
    const kept = JSON.stringify(filters);
    if (kept === this.written) return;
    this.written = kept;
    this.memory.update(memoryKey, filters).then(undefined, this.failed);
  }

  private bringBack(): void {
    const added = this.connections.all().filter((connection) => !this.known.has(connection));
    if (added.length === 0) return;
    this.bringingBack = true;
    try {
      const kept = this.memory.get(memoryKey);
      for (const connection of added) {
        this.known.add(connection);
        for (const { topicFilter, qos } of filtersOf(kept, connection.key)) {
          connection.subscribe(topicFilter, qos).catch(this.failed);
        }
      }
    } finally {
      this.bringingBack = false;
    }
  }
}

/** What was kept for a connection, as far as it can be understood: another version may have written it. */
function filtersOf(kept: unknown, key: string): readonly KeptFilter[] {
  if (typeof kept !== 'object' || kept === null || !Object.hasOwn(kept, key)) return [];
  const filters = (kept as Readonly<Record<string, unknown>>)[key];
  return Array.isArray(filters) ? filters.filter(isKeptFilter) : [];
}

function isKeptFilter(value: unknown): value is KeptFilter {
  if (typeof value !== 'object' || value === null) return false;
  const { topicFilter, qos } = value as Readonly<Record<string, unknown>>;
  return typeof topicFilter === 'string' && (qos === 0 || qos === 1 || qos === 2);
}
