import type { PacketType } from '../protocol/controlPacket';
import type { Direction } from '../session/effects';
import type { Exchange, ExchangeKind, LinkedPacket } from './exchange';
import {
  type ExchangeRow,
  farthestRow,
  linked,
  neighbouringConnection,
  rowsOf,
  typeMask,
  waitedUntil,
} from './exchangeRows';
import type { PacketLog } from './packetLog';

/** How many rows after its end an answer that comes once more is looked for. */
const farthestRepeat = 50_000;
/** Over how many connections a message is followed. */
const mostConnections = 8;

type StartType = 'PUBLISH' | 'SUBSCRIBE' | 'UNSUBSCRIBE';

const startOf: Partial<Readonly<Record<PacketType, StartType>>> = {
  PUBLISH: 'PUBLISH',
  PUBACK: 'PUBLISH',
  PUBREC: 'PUBLISH',
  PUBREL: 'PUBLISH',
  PUBCOMP: 'PUBLISH',
  SUBSCRIBE: 'SUBSCRIBE',
  SUBACK: 'SUBSCRIBE',
  UNSUBSCRIBE: 'UNSUBSCRIBE',
  UNSUBACK: 'UNSUBSCRIBE',
};

const ownTypes: Readonly<Record<StartType, number>> = {
  PUBLISH: typeMask('PUBLISH', 'PUBACK', 'PUBREC', 'PUBREL', 'PUBCOMP'),
  SUBSCRIBE: typeMask('SUBSCRIBE', 'SUBACK'),
  UNSUBSCRIBE: typeMask('UNSUBSCRIBE', 'UNSUBACK'),
};

/** These go the way of the packet that began the exchange. */
const sameWay: ReadonlySet<PacketType> = new Set(['PUBLISH', 'PUBREL', 'SUBSCRIBE', 'UNSUBSCRIBE']);

/** What an exchange is told from others by: a Packet Identifier of one side. */
interface Identity {
  readonly start: StartType;
  readonly way: Direction;
  readonly packetIdentifier: number;
}

/** The exchange of a packet that has a Packet Identifier; undefined for others. Yields where its caller may rest. */
export function* acknowledgedExchange(
  log: PacketLog,
  row: ExchangeRow,
): Generator<undefined, Exchange | undefined> {
  const start = startOf[row.packetType];
  if (!start || row.packetIdentifier === undefined) return undefined;
  // QoS 3 is none (3.3.1.2): what would be acknowledged, and how, nobody can say.
  if (row.qos === 3) return undefined;
  const way = sameWay.has(row.packetType) ? row.direction : row.direction === 'in' ? 'out' : 'in';
  const identity = { start, way, packetIdentifier: row.packetIdentifier };
  const first = yield* findFirst(log, row, identity);
  const progress = new Progress(first ?? row, identity, row.sequence);
  yield* follow(log, first ?? row, progress);
  return progress.exchange(log);
}

/** The packet that began it, on this connection or an earlier one of its client. */
function* findFirst(
  log: PacketLog,
  row: ExchangeRow,
  identity: Identity,
): Generator<undefined, ExchangeRow | undefined> {
  const isStart = (each: ExchangeRow): boolean =>
    each.direction === identity.way && each.packetIdentifier === identity.packetIdentifier;
  if (row.packetType === identity.start && !row.dup) return row;
  let earliest = row.packetType === identity.start ? row : undefined;
  let [connection, from] = [row.connection, row.sequence - 1];
  for (let left = mostConnections; left > 0; left--) {
    let ended = false;
    for (const each of rowsOf(log, connection, typeMask(identity.start), from, -1)) {
      if (!each) yield undefined;
      else if (isStart(each)) {
        earliest = each;
        ended = !each.dup;
        if (ended) break;
      }
    }
    if (ended || identity.start !== 'PUBLISH') return earliest;
    const connect = log.milestones(connection)[0] ?? from;
    const before = yield* neighbouringConnection(log, connection, connect - 1, -1);
    if (!before) return earliest;
    connection = before.connection;
    from = connect - 1;
  }
  return earliest;
}

