import { deviceName } from '../../base/connectionName';
import { ConnectionCapture } from '../../capture/connectionCapture';
import { PacketContexts } from '../../capture/packetContexts';
import type { PacketLog, PacketRow } from '../../capture/packetLog';
import type { Denial } from '../../broker/brokerEvents';
import { rowRemarks } from '../../capture/rowRemarks';
import { connectIdentifier } from '../../protocol/connectIdentifier';
import type { ControlPacket, PacketType } from '../../protocol/controlPacket';
import { dissect } from '../../protocol/dissect';
import { isRemarkable } from '../../protocol/remarkedViolations';
import type { ViolationId } from '../../protocol/violations';
import type { CaptureTap } from '../../session/effects';
import type { Mistake } from '../../session/serverContract';
import { shownIdentifier } from './clientText';
import { ReceivedRows } from './receivedRows';

/** How many connections that are closed are remembered by where they came from. */
const mostClosed = 1_000;
/** How many clients, and connections of each, are remembered. */
const mostClients = 10_000;
const mostOfClient = 32;
/** How much of a packet is read in search of what is wrong with it, in bytes. */
const longestRead = 64 * 1024;
/** How many rows of the log, and packets among them, are looked at for it. */
const farthestRow = 20_000;
const mostPackets = 2_000;

interface KnownConnection {
  readonly connection: number;
  /** Of its CONNECT, as far as that could be read. */
  clientIdentifier: string | undefined;
  readonly received: ReceivedRows;
}

/** A place in the log: what a connection had sent until then. */
export interface CapturedPlace {
  readonly connection: number;
  /** The sequence number after its last packet. */
  readonly end: number;
}

/** The packets of the local broker's clients, in the packet log: named after who sent them, and found again. */
export class BrokerCaptures {
  /** By where they come from. */
  private readonly open_ = new Map<string, KnownConnection>();
  private readonly closed = new Map<string, KnownConnection>();
  private readonly clients = new Map<string, number[]>();
  private readonly contexts: PacketContexts;

  constructor(private readonly log: PacketLog) {
    this.contexts = new PacketContexts(log);
  }

  /** Captures a connection from its first byte. Until its CONNECT has arrived it is called after where it comes from. */
  open(peer: string): CaptureTap {
    const capture = new ConnectionCapture(this.log, peer, (connect) => {
      const clientIdentifier = connectIdentifier(connect.subarray(0, longestRead));
      if (clientIdentifier === undefined) return undefined;
      known.clientIdentifier = clientIdentifier;
      this.remember(clientIdentifier, capture.connection);
      return nameOf(clientIdentifier, peer);
    });
    const { connection } = capture;
    const received = new ReceivedRows();
    const known: KnownConnection = { connection, clientIdentifier: undefined, received };
    this.open_.set(peer, known);
    return {
      ends: (ends) => capture.ends(ends),
      chunk: (direction, bytes, at) => {
        const { end } = this.log;
        capture.chunk(direction, bytes, at);
        if (direction === 'in') received.came(end, this.log.end);
      },
      closed: (at) => {
        capture.closed(at);
        if (this.open_.get(peer) === known) this.open_.delete(peer);
        this.closed.delete(peer);
        this.closed.set(peer, known);
        forgetOldest(this.closed, mostClosed);
      },
    };
  }

  /** The broker let a client in, which may have had no identifier of its own. */
  admitted(peer: string, clientIdentifier: string): void {
    const connection = this.connectionOf(peer);
    if (connection === undefined || this.clients.get(clientIdentifier)?.includes(connection)) return;
    this.remember(clientIdentifier, connection);
    this.log.renameConnection(connection, nameOf(clientIdentifier, peer));
    this.log.announce();
  }

  /** What came from there is no MQTT, but something that has a name. */
  isForeign(peer: string, what: string): void {
    const connection = this.connectionOf(peer);
    if (connection === undefined) return;
    this.log.renameConnection(connection, `${peer} (${what})`);
    this.log.announce();
  }

  /** Who a connection's CONNECT says that it is, also where the broker does not believe a word of that. */
  identifierOf(peer: string): string | undefined {
    return this.known(peer)?.clientIdentifier;
  }

  /** Where the packets of a connection end for now. */
  place(peer: string): CapturedPlace | undefined {
    const connection = this.connectionOf(peer);
    return connection === undefined ? undefined : { connection, end: this.log.end };
  }

  /** The newest packet of a client, whichever way it went; undefined where none is kept. */
  newest(clientIdentifier: string): number | undefined {
    const connections = new Set(this.clients.get(clientIdentifier));
    return this.last(this.log.end, ({ connection }) => connections.has(connection));
  }

  /** The CONNECT of a connection, else the last that came on it. */
  connect(place: CapturedPlace): number | undefined {
    const connect = this.log
      .milestones(place.connection)
      .find((sequence) => this.log.row(sequence)?.packetType === 'CONNECT');
    return connect ?? this.latest(place);
  }

