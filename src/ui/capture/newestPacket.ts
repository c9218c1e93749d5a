import type { PacketLog } from '../../capture/packetLog';

/** The newest packet of a topic that a connection of this name received, by its sequence number. */
export function newestPacket(log: PacketLog, connectionName: string, topicName: string): number | undefined {
  for (let sequence = log.end - 1; sequence >= log.first; sequence--) {
    const row = log.row(sequence);
    if (row?.topic !== topicName || row.direction !== 'in') continue;
    if (log.connectionName(row.connection) === connectionName) return sequence;
  }
  return undefined;
}