/** Goes on from the packet that began it until it ended, over later connections of the client where it takes them. */
function* follow(log: PacketLog, first: ExchangeRow, progress: Progress): Generator<undefined, void> {
  let connection = first.connection;
  let from = first.sequence;
  for (let left = mostConnections; left > 0; left--) {
    const passed = { until: Infinity };
    for (const row of rowsOf(log, connection, progress.types, from, 1)) {
      if (!row) yield undefined;
      else if (row.sequence > passed.until || !progress.take(row)) break;
      else if (!progress.isOver) passed.until = Infinity;
      else if (passed.until === Infinity)
        passed.until = Math.max(progress.wanted, row.sequence + farthestRepeat);
    }
    progress.searchEnded = log.end - from > farthestRow;
    if (
      (progress.isOver && progress.lastSequence >= progress.wanted) ||
      progress.replaced ||
      !waitedUntil(log, connection).ended
    )
      return;
    if (progress.identity.start !== 'PUBLISH') return;
    const next = yield* neighbouringConnection(log, connection, progress.lastSequence + 1, 1);
    if (!next) return;
    connection = next.connection;
    from = next.sequence;
  }
}

class Progress {
  readonly packets: LinkedPacket[] = [];
  readonly types: number;
  isOver = false;
  replaced = false;
  searchEnded = false;
  private refused = false;
  private endedAt = 0;
  private awaited: PacketType;
  private readonly firstAwaited: PacketType;
  private readonly kind: ExchangeKind;

  constructor(
    private readonly first: ExchangeRow,
    readonly identity: Identity,
    /** The packet whose exchange is looked for. */
    readonly wanted: number,
  ) {
    const { start } = identity;
    this.types = ownTypes[start];
    this.kind =
      start === 'SUBSCRIBE' ? 'subscribe' : start === 'UNSUBSCRIBE' ? 'unsubscribe' : messageKind(first);
    this.firstAwaited =
      start === 'SUBSCRIBE'
        ? 'SUBACK'
        : start === 'UNSUBSCRIBE'
          ? 'UNSUBACK'
          : this.kind === 'qos1'
            ? 'PUBACK'
            : 'PUBREC';
    this.awaited = this.firstAwaited;
  }

  get lastSequence(): number {
    return this.packets.at(-1)?.sequence ?? this.first.sequence;
  }

  /** Takes a packet if it belongs to it; returns false where another exchange has begun. */
  take(row: ExchangeRow): boolean {
    const { identity } = this;
    const expectedWay = sameWay.has(row.packetType) === (row.direction === identity.way);
    if (!expectedWay || row.packetIdentifier !== identity.packetIdentifier) return true;
    if (row.packetType === identity.start) return this.takeStart(row);
    if (this.isOver) {
      if (row.packetType === this.awaited) this.packets.push(linked(row, 'repeated'));
      return true;
    }
    this.packets.push(linked(row, 'answer'));
    if (row.packetType === 'PUBREC' && row.reasonCode < 0x80) this.awaited = 'PUBREL';
    else if (row.packetType === 'PUBREL') this.awaited = 'PUBCOMP';
    else {
      this.isOver = true;
      this.refused = row.reasonCode >= 0x80;
      this.endedAt = row.at;
      this.awaited = row.packetType;
    }
    return true;
  }

  exchange(log: PacketLog): Exchange {
    const { kind, packets, first, isOver } = this;
    const until = waitedUntil(log, packets.at(-1)?.connection ?? first.connection);
    const unknown = packets[0]?.role !== 'start' && packets[0]?.role !== 'again';
    const open = until.ended || this.replaced ? 'unanswered' : 'waiting';
    return {
      kind,
      packets,
      outcome: unknown ? 'unknown' : isOver ? (this.refused ? 'refused' : 'complete') : open,
      awaited: isOver || unknown ? undefined : this.awaited,
      took: (isOver ? this.endedAt : until.at) - (packets[0]?.at ?? first.at),
      connectionEnded: !isOver && until.ended,
      searchEnded: !isOver && this.searchEnded,
    };
  }

  private takeStart(row: ExchangeRow): boolean {
    if (this.packets.length === 0) {
      this.packets.push(linked(row, row.dup ? 'again' : 'start'));
      return true;
    }
    // An answer that was sent and never arrived: its sender sends the message once more, and is answered once more.
    if (row.dup && (!this.isOver || row.sequence <= this.wanted)) {
      this.packets.push(linked(row, 'again'));
      this.isOver = this.refused = false;
      this.awaited = this.firstAwaited;
      return true;
    }
    this.replaced = true;
    return false;
  }
}

function messageKind(row: ExchangeRow): 'qos1' | 'qos2' {
  if (row.packetType === 'PUBLISH') return row.qos === 2 ? 'qos2' : 'qos1';
  return row.packetType === 'PUBACK' ? 'qos1' : 'qos2';
}
