import type { Span } from '../base/spans';
import type { ProtocolVersion } from '../protocol/controlPacket';
import type { UnframedRest } from '../protocol/secretStart';
import type { Direction } from '../session/effects';
import type { PacketLog, PacketRow } from './packetLog';

/** A packet without its secrets: as many bytes, the same object where it has none. */
export type Conceal = (
  bytes: Uint8Array,
  version: ProtocolVersion,
  rest: UnframedRest | undefined,
) => Uint8Array;

/** Where the secrets of a packet are. */
export type FindSecrets = (
  bytes: Uint8Array,
  version: ProtocolVersion,
  rest: UnframedRest | undefined,
) => readonly Span[];

/** Whether the CONNECT of a connection went this way, as far as the log knows. */
type IsFromClient = (connection: number, direction: Direction) => boolean;

/** The bytes of a row without its secrets, for what leaves this program; `raw` itself where it has none. */
export function concealRow(log: PacketLog, row: PacketRow, raw: Uint8Array, conceal: Conceal): Uint8Array {
  return conceal(raw, row.version, rowRest(log, row));
}

/** What is known of bytes that are no packet. */
export function rowRest(log: PacketLog, row: PacketRow): UnframedRest | undefined {
  if (isBeforeConnack(log, row)) return 'secret';
  return restOf(row, (connection, direction) => log.isFromClient(connection, direction));
}

/**
 * Whether bytes that are no packet are what is left of a CONNECT whose beginning a capture lacks, with its password: what came
 * the other way was its answer [MQTT-3.2.0-1].
 */
function isBeforeConnack(log: PacketLog, { kind, connection, direction, sequence }: PacketRow): boolean {
  if (kind !== 'unframed') return false;
  const [first = sequence] = log.milestones(connection);
  if (first <= sequence) return false;
  const row = log.row(first);
  return row?.packetType === 'CONNACK' && row.direction !== direction;
}

/**
 * What is known of the bytes of a row that are no packet. Nobody knows where those of a dump come from: that they are
 * concealed where a CONNECT is there must not depend on a guess, nor on whether the log still has that CONNECT.
 */
export function restOf(
  {
    kind,
    decoded,
    connection,
    direction,
    rest,
  }: Pick<PacketRow, 'kind' | 'decoded' | 'connection' | 'direction' | 'rest'>,
  fromClient: IsFromClient,
): UnframedRest | undefined {
  if (rest !== undefined) return rest;
  return kind === 'unframed' && decoded && fromClient(connection, direction) ? 'secret' : undefined;
}

/** Longer rows have a segment of the log to themselves, whose memory no other row gets. */
export const longestShared = 4 * 1024 * 1024;

/** Bytes of a row that stay what they are while others take turns, in which the log may evict the row. */
export function keptBytes(bytes: Uint8Array): Uint8Array {
  return bytes.length > longestShared ? bytes : bytes.slice();
}
