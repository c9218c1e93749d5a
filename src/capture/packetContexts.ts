import { Conversation } from '../protocol/conversation';
import { packetTypeNames } from '../protocol/controlPacket';
import { dissect, type Dissection, type DissectionContext } from '../protocol/dissect';
import type { CapturedContext } from '../protocol/excerpt';
import type { Direction } from '../session/effects';
import type { PacketLog, PacketRow } from './packetLog';
import { type RowRemarks, rowRemarks } from './rowRemarks';

/** What the packets before a row decided about it, without what the row's own columns say. */
export type RowContext = CapturedContext;

/** A packet that decides is read up to here: what rules need comes early, and a peer may send 256 MiB. */
const longestRead = 16 * 1024;
/** How many rows before an acknowledgement are looked at for its request, by their columns, and how many requests are read. */
const farthestRequest = 4096;
const mostRequests = 64;
/** Connections, each way, whose decided context is kept: a scan of the log meets the same ones again and again. */
const mostKnown = 4096;

/** What was decided, for the rows of one way between two that decide. */
interface Agreed {
  /** The rows that decide, as the log has them; others may have been added to the list since. */
  readonly milestones: readonly number[];
  readonly count: number;
  /** The sequence number of the last one before these rows, and of the one after which it is another context. */
  readonly after: number;
  readonly until: number;
  readonly context: RowContext | undefined;
  readonly withVersion: DissectionContext;
}

/** What of a row's columns decides which context it has. */
type Way = Pick<PacketRow, 'connection' | 'direction' | 'version'>;

/** Tells of captured packets what earlier ones of their connection decided, from the log and nothing else. */
export class PacketContexts {
  private readonly known = new Map<number, Agreed>();
  private readonly remarks: RowRemarks;

  constructor(private readonly log: PacketLog) {
    this.remarks = rowRemarks(log);
  }

  of(row: PacketRow): RowContext {
    if (row.withoutContext) return {};
    const context = this.agreed(row);
    const requestedFilters = context && this.requestedFilters(row);
    const remarks = this.remarks.of(row.sequence);
    return {
      ...context,
      ...(requestedFilters !== undefined && { requestedFilters }),
      ...(remarks && { remarks }),
    };
  }

  /** What was agreed before a row other than CONNECT and CONNACK: the same object for all rows between two that decide. */
  agreedAt(sequence: number, way: Way): DissectionContext {
    return this.agreedBefore(sequence, way).withVersion;
  }

  private agreed(row: PacketRow): RowContext | undefined {
    const { context } = this.agreedBefore(row.sequence, row);
    if (context || (row.packetType !== 'CONNECT' && row.packetType !== 'CONNACK')) return context;
    // Where no row before it tells which way the client's packets go, it does so itself.
    return this.learn(row, this.decidedBefore(row.sequence, row.connection), row);
  }

  private agreedBefore(sequence: number, way: Way): Agreed {
    const milestones = this.log.milestones(way.connection);
    const key = (way.connection * 2 + (way.direction === 'in' ? 0 : 1)) * 8 + way.version;
    const known = this.known.get(key);
    if (
      known?.milestones === milestones &&
      known.count === milestones.length &&
      known.after < sequence &&
      sequence <= known.until
    )
      return known;
    const context = this.learn(way, this.decidedBefore(sequence, way.connection));
    const agreed: Agreed = {
      ...{ milestones, count: milestones.length, context },
      after: milestones.filter((each) => each < sequence).at(-1) ?? -Infinity,
      until: milestones.find((each) => each >= sequence) ?? Infinity,
      withVersion: { ...context, version: way.version },
    };
    if (this.known.size >= mostKnown) this.known.clear();
    this.known.set(key, agreed);
    return agreed;
  }

  private decidedBefore(sequence: number, connection: number): readonly PacketRow[] {
    const earlier = this.log.milestones(connection).filter((each) => each < sequence);
    return earlier.flatMap((each) => this.log.row(each) ?? []);
  }

  /** @param itself the row, where it may tell which way the client's packets go */
  private learn(
    { version, direction }: Way,
    rows: readonly PacketRow[],
    itself?: PacketRow,
  ): RowContext | undefined {
    const client = clientDirection(itself ? [...rows, itself] : rows);
    if (client === undefined) return undefined;
    const conversation = new Conversation(version, false);
    for (const milestone of rows) {
      if (milestone.withoutContext) continue;
      const read = this.read(milestone);
      if (!read?.packet) continue;
      conversation.learn(milestone.direction === client ? 'client' : 'server', read, read.packet);
    }
    return conversation.agreed(direction === client ? 'client' : 'server');
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
