import { Conversation } from '../protocol/conversation';
import { packetTypeNames } from '../protocol/controlPacket';
import { dissect, type Dissection } from '../protocol/dissect';
import type { CapturedContext } from '../protocol/excerpt';
import type { Direction } from '../session/effects';
import type { PacketLog, PacketRow } from './packetLog';

/** What the packets before a row decided about it, without what the row's own columns say. */
export type RowContext = CapturedContext;

/** A packet that decides is read up to here: what rules need comes early, and a peer may send 256 MiB. */
const longestRead = 16 * 1024;
/** How many rows before an acknowledgement are looked at for its request, by their columns, and how many requests are read. */
const farthestRequest = 4096;
const mostRequests = 64;
/** Connections, each way, whose decided context is kept: a scan of the log meets the same ones again and again. */
const mostKnown = 256;

/** Tells of captured packets what earlier ones of their connection decided, from the log and nothing else. */
export class PacketContexts {
  private readonly known = new Map<
    string,
    { readonly earlier: readonly number[]; readonly context: RowContext | undefined }
  >();

  constructor(private readonly log: PacketLog) {}

  of(row: PacketRow): RowContext {
    if (row.withoutContext) return {};
    const context = this.agreed(row);
    const requestedFilters = context && this.requestedFilters(row);
    return { ...context, ...(requestedFilters !== undefined && { requestedFilters }) };
  }

  /** What the connection's packets before a row decided: the same for all rows between two that decide. */
  private agreed(row: PacketRow): RowContext | undefined {
    const { log } = this;
    const { connection, direction, version } = row;
    const earlier = log.milestones(connection).filter((sequence) => sequence < row.sequence);
    if (earlier.length === 0) return this.learn(row, []);
    const key = `${connection} ${direction} ${version}`;
    const known = this.known.get(key);
    if (known && equalLists(known.earlier, earlier)) return known.context;
    const context = this.learn(
      row,
      earlier.flatMap((sequence) => log.row(sequence) ?? []),
    );
    if (this.known.size >= mostKnown) this.known.clear();
    this.known.set(key, { earlier, context });
    return context;
  }

  private learn(row: PacketRow, rows: readonly PacketRow[]): RowContext | undefined {
    const client = clientDirection([...rows, row]);
    if (client === undefined) return undefined;
    const conversation = new Conversation(row.version, false);
    for (const milestone of rows) {
      if (milestone.withoutContext) continue;
      const read = this.read(milestone);
      if (!read?.packet) continue;
      conversation.learn(milestone.direction === client ? 'client' : 'server', read, read.packet);
    }
    return conversation.agreed(row.direction === client ? 'client' : 'server');
  }

  private read(row: PacketRow): Dissection | undefined {
    const bytes = this.log.bytesAt(row.sequence);
    return bytes && dissect(bytes.subarray(0, longestRead), { version: row.version });
  }

  /** The number of Topic Filters in the request that a row acknowledges. */
  private requestedFilters(row: PacketRow): number | undefined {
    if (row.packetType !== 'SUBACK' && row.packetType !== 'UNSUBACK') return undefined;
    const wanted = 1 << packetTypeNames.indexOf(row.packetType === 'SUBACK' ? 'SUBSCRIBE' : 'UNSUBSCRIBE');
    const answer = this.read(row)?.packet;
    if (!answer || !('packetIdentifier' in answer)) return undefined;
    const last = Math.max(this.log.first, row.sequence - farthestRequest);
    for (let sequence = row.sequence - 1, looks = 0; sequence >= last && looks < mostRequests; looks++) {
      const { found } = this.log.find(row.connection, wanted, sequence, -1, sequence - last + 1);
      const request = found === undefined ? undefined : this.log.row(found);
      if (!request || request.length > longestRead) return undefined;
      sequence = request.sequence - 1;
      const packet = this.read(request)?.packet;
      if (packet?.type === 'SUBSCRIBE' && packet.packetIdentifier === answer.packetIdentifier) {
        return packet.subscriptions.length;
      }
      if (packet?.type === 'UNSUBSCRIBE' && packet.packetIdentifier === answer.packetIdentifier) {
        return packet.topicFilters.length;
      }
    }
    return undefined;
  }
}

/** Which way the client's packets go: that of CONNECT, or against CONNACK. */
function clientDirection(rows: readonly PacketRow[]): Direction | undefined {
  for (const { packetType, direction } of rows) {
    if (packetType === 'CONNECT') return direction;
    if (packetType === 'CONNACK') return direction === 'in' ? 'out' : 'in';
  }
  return undefined;
}

function equalLists(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((each, index) => each === b[index]);
}
