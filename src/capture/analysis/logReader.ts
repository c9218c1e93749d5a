import { readNote } from '../../base/captureNote';
import type { Sender } from '../../protocol/dissectionContext';
import { QuickReader } from '../../protocol/quickReading';
import { openingOf } from '../clientIdentity';
import type { PacketLog, PacketRow } from '../packetLog';
import { ConnectionReading } from './connectionReading';
import type { CarriedMessage, LogObserver, OpenHandshake, SeenConnection, SeenHandshake } from './seen';

/** How many connections are followed at once; of more than that the one that was silent longest is given up. */
const mostConnections = 10_000;
/** Up to so many connections are asked whether they ended before each CONNECT; more are asked when everything is read. */
const fewConnections = 256;
/** How many messages are remembered that their connection did not end. */
const mostCarried = 10_000;
/** A packet is read up to here, as people's view of it is: real ones keep below it but for their payload. */
const longestRead = 16 * 1024 * 1024;
/** Bytes of packets after which a step ends: a payload that says it is text is checked to be. */
const bytesAtATime = 256 * 1024;

/** A handshake that waits, with the connection it waits on. */
export interface WaitingHandshake extends OpenHandshake {
  readonly connection: SeenConnection;
}

/**
 * Reads a log from its oldest packet on, in their order and each once, in steps as small as its caller likes, and tells
 * observers what it sees. Keeps up with evictions, and begins anew where the log was cleared.
 */
export class LogReader {
  private readonly reader = new QuickReader();
  private readonly open = new Map<number, ConnectionReading>();
  /** Messages of sessions that went on without a connection, by client and Packet Identifier. */
  private readonly carried = new Map<string, CarriedMessage>();
  private next: number;
  private forgotten: number;
  /** Differs after the log was cleared. */
  private origin: number;
  private missedRows = 0;
  private readRows = 0;

  constructor(
    private readonly log: PacketLog,
    private readonly observers: () => readonly LogObserver[],
    /** The log was cleared: what was accumulated so far is of packets that nobody can look at any more. */
    private readonly cleared: () => void,
  ) {
    this.next = log.first;
    this.forgotten = log.first;
    this.origin = originOf(log);
  }

  /** How many rows were read since the log was last cleared. */
  get read(): number {
    return this.readRows;
  }

  /** How many rows went before they could be read. */
  get missed(): number {
    return this.missedRows;
  }

  /** How many rows are still to be read. */
  get pending(): number {
    return this.log.end - Math.max(this.next, this.log.first);
  }

  /** The sequence number before which everything was read. */
  get position(): number {
    return this.next;
  }

  /** Handshakes that wait since before a time, the oldest of each connection first; at most so many. */
  waiting(before: number, most: number): readonly WaitingHandshake[] {
    const found: WaitingHandshake[] = [];
    for (const connection of this.open.values()) {
      if (connection.decoded) continue;
      for (const handshake of connection.handshakes.open()) {
        if (found.length === most) return found;
        if (handshake.start.at < before) found.push({ ...handshake, connection });
      }
    }
    return found;
  }

  /** Connections of which more packets may come. */
  connections(): Iterable<SeenConnection> {
    return this.open.values();
  }

  /** Reads at most so many rows, and fewer where they are long; returns whether everything is read. */
  advance(most: number): boolean {
    this.keepUp();
    const end = Math.min(this.log.end, this.next + most);
    for (let bytes = 0; this.next < end && bytes < bytesAtATime;) {
      bytes += this.one(this.next);
      this.next++;
      this.readRows++;
    }
    const done = this.next === this.log.end;
    if (done) {
      this.reader.release();
      this.endClosed();
    }
    return done;
  }

  private keepUp(): void {
    const { log } = this;
    const origin = originOf(log);
    if (origin !== this.origin) {
      this.origin = origin;
      this.open.clear();
      this.carried.clear();
      this.next = log.first;
      this.forgotten = log.first;
      this.missedRows = 0;
      this.readRows = 0;
      this.cleared();
    }
    if (this.next < log.first) {
      this.missedRows += log.first - this.next;
      this.next = log.first;
      for (const connection of this.open.values()) connection.missPackets();
    }
    if (this.forgotten < log.first) {
      this.forgotten = log.first;
      for (const observer of this.observers()) observer.forgetBefore?.(log.first);
    }
  }

