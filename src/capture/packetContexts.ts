import { Conversation } from '../protocol/conversation';
import { dissect, type Dissection, type DissectionContext } from '../protocol/dissect';
import type { Direction } from '../session/effects';
import type { PacketLog, PacketRow } from './packetLog';

/** What the packets before a row decided about it, without what the row's own columns say. */
export interface RowContext extends Omit<
  DissectionContext,
  'version' | 'topicAliases' | 'openRequests' | 'identifiers'
> {
  /** Of SUBACK and UNSUBACK: how many Topic Filters were asked for. */
  readonly requestedFilters?: number;
}

/** A packet that decides is read up to here: what rules need comes early, and a peer may send 256 MiB. */
const longestRead = 16 * 1024;
/** How many rows before an acknowledgement are looked at for its request. */
const farthestRequest = 4096;

/** Tells of captured packets what earlier ones of their connection decided, from the log and nothing else. */
export class PacketContexts {
  constructor(private readonly log: PacketLog) {}

  of(row: PacketRow): RowContext {
    if (row.withoutContext) return {};
    const { log } = this;
    const earlier = log.milestones(row.connection).filter((sequence) => sequence < row.sequence);
    const rows = earlier.flatMap((sequence) => log.row(sequence) ?? []);
    const client = clientDirection([...rows, row]);
    if (client === undefined) return {};
    const conversation = new Conversation(row.version, false);
    for (const milestone of rows) {
      if (milestone.withoutContext) continue;
      const read = this.read(milestone);
      if (!read?.packet) continue;
      conversation.learn(milestone.direction === client ? 'client' : 'server', read, read.packet);
    }
    const context = conversation.agreed(row.direction === client ? 'client' : 'server');
    const requestedFilters = this.requestedFilters(row);
    return { ...context, ...(requestedFilters !== undefined && { requestedFilters }) };
  }

  private read(row: PacketRow): Dissection | undefined {
    const bytes = this.log.bytesAt(row.sequence);
    return bytes && dissect(bytes.subarray(0, longestRead), { version: row.version });
  }

  /** The number of Topic Filters in the request that a row acknowledges. */
  private requestedFilters(row: PacketRow): number | undefined {
    if (row.packetType !== 'SUBACK' && row.packetType !== 'UNSUBACK') return undefined;
    const wanted = row.packetType === 'SUBACK' ? 'SUBSCRIBE' : 'UNSUBSCRIBE';
    const answer = this.read(row)?.packet;
    if (!answer || !('packetIdentifier' in answer)) return undefined;
    const last = Math.max(this.log.first, row.sequence - farthestRequest);
    for (let sequence = row.sequence - 1; sequence >= last; sequence--) {
      const request = this.log.row(sequence);
      if (request?.connection !== row.connection || request.packetType !== wanted) continue;
      if (request.length > longestRead) return undefined;
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
