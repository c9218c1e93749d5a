import { Emitter, type Disposable } from '../base/lifecycle';
import { packetTypeNames, type PacketType, type ProtocolVersion } from '../protocol/controlPacket';
import type { Direction, NetworkEnds } from '../session/effects';
import { ConnectionMilestones, isMilestone } from './connectionMilestones';
import { type ConnectionEnd, ConnectionNames, type KnownConnection } from './connectionNames';
import type { EqualPackets } from './equalPackets';
import type { FoundRow } from './foundRow';
import { PacketSegment } from './packetSegment';
import type { CapturedBytes, PacketRun } from './packetSegment';
import { unpackFlags, type RowKind } from './rowFlags';
import { rowRemarks } from './rowRemarks';
import type { PacketLogContents } from './snapshot/snapshotFormat';

export interface PacketLogOptions {
  /** Bytes of memory the log may take: packets, their columns and topics. */
  readonly byteBudget: number;
  /** Bytes of packets in a segment, the unit of eviction: 4 MiB, or an eighth of a small budget. */
  readonly segmentBytes?: number;
}

/** From this many bytes on a segment gets the memory of one that goes for it. */
const worthReusing = 1024 * 1024;

const connectType = packetTypeNames.indexOf('CONNECT');

/** One row of the log, made when it is asked for. */
export interface PacketRow extends Pick<
  CapturedBytes,
  'withoutContext' | 'decoded' | 'endsPrevious' | 'cut' | 'rest'
> {
  readonly sequence: number;
  /** Milliseconds since the Unix epoch: when the last byte was seen. */
  readonly at: number;
  readonly direction: Direction;
  readonly connection: number;
  readonly kind: RowKind;
  readonly version: ProtocolVersion;
  /** As the first byte says; undefined for unframed bytes and for the forbidden type 0. */
  readonly packetType: PacketType | undefined;
  /** The first byte of the fixed header: packet type in bits 7-4, flags in bits 3-0. */
  readonly firstByte: number;
  readonly topic: string | undefined;
  /** How many bytes it has. */
  readonly length: number;
}

/**
 * Captured packets as raw bytes with columns of what is known of them, in the order they came. Sequence numbers count
 * from 1 and are never given twice. When the budget is used up the oldest segment goes and is counted. What was appended
 * last is always there, whole: a packet beyond the budget stands alone until the next one comes.
 */
export class PacketLog implements Disposable {
  private readonly changed = new Emitter<void>();
  private readonly names = new ConnectionNames();
  private deciding = new ConnectionMilestones();
  private byteBudget = 0;
  private segmentBytes = 0;
  private segments: PacketSegment[] = [];
  /** Of all segments but the newest, which still grows. */
  private sealedWeight = 0;
  private next = 1;
  private announced = 0;
  private changes = 0;
  private renamed = 0;
  private evicted = { packets: 0, bytes: 0 };

  /** Something was appended, evicted or cleared: once for each `announce`. */
  readonly onDidChange = this.changed.event;

  constructor(private readonly options: PacketLogOptions) {
    this.setBudget(options.byteBudget);
  }

  /** The sequence number of the oldest row that is kept; equal to `end` when there is none. */
  get first(): number {
    return this.segments[0]?.first ?? this.next;
  }

  /** The sequence number the next row gets. */
  get end(): number {
    return this.next;
  }

  /** How many packets went for the budget since the log was last cleared. */
  get evictedPackets(): number {
    return this.evicted.packets;
  }

  /** How many bytes of packets went for the budget since the log was last cleared. */
  get evictedBytes(): number {
    return this.evicted.bytes;
  }

  /** Bytes of memory in use. */
  get weight(): number {
    return this.sealedWeight + (this.newest?.weight ?? 0);
  }

  /** How often a connection got another name. */
  get renames(): number {
    return this.renamed;
  }

  /** Differs from what it was before whenever anything else here does. */
  get revision(): number {
    return this.changes;
  }

  /**
   * Copies `buffer[start, end)` in as one row and returns its sequence number. Listeners hear of it with the next
   * `announce`, so that a chunk of a thousand packets is one event.
   */
  append(captured: CapturedBytes, buffer: Uint8Array, start = 0, end = buffer.length): number {
    let segment = this.newest;
    if (!segment?.hasRoom(end - start)) segment = this.openSegment(end - start);
    segment.append(captured, buffer, start, end);
    if (captured.kind === 'packet') this.note(captured, this.next, buffer[start] ?? 0);
    this.changes++;
    this.evictBeyondBudget();
    return this.next++;
  }

  /** Copies in the packets of a run as one row each, as `append` does. */
  appendRun(run: PacketRun): void {
    const { buffer, start, ends } = run;
    let from = 0;
    while (from < ends.length) {
      const packetStart = from === 0 ? start : (ends[from - 1] as number);
      const length = (ends[from] as number) - packetStart;
      let segment = this.newest;
      if (!segment?.hasRoom(length)) segment = this.openSegment(length, run.isGiven ? buffer : undefined);
      const to = segment.appendRun(run, from);
      for (let index = run.hasMilestones ? from : to; index < to; index++) {
        const firstByte = buffer[index === 0 ? start : (ends[index - 1] as number)] as number;
        this.note(run.captured, this.next + index - from, firstByte);
      }
      this.next += to - from;
      from = to;
      this.changes++;
      this.evictBeyondBudget();
    }
  }

