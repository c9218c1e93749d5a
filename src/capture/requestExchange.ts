import { equalBytes } from '../base/bytes';
import type { Publish } from '../protocol/controlPacket';
import { QuickReader } from '../protocol/quickReading';
import type { Exchange } from './exchange';
import { type ExchangeRow, linked, rowsOf, typeMask } from './exchangeRows';
import { pair } from './pairedExchange';
import type { PacketLog } from './packetLog';

/** How many rows away the other half of a request is looked for: each PUBLISH on the way is read. */
const farthestResponse = 200_000;
/** How much further one that goes the other way is looked for, where one goes the same way. */
const fartherOtherWay = 1_000;
/** Topic and Properties come first, and a payload may have 256 MiB. */
const longestRead = 128 * 1024;

/**
 * A request with its response (4.10): the PUBLISH with a Response Topic, and the one with that topic and the same Correlation
 * Data. It goes the other way, unless others talk and the client only listens: then both go to it. 5.0 only.
 */
export function* requestExchange(
  log: PacketLog,
  row: ExchangeRow,
): Generator<undefined, Exchange | undefined> {
  if (row.packetType !== 'PUBLISH' || row.version !== 5) return undefined;
  const reader = new QuickReader();
  const own = read(log, reader, row);
  if (!own) return undefined;
  const { responseTopic, correlationData } = own.properties;
  if (responseTopic === undefined && correlationData === undefined) return undefined;
  const isRequest = responseTopic !== undefined;
  const topic = isRequest ? responseTopic : log.row(row.sequence)?.topic;
  const step = isRequest ? 1 : -1;
  let sameWay: ExchangeRow | undefined;
  for (const each of rowsOf(
    log,
    row.connection,
    typeMask('PUBLISH'),
    row.sequence + step,
    step,
    farthestResponse,
  )) {
    if (!each) {
      yield undefined;
      continue;
    }
    if (sameWay && Math.abs(each.sequence - sameWay.sequence) > fartherOtherWay) break;
    if (sameWay && each.direction === row.direction) continue;
    if (isRequest && log.row(each.sequence)?.topic !== topic) continue;
    const other = read(log, reader, each);
    if (!other || !sameData(other.properties.correlationData, correlationData)) continue;
    if (!isRequest && other.properties.responseTopic !== topic) continue;
    if (each.direction !== row.direction) return paired(log, row, each, isRequest);
    sameWay = each;
  }
  if (sameWay) return paired(log, row, sameWay, isRequest);
  // A PUBLISH with Correlation Data alone need not be a response at all.
  if (!isRequest) return undefined;
  return pair(log, 'request', [linked(row, 'start')], undefined, 'PUBLISH', { refused: false, known: true });
}

function paired(log: PacketLog, row: ExchangeRow, other: ExchangeRow, isRequest: boolean): Exchange {
  const packets = isRequest
    ? [linked(row, 'start'), linked(other, 'answer')]
    : [linked(other, 'start'), linked(row, 'answer')];
  return pair(log, 'request', packets, packets[1], 'PUBLISH', { refused: false, known: true });
}

function read(log: PacketLog, reader: QuickReader, { sequence, version }: ExchangeRow): Publish | undefined {
  const bytes = log.bytesAt(sequence);
  const packet = bytes && reader.read(bytes.subarray(0, longestRead), { version }).packet;
  return packet?.type === 'PUBLISH' ? packet : undefined;
}

function sameData(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a && b ? equalBytes(a, b) : a === b;
}
