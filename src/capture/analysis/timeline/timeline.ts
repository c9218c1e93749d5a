import type { Violation } from '../../../protocol/violations';
import { distinctLabels } from '../../clientIdentity';
import type { WaitingHandshake } from '../logReader';
import type { CarriedMessage, LogObserver, Moment, SeenConnection, SeenHandshake, SeenPacket } from '../seen';
import { HandshakeRing, type RingHandshake } from './handshakeRing';
import { type InFlightChange, InFlightRing } from './inFlightRing';
import { LaneBuilder } from './laneBuilder';
import type { TimelineConnection, TimelineMarkKind, TimelineReport, TimelineWindow } from './report';

/** How many handshakes, marks and connections are remembered, the newest ones. */
const mostHandshakes = 200_000;
/** Each of them changes twice what is in flight. */
const mostChanges = 2 ** 19;
const mostMarks = 20_000;
const mostConnections = 5_000;
/** How many clients are told of at once, those with the newest packets. */
const mostLanes = 200;
const mostColumns = 4_000;
/** Characters kept of what a violation found. */
const longestValue = 80;
/** Handshakes looked at between two rests. */
const restAfter = 4_000;

interface KeptConnection extends TimelineConnection {
  client: string;
  lane: string;
  label: string;
  longLabel: string;
  identifier: string | undefined;
  last: Moment;
  end: Moment | undefined;
  takenOverBy: Moment | undefined;
  connect: TimelineConnection['connect'];
  connack: TimelineConnection['connack'];
  disconnect: TimelineConnection['disconnect'];
  keepAlive: number | undefined;
  longestSilence: TimelineConnection['longestSilence'];
  hasWill: boolean;
  /** Its messages in flight after its last packet. */
  inFlight: number;
}

interface KeptMark extends Moment {
  readonly kind: TimelineMarkKind;
  readonly connection: number;
  readonly violation: Violation | undefined;
}

/** What happened when, client by client: connections, handshakes, and what stands out. */
export class Timeline implements LogObserver {
  private readonly connections = new Map<number, KeptConnection>();
  /** The open connection of each client. */
  private readonly current = new Map<string, KeptConnection>();
  private readonly handshakes = new HandshakeRing(mostHandshakes);
  private readonly inFlight = new InFlightRing(mostChanges);
  private marks: KeptMark[] = [];
  private firstAt = 0;
  private lastAt = 0;

  packet({ row, connection, packet, violations }: SeenPacket): void {
    const moment = { sequence: row.sequence, at: row.at };
    if (this.firstAt === 0) this.firstAt = row.at;
    this.lastAt = Math.max(this.lastAt, row.at);
    const kept = this.kept(connection, moment);
    kept.last = moment;
    const { inFlight } = connection;
    if (inFlight !== kept.inFlight) this.noteInFlight(kept, row.at, inFlight);
    if (packet?.type === 'CONNECT' || packet?.type === 'CONNACK') this.noteOpening(kept, connection, moment);
    if (packet?.type === 'CONNACK' && packet.reasonCode !== 0) this.mark('refused', moment, kept.number);
    if (packet?.type === 'DISCONNECT') kept.disconnect = connection.disconnect;
    const [violation] = violations;
    if (violation) this.mark('violation', moment, kept.number, withShortValue(violation));
  }

  handshake(handshake: SeenHandshake): void {
    this.handshakes.add(handshake);
  }

  resumed(message: CarriedMessage): void {
    this.handshakes.resume(message);
  }

  ended(connection: SeenConnection): void {
    const kept = this.connections.get(connection.number);
    if (!kept) return;
    const end = { sequence: kept.last.sequence, at: connection.endedAt ?? kept.last.at };
    kept.end = end;
    kept.lane = connection.lane;
    kept.longestSilence = silenceUntil(end, connection);
    if (kept.inFlight > 0) this.noteInFlight(kept, end.at, 0);
    this.lastAt = Math.max(this.lastAt, end.at);
    if (this.current.get(kept.client) === kept) this.current.delete(kept.client);
    if (kept.hasWill && willIsPublished(connection)) this.mark('will', end, kept.number);
  }

