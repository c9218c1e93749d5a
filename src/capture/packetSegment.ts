import type { ProtocolVersion } from '../protocol/controlPacket';
import type { UnframedRest } from '../protocol/secretStart';
import type { Direction } from '../session/effects';
import type { EqualPackets } from './equalPackets';
import { type CapturedTopic, inPacket, topicInPacket } from './publishTopics';
import { packFlags, type RowKind } from './rowFlags';

/** What is known of bytes when they are captured, beside the bytes themselves. */
export interface CapturedBytes {
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  readonly direction: Direction;
  /** The number `PacketLog.openConnection` gave. */
  readonly connection: number;
  readonly kind: RowKind;
  /** The version that this connection's CONNECT names; what dissects the bytes needs it. */
  readonly version: ProtocolVersion;
  /** Of a PUBLISH: where its Topic Name is, or the one its Topic Alias stands for; undefined where there is none. */
  readonly topic: CapturedTopic;
  /** Nobody knows who sent it or what was sent the other way, so it is held against no other packet. */
  readonly withoutContext?: boolean;
  /** It came over no connection of ours, such as from a dump: which way it went is not known, nor when. */
  readonly decoded?: boolean;
  /** Of unframed bytes: they make the packet of the row before them whole, whose Remaining Length is too small by as many. */
  readonly endsPrevious?: boolean;
  /** Of an incomplete packet and of unframed bytes that came over a connection: it is the capture that lacks what makes them whole. */
  readonly cut?: boolean;
  /** Of unframed bytes; of those that came over no connection only whether they may hold a secret. */
  readonly rest?: UnframedRest | undefined;
}

/** Whole packets of one connection and chunk that lie one after another in one buffer. */
export interface PacketRun {
  readonly captured: Omit<CapturedBytes, 'topic'>;
  readonly buffer: Uint8Array;
  /** Where the first packet starts. */
  readonly start: number;
  /** Where each packet ends. */
  readonly ends: readonly number[];
  /** The topic of each packet, as {@link CapturedBytes} has it; undefined where each PUBLISH has its own and no other has any. */
  readonly topics: readonly CapturedTopic[] | undefined;
  /** There may be packets that decide how others are read: see {@link ConnectionMilestones}. */
  readonly hasMilestones: boolean;
  /** The buffer has nothing but these packets and nobody else uses it: it may be kept in place of a copy. */
  readonly isGiven?: boolean;
}

/** Stands for every connection in a search; none has this number. */
export const anyConnection = 0;

/** The memory one row takes beside its bytes. */
const rowBytes = 8 + 4 + 4 + 4 + 1 + 1;
/** About what an interned string costs beside its characters. */
const topicBytes = 64;
const fewestRows = 64;
const publishType = 3;
/** The topic identifier of a PUBLISH whose bytes have its Topic Name. */
export const topicInBytes = 0xffff_ffff;
/** Up to this many rows a loop is faster than `fill`. */
const loopedRows = 8;
/** By how much the columns grow. */
const growth = 1.25;
/** How much of the room for bytes, and for rows, may stay empty before giving it back is worth a copy. */
const emptyBytes = 1 / 16;
const emptyRows = 1 / 4;
/** Up to this much room all that is empty is given back. */
const smallRoom = 4096;
/** Up to this many bytes a loop is faster than making the view that `set` needs. */
const loopedBytes = 96;

/**
 * A run of captured packets: their bytes one after another, and a column for each thing known of them. The table of
 * topics is the segment's own, so that it goes when the segment goes and no topic outlives the packets that named it.
 */
export class PacketSegment {
  rows = 0;
  /** How many of `bytes` are filled. */
  used = 0;
  /** Topic identifiers are positions in here plus one; 0 is no topic, and {@link topicInBytes} the one in the packet. */
  readonly topics: string[] = [];
  bytes: Uint8Array;
  time: Float64Array;
  connection: Uint32Array;
  topic: Uint32Array;
  /** Offset after a row's last byte. A row starts where the one before it ends. */
  end: Uint32Array;
  /** The first byte: packet type and flags of the fixed header (2.1). */
  firstByte: Uint8Array;
  /** As {@link packFlags} writes them. */
  flags: Uint8Array;
  private readonly topicIdentifiers = new Map<string, number>();
  private topicCharacters = 0;
  private lastTopic: string | undefined;
  private lastTopicIdentifier = 0;
  private isSealed = false;

