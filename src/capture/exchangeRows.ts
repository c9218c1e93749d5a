import { type PacketType, type ProtocolVersion, packetTypeNames } from '../protocol/controlPacket';
import type { Direction } from '../session/effects';
import { clientOfConnection } from './clientIdentity';
import type { LinkedPacket } from './exchange';
import type { PacketLog } from './packetLog';
import { anyConnection } from './packetSegment';

/** How many rows one search passes at most: about as many as a log of the usual budget has. */
export const farthestRow = 2_000_000;
/** Rows passed, and rows looked into, between two rests. */
const restAfterRows = 200_000;
const restAfterLooks = 256;
/** How many CONNECTs are looked at for another connection of a client. */
const mostConnects = 2_000;

/** A packet that may belong to an exchange, as far as its first bytes tell. */
export interface ExchangeRow {
  readonly sequence: number;
  readonly at: number;
  readonly connection: number;
  readonly direction: Direction;
  readonly packetType: PacketType;
  readonly version: ProtocolVersion;
  readonly dup: boolean;
  readonly qos: number;
  readonly packetIdentifier: number | undefined;
  /** Of an acknowledgement: its Reason Code, 0 where it has none. */
  readonly reasonCode: number;
}

export function typeMask(...types: readonly PacketType[]): number {
  return types.reduce((mask, type) => mask | (1 << packetTypeNames.indexOf(type)), 0);
}

/** A row of the log for an exchange; undefined where it is gone or no packet. */
export function exchangeRow(log: PacketLog, sequence: number): ExchangeRow | undefined {
  const row = log.row(sequence);
  const bytes = log.bytesAt(sequence);
  if (!bytes || row?.kind !== 'packet' || !row.packetType || row.withoutContext) return undefined;
  const { at, connection, direction, packetType, version, firstByte } = row;
  const qos = packetType === 'PUBLISH' ? (firstByte >> 1) & 3 : 0;
  const dup = packetType === 'PUBLISH' && (firstByte & 8) !== 0;
  const identifierAt = identifierOffset(bytes, packetType, qos);
  const packetIdentifier = identifierAt === undefined ? undefined : uint16(bytes, identifierAt);
  const acknowledges = packetType.startsWith('PUB') && packetType !== 'PUBLISH';
  const codeAt = acknowledges ? identifierAt && identifierAt + 2 : undefined;
  const reasonCode = codeAt === undefined ? 0 : (bytes[codeAt] ?? 0);
  return { sequence, at, connection, direction, packetType, version, dup, qos, packetIdentifier, reasonCode };
}

export function linked(row: ExchangeRow, role: LinkedPacket['role']): LinkedPacket {
  const { sequence, at, connection, direction, packetType } = row;
  return { sequence, at, connection, direction, packetType, role };
}

/**
 * The rows of a connection that are of some packet types, from a sequence number on in steps of 1 or -1. Yields `undefined`
 * now and then, where its caller may rest.
 */
export function* rowsOf(
  log: PacketLog,
  connection: number,
  types: number,
  from: number,
  step: 1 | -1,
  most = farthestRow,
): Generator<ExchangeRow | undefined> {
  let left = most;
  let looks = 0;
  for (let at: number | undefined = from; at !== undefined && left > 0;) {
    const passed = Math.min(left, restAfterRows);
    const before: number = at;
    const { found, next } = log.find(connection, types, before, step, passed);
    left -= next === undefined ? left : Math.abs(next - before);
    at = next;
    const row = found === undefined ? undefined : exchangeRow(log, found);
    if (row) yield row;
    if (found === undefined || ++looks % restAfterLooks === 0) yield undefined;
  }
}

/** The CONNECT of the next connection of the same client (or of the one before, by step), without its connection's own. */
export function* neighbouringConnection(
  log: PacketLog,
  connection: number,
  from: number,
  step: 1 | -1,
): Generator<undefined, ExchangeRow | undefined> {
  const { client, isKnown } = clientOfConnection(log, connection);
  if (!isKnown) return undefined;
  let looked = 0;
  for (const row of rowsOf(log, anyConnection, typeMask('CONNECT'), from, step)) {
    if (!row) {
      yield undefined;
      continue;
    }
    if (row.connection === connection) continue;
    if (clientOfConnection(log, row.connection).client === client) return row;
    if (++looked === mostConnects) return undefined;
    if (looked % 32 === 0) yield undefined;
  }
  return undefined;
}

/** The time until which an exchange that has not ended has waited, and whether its connection has ended. */
export function waitedUntil(
  log: PacketLog,
  connection: number,
): { readonly at: number; readonly ended: boolean } {
  const end = log.connectionEnd(connection);
  const ended = end !== undefined || log.connectionName(connection) === undefined;
  if (end?.at !== undefined) return { at: end.at, ended };
  const newest = ended ? log.find(connection, 0xffff, log.end - 1, -1, farthestRow).found : log.end - 1;
  return { at: (newest === undefined ? undefined : log.row(newest)?.at) ?? 0, ended };
}

/** Where the Variable Header of a whole packet begins: after a Remaining Length of one to four bytes (2.1.4). */
export function contentOffset(bytes: Uint8Array): number {
  let last = 1;
  while (last < 4 && (bytes[last] ?? 0) >= 0x80) last++;
  return last + 1;
}

function identifierOffset(bytes: Uint8Array, type: PacketType, qos: number): number | undefined {
  const content = contentOffset(bytes);
  switch (type) {
    case 'PUBLISH':
      return qos === 0 ? undefined : content + 2 + uint16(bytes, content);
    case 'CONNECT':
    case 'CONNACK':
    case 'PINGREQ':
    case 'PINGRESP':
    case 'DISCONNECT':
    case 'AUTH':
      return undefined;
    default:
      return content;
  }
}

function uint16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}
