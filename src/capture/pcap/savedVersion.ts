import type { ProtocolVersion } from '../../protocol/controlPacket';
import type { PacketLog, PacketRow } from '../packetLog';

const anyType = 0xffff;
/** Past so many rows of others a packet of the connection is looked for: columns of that many are read in no time. */
const mostRows = 65_536;

/**
 * By which version a connection's rows are to be read, of which `row` is the first that is saved. Where no CONNECT in the
 * log says it, rows before the first telling packet, such as the note that the capture begins in the middle, were entered
 * before anybody could guess: the newest packet knows better.
 */
export function savedVersion(log: PacketLog, row: PacketRow): ProtocolVersion {
  const { connection, sequence } = row;
  const hasConnect = log.milestones(connection).some((each) => log.row(each)?.packetType === 'CONNECT');
  if (hasConnect) return row.version;
  const last = Math.min(log.connectionEnd(connection)?.end ?? log.end, log.end) - 1;
  const newest = log.find(connection, anyType, last, -1, mostRows).found;
  const known = newest ?? log.find(connection, anyType, sequence, 1, mostRows).found;
  return (known === undefined ? undefined : log.row(known))?.version ?? row.version;
}