  /** Reads a row and returns how many bytes it has. */
  private one(sequence: number): number {
    const row = this.log.row(sequence);
    const bytes = this.log.bytesAt(sequence);
    if (!row || !bytes) return 0;
    const connection = this.connectionOf(row);
    const moment = { sequence, at: row.at };
    if (row.kind !== 'packet') {
      connection.noteTime(moment, undefined);
      if (row.kind === 'note' && tellsOfMissing(bytes)) connection.missPackets();
      this.tell(row, bytes, connection, undefined, undefined, []);
      return row.length;
    }
    const whole = bytes.length <= longestRead ? bytes : bytes.subarray(0, longestRead);
    const { packet, sender, violations } = connection.read(this.reader, row, whole);
    // Another connection of the client may have ended just before.
    if (packet?.type === 'CONNECT' && this.open.size <= fewConnections) this.endClosed();
    connection.noteTime(moment, sender);
    if (packet && sender) connection.note(packet, sender, moment, row.topic);
    this.tell(row, bytes, connection, sender, packet, violations);
    return row.length;
  }

  private tell(
    row: PacketRow,
    bytes: Uint8Array,
    connection: SeenConnection,
    sender: Sender | undefined,
    packet: ReturnType<ConnectionReading['read']>['packet'],
    violations: ReturnType<ConnectionReading['read']>['violations'],
  ): void {
    const seen = { row, bytes, connection, sender, version: row.version, packet, violations };
    for (const observer of this.observers()) observer.packet?.(seen);
  }

  private connectionOf(row: PacketRow): ConnectionReading {
    const known = this.open.get(row.connection);
    if (known) {
      if (row.packetType === 'CONNACK' || row.packetType === 'CONNECT')
        known.name = this.nameOf(row.connection);
      return known;
    }
    const opened = new ConnectionReading(
      row.connection,
      this.nameOf(row.connection),
      { sequence: row.sequence, at: row.at },
      row.version,
      row.decoded ?? false,
      this.missedRows === 0 && this.log.evictedPackets === 0,
      (handshake) => this.ended(handshake),
      (...message) => this.takeCarried(...message),
    );
    // The log knows its CONNECT even where that comes later than the packet at hand.
    const { clientIdentifier, clientDirection } = openingOf(this.log, row.connection);
    Object.assign(opened, { clientIdentifier, clientDirection });
    this.open.set(row.connection, opened);
    if (this.open.size > mostConnections) this.endSilent();
    return opened;
  }

  private nameOf(connection: number): string {
    return this.log.connectionName(connection) ?? `connection ${connection}`;
  }

  private ended(handshake: SeenHandshake): void {
    for (const observer of this.observers()) observer.handshake?.(handshake);
  }

  /** Ends the connections whose last row was read. */
  private endClosed(): void {
    for (const connection of this.open.values()) {
      const end = this.log.connectionEnd(connection.number);
      const known = end !== undefined || this.log.connectionName(connection.number) !== undefined;
      if (known && (end === undefined || end.end > this.next)) continue;
      this.end(connection, end?.at);
    }
  }

  private endSilent(): void {
    let silent: ConnectionReading | undefined;
    for (const each of this.open.values())
      if (!silent || each.last.sequence < silent.last.sequence) silent = each;
    if (silent) this.end(silent, undefined);
  }

  private end(connection: ConnectionReading, notedAt: number | undefined): void {
    const at = notedAt ?? connection.last.at;
    this.open.delete(connection.number);
    connection.endedAt = at;
    connection.isEndNoted = notedAt !== undefined;
    // A dump is a part that somebody picked: what is not in it may have been sent.
    if (connection.decoded) connection.handshakes.forget();
    const kept = connection.handshakes.close({ sequence: connection.last.sequence, at });
    for (const { kind, sender, packetIdentifier, start, topic, resumes } of kept) {
      if (kind !== 'qos1' && kind !== 'qos2') continue;
      const { sequence, at } = resumes ?? start;
      this.carried.set(carriedKey(connection.client, sender, packetIdentifier), {
        sequence,
        at,
        kind,
        topic,
      });
      const [oldest] = this.carried.keys();
      if (this.carried.size > mostCarried && oldest !== undefined) this.carried.delete(oldest);
    }
    for (const observer of this.observers()) observer.ended?.(connection);
  }

  private takeCarried(
    connection: SeenConnection,
    kind: CarriedMessage['kind'],
    sender: Sender,
    packetIdentifier: number,
  ): CarriedMessage | undefined {
    const key = carriedKey(connection.client, sender, packetIdentifier);
    const message = this.carried.get(key);
    if (message?.kind !== kind) return undefined;
    this.carried.delete(key);
    for (const observer of this.observers()) observer.resumed?.(message, connection);
    return message;
  }
}

/** Whether packets of the connection may have gone before the note that nobody captured. */
function tellsOfMissing(note: Uint8Array): boolean {
  const code = readNote(note)?.code;
  return code === 'gap' || code === 'snapLength' || code === 'midConnection';
}

function carriedKey(client: string, sender: Sender, packetIdentifier: number): string {
  return `${client}\n${sender}\n${packetIdentifier}`;
}

/** Moves only when the log is cleared, since evictions move both by as much. */
function originOf(log: PacketLog): number {
  return log.first - log.evictedPackets;
}