  forgetBefore(first: number): void {
    for (const [number, { last, end }] of this.connections) {
      if (end !== undefined && last.sequence < first) this.connections.delete(number);
    }
    this.marks = this.marks.filter(({ sequence }) => sequence >= first);
  }

  /** What is to be seen in a part of the time. Yields where its caller may rest. */
  *report(
    { from: wantedFrom, to: wantedTo, columns: wantedColumns }: TimelineWindow,
    waiting: readonly WaitingHandshake[],
    live: Iterable<SeenConnection>,
  ): Generator<undefined, TimelineReport> {
    for (const connection of live) {
      const kept = this.connections.get(connection.number);
      if (!kept) continue;
      kept.lane = connection.lane;
      kept.longestSilence = silenceUntil({ sequence: kept.last.sequence, at: this.lastAt }, connection);
    }
    const [from, to] = [wantedFrom ?? this.firstAt, wantedTo ?? this.lastAt];
    const columns = Math.max(1, Math.min(mostColumns, Math.floor(wantedColumns)));
    const lanes = new Map<string, LaneBuilder>();
    const ofConnection = new Map<number, LaneBuilder>();
    const kept = [...this.connections.values()].sort((a, b) => b.last.sequence - a.last.sequence);
    const all = new Set(kept.map(({ lane }) => lane));
    for (const connection of kept) {
      let lane = lanes.get(connection.lane);
      if (!lane) {
        if (lanes.size === mostLanes) continue;
        lane = new LaneBuilder(connection.lane, connection.label, connection.longLabel, from, to, columns);
        lanes.set(connection.lane, lane);
      }
      lane.addIdentifier(connection.identifier);
      ofConnection.set(connection.number, lane);
      const ended = connection.end?.at ?? Infinity;
      if (connection.start.at <= to && ended >= from) lane.connections.unshift(shown(connection));
    }
    yield* this.addHandshakes(ofConnection);
    for (const { connection, kind, start } of waiting) {
      const { at, sequence } = start;
      const end = this.lastAt;
      ofConnection
        .get(connection.number)
        ?.addHandshake({ kind, outcome: 'waiting', start: at, end, sequence });
    }
    for (const { connection, ...mark } of this.marks) ofConnection.get(connection)?.addMark(mark);
    yield* this.addInFlight(ofConnection);
    const { firstAt: first, lastAt: last } = this;
    const labelOf = distinctLabels(lanes.values());
    const shownLanes = [...lanes.values()].map((lane) => lane.build(labelOf(lane), last));
    // `dev-2` comes before `dev-10`.
    shownLanes.sort((a, b) => a.label.localeCompare(b.label, 'en', { numeric: true }));
    return { first, last, from, to, lanes: shownLanes, omittedLanes: all.size - lanes.size };
  }

  private *addHandshakes(ofConnection: ReadonlyMap<number, LaneBuilder>): Generator<undefined, void> {
    const row: RingHandshake = {
      ...{ connection: 0, start: 0, end: 0, sequence: 0 },
      ...({ kind: 'qos1', outcome: 'complete' } as const),
    };
    for (let index = 0; index < this.handshakes.length; index++) {
      this.handshakes.read(index, row);
      ofConnection.get(row.connection)?.addHandshake(row);
      if (index % restAfter === restAfter - 1) yield undefined;
    }
  }

  private *addInFlight(ofConnection: ReadonlyMap<number, LaneBuilder>): Generator<undefined, void> {
    const change: InFlightChange = { connection: 0, at: 0, count: 0 };
    for (let index = 0; index < this.inFlight.length; index++) {
      this.inFlight.read(index, change);
      ofConnection.get(change.connection)?.addInFlight(change);
      if (index % restAfter === restAfter - 1) yield undefined;
    }
  }

