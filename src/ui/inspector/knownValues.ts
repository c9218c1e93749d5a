import { namesOfConnection } from '../../capture/clientIdentity';
import { connectionLabel } from '../../capture/filter/rowFields';
import type { PacketLog } from '../../capture/packetLog';
import type { KnownValues } from '../../where/completion';
import type { Described } from '../../where/vocabulary';

/** How many of the newest packets are looked at, and how many of each are offered. */
const newestRows = 5000;
const mostValues = 200;

/** The clients and topics of the newest packets, to be offered where a filter is written. */
export function knownValues(log: PacketLog): KnownValues {
  const topics = new Set<string>();
  for (let sequence = log.end - 1; sequence >= oldest(log) && topics.size < mostValues; sequence--) {
    const topic = log.row(sequence)?.topic;
    if (topic !== undefined) topics.add(topic);
  }
  return { clients: clientsOf(log), topics: [...topics].sort() };
}

/** The connections of the newest packets, by number. */
export function newestConnections(log: PacketLog): ReadonlySet<number> {
  const connections = new Set<number>();
  for (let sequence = log.end - 1; sequence >= oldest(log) && connections.size < mostValues; sequence--) {
    const row = log.row(sequence);
    if (row) connections.add(row.connection);
  }
  return connections;
}

/** What all connections of a client answer to, and what one alone does where that is something else. */
function clientsOf(log: PacketLog): readonly Described[] {
  const described = new Map<string, string>();
  for (const connection of newestConnections(log)) {
    const name = connectionLabel(log, connection);
    for (const each of namesOfConnection(log, connection)) {
      if (each !== name) described.set(each, 'all connections of the client');
      else if (!described.has(each)) described.set(each, 'connection');
    }
  }
  return Array.from(described, ([name, description]) => ({ name, description })).sort((a, b) =>
    a.name < b.name ? -1 : 1,
  );
}

function oldest(log: PacketLog): number {
  return Math.max(log.first, log.end - newestRows);
}