  /**
   * @param capacity of bytes
   * @param rows about how many there are going to be
   * @param spare a segment nobody reads any more: its memory is used again, which costs less than new memory
   * @param given memory that has the bytes of the first rows already
   */
  constructor(
    /** The sequence number of the first row. */
    readonly first: number,
    capacity: number,
    rows = fewestRows,
    spare?: PacketSegment,
    given?: Uint8Array,
  ) {
    this.bytes = given ?? (spare?.bytes.length === capacity ? spare.bytes : new Uint8Array(capacity));
    // Columns that are too short would be copied into longer ones several times.
    const columns = spare && spare.time.length >= rows ? spare : undefined;
    this.time = columns?.time ?? new Float64Array(rows);
    this.connection = columns?.connection ?? new Uint32Array(rows);
    this.topic = columns?.topic ?? new Uint32Array(rows);
    this.end = columns?.end ?? new Uint32Array(rows);
    this.firstByte = columns?.firstByte ?? new Uint8Array(rows);
    this.flags = columns?.flags ?? new Uint8Array(rows);
  }

  /** The bytes of memory a segment takes from the start. */
  static allocatedFor(capacity: number, rows = fewestRows): number {
    return capacity + rows * rowBytes;
  }

  /** The bytes of memory this segment answers for: packets, columns and topics; once it is sealed with the room left in them. */
  get weight(): number {
    const topics = this.topics.length * topicBytes + this.topicCharacters * 2;
    return (this.isSealed ? this.allocated : this.used + this.rows * rowBytes) + topics;
  }

  /** The bytes of memory that packets and columns have, filled or not. */
  private get allocated(): number {
    return this.bytes.length + this.time.length * rowBytes;
  }

  /** @param pending bytes of rows that were entered and not copied yet */
  hasRoom(length: number, pending = 0): boolean {
    // Tiny packets, or aliases of long topics, weigh more than their bytes: they may not make one segment most of the log.
    return this.used + pending + length <= this.bytes.length && this.weight + pending < 2 * this.bytes.length;
  }

  /** Copies `buffer[start, end)` in as one more row. The caller has asked `hasRoom`. */
  append(captured: CapturedBytes, buffer: Uint8Array, start: number, end: number): void {
    this.copy(buffer, start, end);
    this.used += end - start;
    this.addRow(buffer[start] ?? 0, this.used, captured.topic);
    this.describeRows(captured, this.rows - 1);
  }

  /**
   * Copies packets of a run in, from its packet `from` on, as long as there is room. Returns the index of the first that
   * found none.
   */
  appendRun({ captured, buffer, start, ends, topics }: PacketRun, from: number): number {
    const firstRow = this.rows;
    const runStart = from === 0 ? start : (ends[from - 1] as number);
    const shift = this.used - runStart;
    let fits = this.hasRoomForAll((ends[ends.length - 1] as number) - runStart, ends.length - from);
    let packetStart = runStart;
    let next = from;
    for (; next < ends.length; next++) {
      const end = ends[next] as number;
      const firstByte = buffer[packetStart] as number;
      const topic = topics ? topics[next] : firstByte >> 4 === publishType ? inPacket : undefined;
      // What its name weighs is known only when it is entered.
      if (typeof topic === 'string') fits = false;
      if (!fits && !this.hasRoom(end - packetStart, packetStart - runStart)) break;
      this.addRow(firstByte, end + shift, topic);
      packetStart = end;
    }
    this.copy(buffer, runStart, packetStart);
    this.used += packetStart - runStart;
    this.describeRows(captured, firstRow);
    return next;
  }

  /**
   * Copies equal packets in, from the one with the index `from` on, as many as there is room for; the caller has asked
   * {@link hasRoom} for one. Returns how many. Does what {@link append} does for each of them, column by column.
   */
  appendEqual({ captured, buffer, start, size, count }: EqualPackets, from: number): number {
    const room = this.bytes.length;
    const byBytes = Math.floor((room - this.used) / size);
    const byWeight = Math.ceil((2 * room - this.weight) / (size + rowBytes));
    const entered = Math.min(count - from, byBytes, byWeight);
    const packetStart = start + from * size;
    const firstByte = buffer[packetStart] as number;
    const firstRow = this.rows;
    this.copy(buffer, packetStart, packetStart + entered * size);
    this.makeRows(entered);
    this.rows += entered;
    const { rows, end } = this;
    let offset = this.used;
    for (let row = firstRow; row < rows; row++) end[row] = offset += size;
    this.used = offset;
    this.topic.fill(firstByte >> 4 === publishType ? topicInBytes : 0, firstRow, rows);
    this.firstByte.fill(firstByte, firstRow, rows);
    this.describeRows(captured, firstRow);
    return entered;
  }