  private noteInFlight(kept: KeptConnection, at: number, count: number): void {
    kept.inFlight = count;
    this.inFlight.add(kept.number, at, count);
  }

  private noteOpening(kept: KeptConnection, connection: SeenConnection, moment: Moment): void {
    const { connect, connack } = connection;
    kept.client = connection.client;
    kept.lane = connection.lane;
    kept.label = connection.label;
    kept.longLabel = connection.longLabel;
    kept.identifier = connection.clientIdentifier;
    kept.keepAlive = connection.keepAlive;
    kept.hasWill = connect?.will !== undefined;
    kept.connect = connect && {
      sequence: connect.sequence,
      cleanStart: connect.cleanStart,
      sessionExpiry: connect.sessionExpiry,
    };
    kept.connack = connack && {
      sequence: connack.sequence,
      reasonCode: connack.reasonCode,
      sessionPresent: connack.sessionPresent,
    };
    const before = this.current.get(kept.client);
    if (before && before !== kept && before.end === undefined) {
      before.takenOverBy = moment;
      this.mark('takeover', moment, kept.number);
    }
    this.current.set(kept.client, kept);
  }

  private kept(connection: SeenConnection, moment: Moment): KeptConnection {
    const known = this.connections.get(connection.number);
    if (known) return known;
    const { number, name, client, lane, label, longLabel, clientIdentifier: identifier } = connection;
    const kept: KeptConnection = {
      ...{ number, name, client, lane, label, longLabel, identifier, start: moment, last: moment },
      ...{ keepAlive: undefined, hasWill: false, inFlight: 0 },
      ...{ end: undefined, connect: undefined, connack: undefined, disconnect: undefined },
      ...{ takenOverBy: undefined, longestSilence: undefined },
    };
    this.connections.set(number, kept);
    const [oldest] = this.connections.keys();
    if (this.connections.size > mostConnections && oldest !== undefined) this.connections.delete(oldest);
    return kept;
  }

  private mark(
    kind: TimelineMarkKind,
    { sequence, at }: Moment,
    connection: number,
    violation?: Violation,
  ): void {
    this.marks.push({ kind, sequence, at, connection, violation });
    if (this.marks.length > mostMarks * 1.25) this.marks = this.marks.slice(-mostMarks);
  }
}

/** A violation as it is kept of many packets: what was found may be as long as a topic. */
function withShortValue(violation: Violation): Violation {
  const { value } = violation;
  if (typeof value !== 'string' || value.length <= longestValue) return violation;
  return { ...violation, value: `${value.slice(0, longestValue - 1)}…` };
}

/** Whether the server publishes the Will Message of a connection that ended: always but after a DISCONNECT without it (3.1.2.5). */
export function willIsPublished({ connect, connack, disconnect }: SeenConnection): boolean {
  if (!connect?.will || connack?.reasonCode !== 0) return false;
  return disconnect?.by !== 'client' || disconnect.reasonCode !== 0;
}

/** The longest time that a client sent nothing, with the time since its last packet: one that is cut off sends no other. */
function silenceUntil(
  end: Moment,
  { lastOfClient, longestSilence }: SeenConnection,
): TimelineConnection['longestSilence'] {
  const milliseconds = lastOfClient ? end.at - lastOfClient.at : 0;
  return milliseconds > (longestSilence?.milliseconds ?? 0) ? { ...end, milliseconds } : longestSilence;
}

function shown(kept: KeptConnection): TimelineConnection {
  const { number, name, start, end, connect, connack, disconnect } = kept;
  const { hasWill, takenOverBy, keepAlive, longestSilence } = kept;
  return {
    ...{ number, name, start, end, connect, connack, disconnect },
    ...{ hasWill, takenOverBy, keepAlive, longestSilence },
  };
}
