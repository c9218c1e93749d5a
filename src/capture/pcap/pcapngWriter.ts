import { noBytes } from '../../base/bytes';
import { decodeUtf8 } from '../../base/utf8';
import { encode } from '../../protocol/codec';
import { noProperties } from '../../protocol/properties';
import type { Direction } from '../../session/effects';
import type { PacketLog, PacketRow } from '../packetLog';
import { concealRow, keptBytes, type Conceal } from '../rowSecrets';
import { type RowRemarks, rowRemarks } from '../rowRemarks';
import type { RowsWritten } from '../rowsWritten';
import type { Endpoint, Endpoints } from './endpoints';
import { endpointText } from './endpoints';
import { declaredEnd } from './plausiblePacket';
import { PcapngBlocks } from './pcapngBlocks';
import { savedVersion } from './savedVersion';
import { mostPayload } from './syntheticTcp';
import { UnansweredRows } from './unansweredRows';
import type { RowMark } from './workbenchMarks';
import { writeConnectionMark, writeLateRemarkMark, writeRemarkMark, writeRowMark } from './workbenchMarks';

export interface PcapngOptions {
  /** A packet without its secrets: files leave the machine. */
  readonly conceal: Conceal;
  /** What writes the file, with its version: `MQTT Workbench 1.2.0`. */
  readonly application: string;
  /** The ends of a connection, where they are known; others get ports of 127.0.0.1 of their own. */
  readonly endpointsOf?: (connection: number) => Endpoints | undefined;
}

interface Connection {
  readonly client: Endpoint;
  readonly server: Endpoint;
  readonly clientDirection: Direction;
  /** Sequence numbers of the next byte of either side. */
  clientNext: number;
  serverNext: number;
  /** Undefined once the client was let in. */
  unanswered: UnansweredRows | undefined;
}

interface OpenEnd {
  readonly number: number;
  /** The sequence number after its last row. */
  readonly end: number;
  readonly at: number;
}

const mqttPort = 1883;
const firstPort = 49_152;
const betweenInitials = 4099;
const portsOfAddress = 65_536 - firstPort;

/**
 * Writes rows of a log as a pcapng file that Wireshark shows as MQTT: each connection is one of TCP to port 1883, with
 * a handshake, and each row a segment (several where it is long) at the row's time. Comments hold what a capture of a
 * network has no place for, so that `CaptureReader` gets the same rows from the file. Give the bytes on as they come:
 * nothing of them is kept.
 */
export class PcapngWriter {
  private readonly blocks = new PcapngBlocks();
  private readonly connections = new Map<number, Connection>();
  /** The numbers of those of which the log did not say yet where they end. */
  private readonly stillOpen = new Set<number>();
  /** Which connection has these ends, those that are closed in the file left out. */
  private readonly taken = new Map<string, number>();
  private opened = 0;
  /** Of connections that are open in the file and closed in the log: where they end, the first one last. */
  private ends: OpenEnd[] = [];
  /** No row before it is still to come. */
  private next = 0;
  private madeUp = 0;
  private readonly remarks: RowRemarks;

  constructor(
    private readonly log: PacketLog,
    private readonly options: PcapngOptions,
  ) {
    this.remarks = rowRemarks(log);
    this.blocks.header(options.application);
  }

  /** Writes a row, in pieces of at most about 128 KiB; false where the log does not hold it. */
  *row(sequence: number): Generator<Uint8Array, boolean> {
    const row = this.log.row(sequence);
    if (!row) return false;
    this.closeUntil(sequence);
    this.next = sequence + 1;
    const connection = this.connections.get(row.connection) ?? (yield* this.open(row));
    const raw = this.log.bytesAt(sequence);
    if (!raw) return false;
    const remarks = this.remarks.of(sequence) ?? [];
    const own = remarks.map((remark) => writeRemarkMark(remark, row.version));
    const comments = [...own, ...this.lateRemarks(row, connection)];
    yield* this.segments(row, connection, this.shown(row, raw), markOf(row, raw), comments);
    if (row.direction === connection.clientDirection && row.kind !== 'note')
      connection.unanswered?.written(sequence, remarks.length, this.blocks.frames);
    return true;
  }

  /** With a CONNACK: what was found wrong with rows of its client after they were written, each with where it is. */
  private lateRemarks(row: PacketRow, connection: Connection): readonly string[] {
    const { unanswered } = connection;
    if (!unanswered || row.packetType !== 'CONNACK') return [];
    connection.unanswered = undefined;
    return unanswered
      .found((sequence) => this.remarks.of(sequence))
      .map(({ remark, place }) => writeLateRemarkMark(remark, row.version, place));
  }

