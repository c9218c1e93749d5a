import { connectionLabel } from '../../capture/filter/rowFields';
import type { PacketLog } from '../../capture/packetLog';
import type { KnownValues } from '../../where/completion';

/** How many of the newest packets are looked at, and how many of each are offered. */
const newestRows = 5000;
const mostValues = 200;

/** The clients and topics of the newest packets, to be offered where a filter is written. */
export function knownValues(log: PacketLog): KnownValues {
  const clients = new Set<string>();
  const topics = new Set<string>();
  const connections = new Set<number>();
  for (let sequence = log.end - 1; sequence >= Math.max(log.first, log.end - newestRows); sequence--) {
    const row = log.row(sequence);
    if (!row) continue;
    if (!connections.has(row.connection) && clients.size < mostValues) {
      connections.add(row.connection);
      clients.add(connectionLabel(log, row.connection));
    }
    if (row.topic !== undefined && topics.size < mostValues) topics.add(row.topic);
  }
  return { clients: [...clients].sort(), topics: [...topics].sort() };
}
