import { acknowledgedExchange } from './acknowledgedExchange';
import type { Exchange } from './exchange';
import { exchangeRow } from './exchangeRows';
import type { PacketLog } from './packetLog';
import { openingExchange, pingExchange } from './pairedExchange';
import { requestExchange } from './requestExchange';

/**
 * The exchanges that a packet of the log belongs to, at most one of each kind: the handshake of its Packet Identifier, and as
 * a request or response. Searches the columns around it and keeps no index, so that capturing costs nothing for it. Yields
 * after each part of the search, so that its caller may rest; a part takes about a millisecond.
 */
export function* findExchanges(log: PacketLog, sequence: number): Generator<undefined, readonly Exchange[]> {
  const row = exchangeRow(log, sequence);
  if (!row) return [];
  const found: Exchange[] = [];
  for (const search of [acknowledgedExchange, openingExchange, pingExchange, requestExchange]) {
    const exchange = yield* search(log, row);
    if (exchange) found.push(log.row(sequence)?.decoded ? amongDecoded(exchange) : exchange);
  }
  return found;
}

/** A dump is what somebody picked out of a conversation, without its times: nothing says that an answer did not come. */
function amongDecoded(exchange: Exchange): Exchange {
  const { outcome } = exchange;
  return outcome === 'waiting' || outcome === 'unanswered'
    ? { ...exchange, outcome: 'absent', connectionEnded: false }
    : exchange;
}
