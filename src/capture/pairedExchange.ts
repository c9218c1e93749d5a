import type { PacketType } from '../protocol/controlPacket';
import type { Exchange, LinkedPacket } from './exchange';
import { contentOffset, type ExchangeRow, linked, rowsOf, typeMask, waitedUntil } from './exchangeRows';
import type { PacketLog } from './packetLog';

/** How many PINGREQs before one are looked at: Keep Alive ends a connection before there are that many without an answer. */
const mostPings = 64;

/** CONNECT with its CONNACK, or Re-authenticate with its end, and what is between them (4.12). */
export function* openingExchange(
  log: PacketLog,
  row: ExchangeRow,
): Generator<undefined, Exchange | undefined> {
  const types = typeMask('CONNECT', 'CONNACK', 'AUTH');
  if (!['CONNECT', 'CONNACK', 'AUTH'].includes(row.packetType)) return undefined;
  let first = row;
  if (!begins(log, row)) {
    for (const each of rowsOf(log, row.connection, types, row.sequence - 1, -1)) {
      if (!each) yield undefined;
      else if (each.packetType === 'CONNACK') break;
      else {
        first = each;
        if (begins(log, each)) break;
      }
    }
  }
  const again = first.packetType === 'AUTH';
  const packets: LinkedPacket[] = [];
  let end: ExchangeRow | undefined;
  for (const each of rowsOf(log, row.connection, types, first.sequence, 1)) {
    if (!each) yield undefined;
    else {
      const opens = packets.length > 0 && begins(log, each);
      if (opens) break;
      packets.push(linked(each, each === first || each.sequence === first.sequence ? 'start' : 'answer'));
      const ends = again
        ? each.packetType === 'AUTH' && authReason(log, each) === 0
        : each.packetType === 'CONNACK';
      if (!ends) continue;
      end = each;
      break;
    }
  }
  const refused = end?.packetType === 'CONNACK' && contentByte(log, end, 1) !== 0;
  return pair(log, again ? 'authenticate' : 'connect', packets, end, again ? 'AUTH' : 'CONNACK', {
    refused,
    known: begins(log, first),
  });
}

/** A PINGREQ with the PINGRESP that is its own: they have no identifier, so they are counted off. */
export function* pingExchange(log: PacketLog, row: ExchangeRow): Generator<undefined, Exchange | undefined> {
  if (row.packetType !== 'PINGREQ' && row.packetType !== 'PINGRESP') return undefined;
  const types = typeMask('PINGREQ', 'PINGRESP');
  // Back to where every ping was answered, which is where a response follows no other response, or the beginning.
  const before: ExchangeRow[] = [];
  for (const each of rowsOf(log, row.connection, types, row.sequence - 1, -1)) {
    if (!each) yield undefined;
    else {
      before.push(each);
      if (before.length === mostPings) break;
    }
  }
  const open: ExchangeRow[] = [];
  for (const each of before.reverse()) {
    if (each.packetType === 'PINGREQ') open.push(each);
    else open.shift();
  }
  if (row.packetType === 'PINGRESP') {
    const request = open[0];
    const packets = request ? [linked(request, 'start'), linked(row, 'answer')] : [linked(row, 'answer')];
    return pair(log, 'ping', packets, row, 'PINGRESP', { refused: false, known: request !== undefined });
  }
  let left = open.length + 1;
  for (const each of rowsOf(log, row.connection, types, row.sequence + 1, 1)) {
    if (!each) yield undefined;
    else if (each.packetType === 'PINGRESP' && --left === 0) {
      const packets = [linked(row, 'start'), linked(each, 'answer')];
      return pair(log, 'ping', packets, each, 'PINGRESP', { refused: false, known: true });
    }
  }
  return pair(log, 'ping', [linked(row, 'start')], undefined, 'PINGRESP', { refused: false, known: true });
}

export function pair(
  log: PacketLog,
  kind: Exchange['kind'],
  packets: readonly LinkedPacket[],
  end: { readonly at: number } | undefined,
  awaited: PacketType,
  { refused, known }: { readonly refused: boolean; readonly known: boolean },
): Exchange {
  const first = packets[0];
  const until = first ? waitedUntil(log, first.connection) : { at: 0, ended: false };
  const open = until.ended ? 'unanswered' : 'waiting';
  return {
    kind,
    packets,
    outcome: !known ? 'unknown' : end ? (refused ? 'refused' : 'complete') : open,
    awaited: end || !known ? undefined : awaited,
    took: (end?.at ?? until.at) - (first?.at ?? 0),
    connectionEnded: !end && until.ended,
    searchEnded: false,
  };
}

function begins(log: PacketLog, row: ExchangeRow): boolean {
  return row.packetType === 'CONNECT' || (row.packetType === 'AUTH' && authReason(log, row) === 0x19);
}

/** An AUTH without a Reason Code means success (3.15.2.1). */
function authReason(log: PacketLog, row: ExchangeRow): number {
  return contentByte(log, row, 0);
}

/** A byte of a packet behind its Fixed Header, 0 where it ends before. */
function contentByte(log: PacketLog, { sequence }: ExchangeRow, offset: number): number {
  const bytes = log.bytesAt(sequence);
  return bytes?.[contentOffset(bytes) + offset] ?? 0;
}
