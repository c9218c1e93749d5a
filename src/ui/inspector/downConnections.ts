import type { Event } from '../../base/lifecycle';
import type { PacketLog } from '../../capture/packetLog';
import type { DownConnection } from '../../inspector/downContract';
import type { LiveConnection } from '../connections/liveConnection';
import { knownValues } from './knownValues';

/** Connections as far as an inspector knows them. */
export interface ConnectionPorts {
  readonly down: () => readonly DownConnection[];
  /** One of them may have come up or gone down. */
  readonly onDidChange: Event<unknown>;
  readonly reconnect: (key: string | null | undefined) => PromiseLike<void>;
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
  const clients = new Set(knownValues(log).clients);
  return all.filter(({ name }) => clients.has(name));
}