  /** The topic of a row, undefined where it has none. */
  topicOf(row: number): string | undefined {
    const identifier = this.topic[row] as number;
    if (identifier !== topicInBytes) return this.topics[identifier - 1];
    return topicInPacket(this.bytes, this.startOf(row), this.end[row] as number);
  }

  startOf(row: number): number {
    return row === 0 ? 0 : (this.end[row - 1] as number);
  }

  /** The nearest row from `row` on, of `rows` in steps, that is of a connection and one of these packet types; -1 where none is. */
  find(connection: number, types: number, row: number, step: 1 | -1, rows: number): number {
    const { connection: connections, firstByte, flags } = this;
    for (let index = row, left = rows; left > 0; index += step, left--) {
      if (connection !== anyConnection && connections[index] !== connection) continue;
      if (((types >> ((firstByte[index] as number) >> 4)) & 1) === 1 && ((flags[index] as number) & 6) === 0)
        return index;
    }
    return -1;
  }

  /** Enters a topic that the segment does not have and returns its identifier. */
  addTopic(topic: string): number {
    this.topics.push(topic);
    this.topicCharacters += topic.length;
    return this.topics.length;
  }

  /** Nothing more is appended: gives back the room that stayed empty, where that is worth a copy. */
  seal(): void {
    this.isSealed = true;
    if (isWasteful(this.used, this.bytes.length, emptyBytes)) this.bytes = this.bytes.slice(0, this.used);
    if (isWasteful(this.rows, this.time.length, emptyRows)) this.resize(this.rows);
  }

  /** Whether so many rows of so many bytes together find room, without topics of their own. */
  private hasRoomForAll(bytes: number, rows: number): boolean {
    const room = this.bytes.length;
    return this.used + bytes <= room && this.weight + bytes + rows * rowBytes < 2 * room;
  }

  /** Enters a row whose bytes end at `end`; {@link describeRows} follows. */
  private addRow(firstByte: number, end: number, topic: CapturedTopic): void {
    this.makeRows(1);
    const row = this.rows++;
    this.topic[row] = topic === inPacket ? topicInBytes : topic === undefined ? 0 : this.identifierOf(topic);
    this.end[row] = end;
    this.firstByte[row] = firstByte;
  }

  /** Grows the columns, in the same steps however many rows come at once. */
  private makeRows(count: number): void {
    let room = this.time.length;
    if (this.rows + count <= room) return;
    while (room < this.rows + count) room = Math.max(fewestRows, Math.ceil(room * growth));
    this.resize(room);
  }

  /** Enters what is the same for all rows from `first` on. */
  private describeRows(captured: Omit<CapturedBytes, 'topic'>, first: number): void {
    const { at, connection } = captured;
    const flags = packFlags(captured);
    const { rows } = this;
    if (rows - first > loopedRows) {
      this.time.fill(at, first, rows);
      this.connection.fill(connection, first, rows);
      this.flags.fill(flags, first, rows);
      return;
    }
    for (let row = first; row < rows; row++) {
      this.time[row] = at;
      this.connection[row] = connection;
      this.flags[row] = flags;
    }
  }

  private copy(buffer: Uint8Array, start: number, end: number): void {
    const { bytes } = this;
    // It was given away with the packet in it.
    if (buffer === bytes) return;
    if (end - start > loopedBytes) bytes.set(buffer.subarray(start, end), this.used);
    else for (let at = start, to = this.used; at < end; at++) bytes[to++] = buffer[at] as number;
  }

  private identifierOf(topic: string): number {
    if (topic === this.lastTopic) return this.lastTopicIdentifier;
    let identifier = this.topicIdentifiers.get(topic);
    if (identifier === undefined) {
      identifier = this.addTopic(topic);
      this.topicIdentifiers.set(topic, identifier);
    }
    this.lastTopic = topic;
    this.lastTopicIdentifier = identifier;
    return identifier;
  }

  private resize(rows: number): void {
    this.time = resized(this.time, new Float64Array(rows));
    this.connection = resized(this.connection, new Uint32Array(rows));
    this.topic = resized(this.topic, new Uint32Array(rows));
    this.end = resized(this.end, new Uint32Array(rows));
    this.firstByte = resized(this.firstByte, new Uint8Array(rows));
    this.flags = resized(this.flags, new Uint8Array(rows));
  }
}

function isWasteful(used: number, room: number, allowed: number): boolean {
  return room - used > (room > smallRoom ? room * allowed : 0);
}

type Column = Float64Array | Uint32Array | Uint8Array;

function resized<T extends Column>(from: T, to: T): T {
  to.set(from.length > to.length ? from.subarray(0, to.length) : from);
  return to;
}
