import type { PacketLog, PacketRow } from './packetLog';
import type { Conceal } from './packetLogSnapshot';

/** The bytes of a row without its secrets, for what leaves this program; `raw` itself where it has none. */
export function concealRow(log: PacketLog, row: PacketRow, raw: Uint8Array, conceal: Conceal): Uint8Array {
  // What a client sends behind a CONNECT that cannot be framed may be the end of its password.
  const secretRest = row.kind === 'unframed' && log.isFromClient(row.connection, row.direction);
  return conceal(raw, row.version, secretRest);
}

/** Longer rows have a segment of the log to themselves, whose memory no other row gets. */
const longestShared = 4 * 1024 * 1024;

/** Bytes of a row that stay what they are while others take turns, in which the log may evict the row. */
export function keptBytes(bytes: Uint8Array): Uint8Array {
  return bytes.length > longestShared ? bytes : bytes.slice();
}