  /** Copies in equal packets as one row each, as `append` does. */
  appendEqual(packets: EqualPackets): void {
    const { captured, buffer, start, size, count } = packets;
    const firstByte = buffer[start] as number;
    for (let from = 0; from < count;) {
      let segment = this.newest;
      if (!segment?.hasRoom(size)) segment = this.openSegment(size);
      const entered = segment.appendEqual(packets, from);
      if (isMilestone(firstByte >> 4)) {
        for (let index = 0; index < entered; index++) this.note(captured, this.next + index, firstByte);
      }
      this.next += entered;
      from += entered;
      this.changes++;
      this.evictBeyondBudget();
    }
  }

  /** Changes the bytes of memory the log may take. What is beyond goes at once. */
  setBudget(byteBudget: number): void {
    this.byteBudget = byteBudget;
    this.segmentBytes =
      this.options.segmentBytes ?? Math.max(1, Math.min(4 * 1024 * 1024, Math.floor(byteBudget / 8)));
    // The newest segment could otherwise grow on to what was right for a larger budget.
    if (this.newest && this.newest.bytes.length > this.segmentBytes) this.newest.seal();
    const { packets } = this.evicted;
    this.evictBeyondBudget();
    if (this.evicted.packets === packets) return;
    this.changes++;
    this.announce();
  }

  /** Tells the listeners, if anything happened since the last time. */
  announce(): void {
    if (this.announced === this.changes) return;
    this.announced = this.changes;
    this.changed.fire();
  }

  /** The row of a sequence number, undefined where it was evicted, cleared or is not there yet. */
  row(sequence: number): PacketRow | undefined {
    const segment = this.segmentOf(sequence);
    if (!segment) return undefined;
    const row = sequence - segment.first;
    const firstByte = segment.firstByte[row] as number;
    const { kind, ...flags } = unpackFlags(segment.flags[row] as number);
    const typeName = packetTypeNames[firstByte >> 4];
    return {
      sequence,
      at: segment.time[row] as number,
      ...flags,
      connection: segment.connection[row] as number,
      kind,
      packetType: kind === 'unframed' || typeName === 'RESERVED' ? undefined : typeName,
      firstByte,
      topic: segment.topicOf(row),
      length: (segment.end[row] as number) - segment.startOf(row),
    };
  }

  /** The CONNECT, CONNACK and DISCONNECT rows of a connection, which decide how the others are to be read. */
  milestones(connection: number): readonly number[] {
    return this.deciding.of(connection);
  }

  /** Whether a connection's CONNECT went this way, as long as any of its rows are kept. */
  isFromClient(connection: number, direction: Direction): boolean {
    const known = this.names.clientOf(connection);
    if (known) return known === direction;
    for (const sequence of this.deciding.of(connection)) {
      const row = this.row(sequence);
      if (row?.packetType === 'CONNECT') return row.direction === direction;
    }
    return false;
  }

  /** The bytes of a row, exactly as captured; undefined as in `row`. A view: not to be written to, copied to be kept. */
  bytesAt(sequence: number): Uint8Array | undefined {
    const segment = this.segmentOf(sequence);
    if (!segment) return undefined;
    const row = sequence - segment.first;
    return segment.bytes.subarray(segment.startOf(row), segment.end[row]);
  }

