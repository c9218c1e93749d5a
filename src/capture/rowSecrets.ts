import type { PacketLog, PacketRow } from './packetLog';
import type { UnframedRest } from '../protocol/secretStart';
import { restOf, type Conceal } from './packetLogSnapshot';

/** The bytes of a row without its secrets, for what leaves this program; `raw` itself where it has none. */
export function concealRow(log: PacketLog, row: PacketRow, raw: Uint8Array, conceal: Conceal): Uint8Array {
  return conceal(raw, row.version, rowRest(log, row));
}

/** What is known of bytes that are no packet. */
export function rowRest(log: PacketLog, row: PacketRow): UnframedRest | undefined {
  return restOf(row, (connection, direction) => log.isFromClient(connection, direction));
}

/** Longer rows have a segment of the log to themselves, whose memory no other row gets. */
const longestShared = 4 * 1024 * 1024;

/** Bytes of a row that stay what they are while others take turns, in which the log may evict the row. */
export function keptBytes(bytes: Uint8Array): Uint8Array {
  return bytes.length > longestShared ? bytes : bytes.slice();
}