  /** What was written since the last piece, undefined where that is nothing. Connections that ended are closed with it. */
  flush(): Uint8Array | undefined {
    this.noteEnds();
    this.closeUntil(this.next);
    return this.blocks.take();
  }

  /** No more rows follow: the same for all that is left. */
  finish(): Uint8Array | undefined {
    this.next = Infinity;
    return this.flush();
  }

  /** Looks which connections have ended by now: those are closed in front of the rows that follow, in their place. */
  noteEnds(): void {
    for (const number of this.stillOpen) this.noteEnd(number);
  }

  /** Enters where a connection ends, once that is known. Who knows no time of it knows no end either. */
  private noteEnd(number: number): void {
    const end = this.log.connectionEnd(number);
    if (end?.at === undefined) return;
    this.stillOpen.delete(number);
    const at = this.ends.findIndex((each) => each.end <= end.end);
    this.ends.splice(at < 0 ? this.ends.length : at, 0, { number, end: end.end, at: end.at });
  }

  /** Closes the connections that have no row from a sequence number on, as their log says, at the time they ended. */
  private closeUntil(sequence: number): void {
    for (let last = this.ends.at(-1); last && last.end <= sequence; last = this.ends.at(-1)) {
      this.ends.pop();
      const connection = this.connections.get(last.number);
      if (!connection) continue;
      this.connections.delete(last.number);
      const { client, server, clientNext, serverNext } = connection;
      this.taken.delete(keyOf(connection));
      const [toServer, toClient] = [
        { from: client, to: server, fin: true },
        { from: server, to: client, fin: true },
      ];
      const acknowledged = (clientNext + 1) >>> 0;
      this.blocks.segment(
        { ...toServer, sequence: clientNext, acknowledged: serverNext },
        noBytes,
        last.at,
        [],
      );
      this.blocks.segment({ ...toClient, sequence: serverNext, acknowledged }, noBytes, last.at, []);
    }
  }

  private *open(row: PacketRow): Generator<Uint8Array, Connection> {
    const { connection: number, sequence, at } = row;
    const { log, blocks } = this;
    const version = savedVersion(log, row);
    const clientDirection = log.isFromClient(number, 'in') ? 'in' : 'out';
    const known = this.options.endpointsOf?.(number);
    const { client, server } = this.free(known, number, sequence);
    // Another connection between the same ends is known for another one by where its numbers begin.
    const initial = (this.opened++ * betweenInitials) >>> 0;
    const first = (initial + 1) >>> 0;
    const connection: Connection = {
      ...{ client, server, clientDirection, clientNext: first, serverNext: first },
      unanswered: new UnansweredRows(),
    };
    this.connections.set(number, connection);
    this.stillOpen.add(number);
    this.noteEnd(number);
    const name = log.connectionName(number) ?? `connection ${number}`;
    const { port } = known?.server ?? server;
    const mark = writeConnectionMark({
      name,
      version,
      client: clientDirection,
      ...(port !== server.port && { serverPort: port }),
    });
    const [toServer, toClient] = [
      { from: client, to: server },
      { from: server, to: client },
    ];
    blocks.segment({ ...toServer, sequence: initial, acknowledged: undefined, syn: true }, noBytes, at, [
      mark,
    ]);
    blocks.segment({ ...toClient, sequence: initial, acknowledged: first, syn: true }, noBytes, at, []);
    blocks.segment({ ...toServer, sequence: first, acknowledged: first }, noBytes, at, []);
    yield* this.context({ ...row, version }, connection);
    return connection;
  }

  /** Without the CONNECT, which may not be among the rows, Wireshark would take a connection of 5.0 for one of 3.1.1. */
  private *context(row: PacketRow, connection: Connection): Generator<Uint8Array> {
    const { log } = this;
    const rows = log.milestones(row.connection).flatMap((sequence) => log.row(sequence) ?? []);
    const connect = rows.find(({ packetType }) => packetType === 'CONNECT');
    if (row.version !== 5 || (connect && connect.sequence >= row.sequence)) return;
    const raw = connect && log.bytesAt(connect.sequence);
    const bytes = connect && raw ? this.shown(connect, raw) : connectOf5;
    const direction = connection.clientDirection;
    yield* this.segments({ ...row, direction }, connection, bytes, { kind: 'context' });
  }