  /**
   * The segment that holds a row, for scans of its columns; undefined as in `row`. Not to be written to, nor to be kept
   * beyond the turn: what is evicted is used again.
   */
  segmentOf(sequence: number): PacketSegment | undefined {
    if (!Number.isInteger(sequence)) return undefined;
    let low = 0;
    let high = this.segments.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const segment = this.segments[middle] as PacketSegment;
      if (sequence < segment.first) high = middle - 1;
      else if (sequence >= segment.first + segment.rows) low = middle + 1;
      else return segment;
    }
    return undefined;
  }

  /** Forgets every row and the counts of what went. Sequence numbers go on. */
  clear(): void {
    this.segments = [];
    this.sealedWeight = 0;
    this.evicted = { packets: 0, bytes: 0 };
    this.names.forgetBefore(this.next);
    this.deciding.forgetBefore(this.next);
    this.changes++;
    this.announce();
  }

  /** Enters a connection and returns its number, which no other connection of this log gets. */
  openConnection(name: string): number {
    return this.names.open(name);
  }

  /** A connection is known by another name from now on, in its rows so far too. */
  renameConnection(connection: number, name: string): void {
    this.names.rename(connection, name);
    this.renamed++;
    this.changes++;
  }

  /** No more rows of this connection follow. Its name stays as long as one of its packets does: not where it `isEmpty`. */
  closeConnection(connection: number, at?: number, isEmpty = false): void {
    if (isEmpty) this.names.forget(connection);
    else this.names.close(connection, this.next, at);
    this.changes++;
  }

  /** Where a closed connection ends; undefined while it is open, and where the log has forgotten it. */
  connectionEnd(connection: number): ConnectionEnd | undefined {
    return this.names.endOf(connection);
  }

  /** A connection is between these ends. */
  setNetworkEnds(connection: number, ends: NetworkEnds): void {
    this.names.setEnds(connection, ends);
  }

  networkEnds(connection: number): NetworkEnds | undefined {
    return this.names.ends(connection);
  }

  connectionName(connection: number): string | undefined {
    return this.names.get(connection);
  }

  /** The connections that are known. */
  get connections(): readonly KnownConnection[] {
    return this.names.entries();
  }

  /**
   * Fills a log that has no row yet with what was read from a snapshot, within this log's own budget. Returns false, and
   * changes nothing, where the log has rows or connections of its own.
   */
  restore({ end, evicted, connections, segments, milestones, remarks }: PacketLogContents): boolean {
    if (this.next !== 1 || this.connections.length > 0) return false;
    this.segments = [...segments];
    this.next = end;
    this.evicted = { ...evicted };
    for (const each of connections) this.names.restore(each, end);
    this.deciding = milestones;
    this.sealedWeight = this.segments.slice(0, -1).reduce((sum, segment) => sum + segment.weight, 0);
    this.evictBeyondBudget();
    for (const { sequence, violation } of remarks) rowRemarks(this).add(sequence, violation);
    this.changes++;
    this.announce();
    return true;
  }

  dispose(): void {
    this.changed.dispose();
  }

  /**
   * Looks for a row of one connection whose packet type is among `types` (bit n stands for type n; those of bytes that are
   * no packet do not count), from a sequence number on in steps of 1 or -1, past at most `most` rows. Reads columns only.
   */
  find(connection: number, types: number, from: number, step: 1 | -1, most: number): FoundRow {
    let sequence = from;
    for (let left = most; left > 0;) {
      const segment = this.segmentOf(sequence);
      if (!segment) return { found: undefined, next: undefined };
      const row = sequence - segment.first;
      const rows = Math.min(left, step > 0 ? segment.rows - row : row + 1);
      const found = segment.find(connection, types, row, step, rows);
      if (found >= 0) return { found: segment.first + found, next: segment.first + found + step };
      sequence += step * rows;
      left -= rows;
    }
    return { found: undefined, next: sequence };
  }

  private note(captured: PacketRun['captured'], sequence: number, firstByte: number): void {
    const { connection, direction } = captured;
    const type = firstByte >> 4;
    if (!isMilestone(type)) return;
    this.deciding.note(connection, sequence, firstByte);
    if (type === connectType) this.names.noteConnect(connection, direction);
  }

  private get newest(): PacketSegment | undefined {
    return this.segments[this.segments.length - 1];
  }

  /** @param given has the bytes already: kept as they are where they fill a segment, since copying them would take long. */
  private openSegment(length: number, given?: Uint8Array): PacketSegment {
    const before = this.newest;
    if (before) {
      before.seal();
      this.sealedWeight += before.weight;
    }
    const capacity = Math.max(this.segmentBytes, length);
    // Of two, since chunks of short and of long packets take turns: columns that are too short are copied into longer ones.
    const rows = before && Math.ceil(Math.max(before.rows, this.segments.at(-2)?.rows ?? 0) * 1.05);
    const spare = this.evictFor(capacity, rows);
    const kept = given?.length === capacity && length === capacity ? given : undefined;
    const segment = new PacketSegment(this.next, capacity, rows, spare, kept);
    this.segments.push(segment);
    return segment;
  }

  private evictBeyondBudget(): void {
    while (this.segments.length > 1 && this.weight > this.byteBudget) this.evictOldest();
  }

  /**
   * Makes room for a whole segment before there is one: what goes for it gives it its memory, which costs far less than
   * new memory. Returns the segment whose memory that is, undefined where none is of that size.
   */
  private evictFor(capacity: number, rows: number | undefined): PacketSegment | undefined {
    if (capacity < worthReusing) return undefined;
    const weight = PacketSegment.allocatedFor(capacity, rows);
    let spare: PacketSegment | undefined;
    while (this.segments.length > 1 && this.sealedWeight + weight > this.byteBudget) {
      const evicted = this.evictOldest();
      if (evicted?.bytes.length === capacity) spare = evicted;
    }
    return spare;
  }

  private evictOldest(): PacketSegment | undefined {
    const oldest = this.segments.shift();
    if (!oldest) return undefined;
    this.sealedWeight -= oldest.weight;
    this.evicted.packets += oldest.rows;
    this.evicted.bytes += oldest.used;
    this.names.forgetBefore(this.first);
    this.deciding.forgetBefore(this.first);
    return oldest;
  }
}