  /** The last that came on a connection, of a type where one is given: anything where there is none of that. */
  latest(place: CapturedPlace, type?: PacketType): number | undefined {
    const { connection, end } = place;
    const isTheirs = (row: PacketRow) => row.connection === connection && row.direction === 'in';
    const found = type && this.last(end, (row) => isTheirs(row) && row.packetType === type);
    return found ?? this.last(end, isTheirs);
  }

  /** The last that came on a connection up to its end: what it left unfinished is entered only then. */
  unfinished({ connection, end }: CapturedPlace): number | undefined {
    return this.latest({ connection, end: this.log.connectionEnd(connection)?.end ?? end });
  }

  /**
   * The packet that breaks a rule; else, since some rules are about more than one packet, the last that came on the
   * connection.
   */
  offending(place: CapturedPlace, violation: ViolationId): number | undefined {
    const { connection, end } = place;
    const isTheirs = (row: PacketRow) => row.connection === connection && row.direction === 'in';
    let found: number | undefined;
    let looked = 0;
    for (const row of this.backwards(end)) {
      if (!isTheirs(row)) continue;
      if (++looked > mostPackets) break;
      if (this.breaks(row, violation)) found = row.sequence;
    }
    return found ?? this.latest(place);
  }

  /**
   * Notes what the broker found wrong on the packets of mistakes that take what went before them to be such, and so do not show
   * by themselves. Called in the turn in which the broker finds them.
   * @returns the first of these packets; undefined where it came too long ago
   */
  remark(peer: string, mistakes: readonly Pick<Mistake, 'violation' | 'packet'>[]): number | undefined {
    const received = this.known(peer)?.received;
    const remarks = rowRemarks(this.log);
    let first: number | undefined;
    for (const { violation, packet } of mistakes) {
      const sequence = received?.of(packet);
      if (sequence === undefined) continue;
      first ??= sequence;
      if (isRemarkable(violation)) remarks.add(sequence, violation);
    }
    return first;
  }

  /** A packet, as long as it is kept. */
  kept(sequence: number): number | undefined {
    return this.log.row(sequence) && sequence;
  }

  /** The packet with which a client asked for what it may not do; else the last that came on the connection. */
  denied(place: CapturedPlace, { action, topic }: Pick<Denial, 'action' | 'topic'>): number | undefined {
    const { connection, end } = place;
    const isIt = (row: PacketRow): boolean => {
      if (action === 'publish') return row.packetType === 'PUBLISH' && row.topic === topic;
      const packet = row.packetType === 'SUBSCRIBE' ? this.read(row) : undefined;
      return (
        packet?.type === 'SUBSCRIBE' && packet.subscriptions.some(({ topicFilter }) => topicFilter === topic)
      );
    };
    let looked = 0;
    const isWanted = (row: PacketRow) =>
      row.connection === connection && row.direction === 'in' && (++looked > mostPackets || isIt(row));
    const found = this.last(end, isWanted);
    return looked > mostPackets ? this.latest(place) : (found ?? this.latest(place));
  }

  private read(row: PacketRow): ControlPacket | undefined {
    const bytes = this.log.bytesAt(row.sequence);
    return (
      bytes && dissect(bytes.subarray(0, longestRead), { version: row.version, size: bytes.length }).packet
    );
  }

  private breaks(row: PacketRow, violation: ViolationId): boolean {
    const bytes = this.log.bytesAt(row.sequence);
    if (!bytes) return false;
    const shown = dissect(bytes.subarray(0, longestRead), {
      ...this.contexts.of(row),
      version: row.version,
      size: bytes.length,
    });
    return shown.violations.some(({ id }) => id === violation);
  }

  private last(end: number, isWanted: (row: PacketRow) => boolean): number | undefined {
    for (const row of this.backwards(end)) if (isWanted(row)) return row.sequence;
    return undefined;
  }

  private *backwards(end: number): Generator<PacketRow> {
    const first = Math.max(this.log.first, end - farthestRow);
    for (let sequence = end - 1; sequence >= first; sequence--) {
      const row = this.log.row(sequence);
      if (row) yield row;
    }
  }

  private connectionOf(peer: string): number | undefined {
    return this.known(peer)?.connection;
  }

  private known(peer: string): KnownConnection | undefined {
    return this.open_.get(peer) ?? this.closed.get(peer);
  }

  private remember(clientIdentifier: string, connection: number): void {
    // The log forgets a connection with its last packet.
    const known = (this.clients.get(clientIdentifier) ?? []).filter(
      (each) => this.log.connectionName(each) !== undefined,
    );
    this.clients.delete(clientIdentifier);
    this.clients.set(clientIdentifier, [...known, connection].slice(-mostOfClient));
    forgetOldest(this.clients, mostClients);
  }
}

function nameOf(clientIdentifier: string, peer: string): string {
  return deviceName(shownIdentifier(clientIdentifier), peer);
}

function forgetOldest(map: Map<string, unknown>, most: number): void {
  const [oldest] = map.keys();
  if (map.size > most && oldest !== undefined) map.delete(oldest);
}
