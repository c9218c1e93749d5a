import type { Event } from '../../base/lifecycle';
import { connectionLabel } from '../../capture/filter/rowFields';
import type { PacketLog } from '../../capture/packetLog';
import type { DownConnection } from '../../inspector/downContract';
import type { LiveConnection } from '../connections/liveConnection';
import { newestConnections } from './knownValues';

/** Connections as far as an inspector knows them. */
export interface ConnectionPorts {
  readonly down: () => readonly DownConnection[];
  /** One of them may have come up or gone down. */
  readonly onDidChange: Event<unknown>;
  readonly reconnect: (key: string | null | undefined) => PromiseLike<void>;
}

/** Where packets come from. */
export interface PacketSources {
  readonly log: PacketLog;
  readonly connections: {
    all(): readonly Pick<LiveConnection, 'key' | 'profile' | 'state'>[];
    readonly onDidChange: Event<unknown>;
  };
  /** The local broker: while it runs, packets may come without any connection. */
  readonly broker: { readonly isRunning: () => boolean; readonly onDidChange: Event<unknown> };
}

/** What may be connected again, and an event of both sources that decide about it. */
export function downPorts({
  log,
  connections,
  broker,
}: PacketSources): Pick<ConnectionPorts, 'down' | 'onDidChange'> {
  return {
    down: () => (broker.isRunning() ? [] : downConnections(log, connections.all())),
    onDidChange: (listener) => {
      const heard = [connections, broker].map(({ onDidChange }) => onDidChange(listener));
      return { dispose: () => heard.forEach((each) => each.dispose()) };
    },
  };
}

/**
 * What may be connected again while no packets come: of the connections that are written down those that the newest packets
 * are of, or all where there are no packets at all.
 */
export function downConnections(
  log: PacketLog,
  connections: readonly Pick<LiveConnection, 'key' | 'profile' | 'state'>[],
): readonly DownConnection[] {
  if (connections.some(({ state }) => state.state !== 'disconnected')) return [];
  const all = connections.map(({ key, profile: { name } }) => ({ key, name }));
  if (log.first === log.end) return all;
  const clients = new Set(Array.from(newestConnections(log), (each) => connectionLabel(log, each)));
  return all.filter(({ name }) => clients.has(name));
}