  private *segments(
    { direction, at }: PacketRow,
    connection: Connection,
    bytes: Uint8Array,
    mark: RowMark | undefined,
    remarks: readonly string[] = [],
  ): Generator<Uint8Array> {
    const fromClient = direction === connection.clientDirection;
    const { client, server } = connection;
    const ends = fromClient ? { from: client, to: server } : { from: server, to: client };
    const payload = mark?.kind === 'note' ? noBytes : bytes;
    let sent = 0;
    do {
      const part = payload.subarray(sent, sent + mostPayload);
      sent += part.length;
      const { clientNext, serverNext } = connection;
      const [sequence, acknowledged] = fromClient ? [clientNext, serverNext] : [serverNext, clientNext];
      const isLast = sent >= payload.length;
      const marks = mark ? [writeRowMark(isLast ? mark : { ...mark, more: true })] : [];
      const comments = isLast ? [...marks, ...remarks] : marks;
      this.blocks.segment({ ...ends, sequence, acknowledged, push: part.length > 0 }, part, at, comments);
      const next = part.length + (isLast ? (mark?.hole ?? 0) : 0);
      if (fromClient) connection.clientNext = (clientNext + next) >>> 0;
      else connection.serverNext = (serverNext + next) >>> 0;
      const page = this.blocks.isFull ? this.blocks.take() : undefined;
      if (page) yield page;
    } while (sent < payload.length);
  }

  private shown(row: PacketRow, raw: Uint8Array): Uint8Array {
    const bytes = concealRow(this.log, row, raw, this.options.conceal);
    return bytes === raw && raw.length > mostPayload ? keptBytes(raw) : bytes;
  }

  /** Ends that no other connection has that is open, with a server's port at which Wireshark looks for MQTT. */
  private free(known: Endpoints | undefined, number: number, sequence: number): Endpoints {
    if (known) {
      const ends = { client: known.client, server: { ...known.server, port: mqttPort } };
      const isOneFamily = ends.client.address.length === ends.server.address.length;
      if (isOneFamily && this.take(ends, number, sequence)) return ends;
    }
    for (;;) {
      const ends = madeUpEnds(this.madeUp++);
      if (this.take(ends, number, sequence)) return ends;
    }
  }

  /** Whether no other connection has these ends that has rows from a sequence number on: a device may take the same port again. */
  private take(ends: Endpoints, number: number, sequence: number): boolean {
    const key = keyOf(ends);
    const holder = this.taken.get(key);
    if (holder !== undefined) {
      const end = this.log.connectionEnd(holder)?.end;
      const isForgotten = this.log.connectionName(holder) === undefined;
      if (!isForgotten && (end === undefined || end > sequence)) return false;
      // It ended at a time that nobody noted.
      this.connections.delete(holder);
      this.stillOpen.delete(holder);
    }
    this.taken.set(key, number);
    return true;
  }
}

function keyOf({ client, server }: Endpoints): string {
  return `${endpointText(client)} ${endpointText(server)}`;
}

function madeUpEnds(index: number): Endpoints {
  const host = 1 + Math.floor(index / portsOfAddress);
  const address = Uint8Array.of(127, (host >> 16) & 0xff, (host >> 8) & 0xff, host & 0xff);
  const client = { address, port: firstPort + (index % portsOfAddress) };
  return { client, server: { address: Uint8Array.of(127, 0, 0, 1), port: mqttPort } };
}

/** The rows of a log as a pcapng file, in pieces; take a turn between them where there are many. */
export function* writePcapng(
  log: PacketLog,
  sequences: Iterable<number>,
  options: PcapngOptions,
): Generator<Uint8Array, RowsWritten> {
  const writer = new PcapngWriter(log, options);
  let rows = 0;
  let missing = 0;
  for (const sequence of sequences) {
    if (yield* writer.row(sequence)) rows++;
    else missing++;
  }
  const rest = writer.finish();
  if (rest) yield rest;
  return { rows, missing };
}

/** What a row has besides the bytes of a packet. */
function markOf(row: PacketRow, raw: Uint8Array): RowMark | undefined {
  const { kind, withoutContext, decoded, endsPrevious, cut, rest } = row;
  if (kind === 'packet' && !withoutContext && !decoded && !endsPrevious) return undefined;
  const note = kind === 'note' ? decodeUtf8(raw, 1) : undefined;
  // So that Wireshark does not take what follows for the rest of it.
  const hole = kind === 'incomplete' ? Math.max(0, declaredEnd(raw, 0) - raw.length) : 0;
  return {
    kind,
    ...(withoutContext && { withoutContext }),
    ...(decoded && { decoded }),
    ...(endsPrevious && { endsPrevious }),
    ...(cut && { cut }),
    ...(rest && { rest }),
    ...(note !== undefined && { note }),
    ...(hole > 0 && { hole }),
    ...(kind === 'incomplete' && row.topic !== undefined && { hasTopic: true }),
  };
}

/** Stands for a CONNECT that is not in the log any more. */
const connectOf5 = encode(
  {
    type: 'CONNECT',
    protocolName: 'MQTT',
    protocolVersion: 5,
    cleanStart: true,
    keepAlive: 0,
    properties: noProperties,
    clientIdentifier: '',
    will: undefined,
    userName: undefined,
    password: undefined,
  },
  5,
);
