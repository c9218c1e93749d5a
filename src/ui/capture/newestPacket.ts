import type { PacketLog } from '../../capture/packetLog';

/** The newest packet of a topic that came on one of the connections, by its sequence number. */
export function newestPacket(
  log: PacketLog,
  connections: ReadonlySet<number>,
  topicName: string,
): number | undefined {
  for (let sequence = log.end - 1; sequence >= log.first; sequence--) {
    const row = log.row(sequence);
    if (row?.topic === topicName && row.direction === 'in' && connections.has(row.connection))
      return sequence;
  }
  return undefined;
}
