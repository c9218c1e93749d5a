import type { DissectionContext } from '../protocol/dissectionContext';
import { isHttpAnswer } from '../protocol/foreignProtocol';
import { QuickReader } from '../protocol/quickReading';
import { violationTable, type Violation } from '../protocol/violations';
import { PacketContexts } from './packetContexts';
import type { PacketLog } from './packetLog';
import type { PacketSegment } from './packetSegment';
import { type RowRemarks, rowRemarks } from './rowRemarks';
import { rowKindOf, unpackFlags } from './rowFlags';
import { excerptLength, rowViolations } from './rowViolations';

/** Rows of a chunk. */
const chunkRows = 4096;

/** What is known of a row. A column of these is all zeros before anybody has read one. */
const unknown = 0;
/** It breaks no rule, and nothing about it is suspicious. */
const clean = 1;
/** It is deprecated or suspicious. */
const remarkable = 2;
const broken = 3;

interface Chunk {
  readonly verdicts: Uint8Array;
  /** Rows that are known. */
  read: number;
  /** Rows that break a rule. */
  broken: number;
}

/** PUBLISH and its acknowledgements: what is nearly all traffic, and needs nothing of the log but what was agreed once. */
const firstOfMessages = 3;
const lastOfMessages = 7;

/**
 * Which rows of a log break a rule: each is read once, by whoever asks first, at a byte a row. A packet never changes, nor
 * what came before it, so what was found stays, unless its receiver remarks on it later; it goes when the log lets go of the row.
 */
export class RowVerdicts {
  private readonly chunks = new Map<number, Chunk>();
  private readonly contexts: PacketContexts;
  private readonly quick = new QuickReader();
  private readonly remarks: RowRemarks;
  private forgottenTo = 0;

  constructor(private readonly log: PacketLog) {
    this.contexts = new PacketContexts(log);
    this.remarks = rowRemarks(log);
    // Both last as long as their log.
    this.remarks.onDidAdd((sequence) => this.forget(sequence));
  }

  /** Whether a row breaks a rule: not by what is only deprecated or suspicious. */
  breaksRule(segment: PacketSegment, row: number): boolean {
    return this.of(segment, row) === broken;
  }

  /** Whether nothing at all is wrong with a row. */
  isClean(segment: PacketSegment, row: number): boolean {
    return this.of(segment, row) === clean;
  }

  /** How many rows of `[first, end)` are known to break a rule. */
  count(first: number, end: number): number {
    let count = 0;
    for (let sequence = first; sequence < end;) {
      const index = chunkOf(sequence);
      const start = index * chunkRows;
      const stop = Math.min(end, start + chunkRows);
      const chunk = this.chunks.get(index);
      if (chunk && chunk.broken > 0) {
        const { verdicts } = chunk;
        for (let at = sequence - start; at < stop - start; at++) if (verdicts[at] === broken) count++;
      }
      sequence = stop;
    }
    return count;
  }

  /** How many rows of the log nobody has read. */
  get unread(): number {
    const { first, end } = this.log;
    let unread = end - first;
    for (const [index, { verdicts, read }] of this.chunks) {
      const start = index * chunkRows;
      if (start + chunkRows <= first || read === 0) continue;
      unread -= read;
      // Rows of the oldest chunk may be gone.
      for (let at = 0; at < first - start; at++) if (verdicts[at] !== unknown) unread++;
    }
    return unread;
  }

  /** Reads rows that are not known, the newest chunk first, until told to stop. Returns whether there may be more. */
  readOn(isEnough: () => boolean): boolean {
    const { log } = this;
    for (let index = chunkOf(log.end - 1); index >= chunkOf(log.first); index--) {
      const start = index * chunkRows;
      const end = Math.min(log.end, start + chunkRows);
      if (this.chunks.get(index)?.read === end - start) continue;
      for (let sequence = Math.max(log.first, start), asked = 0; sequence < end;) {
        const segment = log.segmentOf(sequence);
        if (!segment) return false;
        const stop = Math.min(end, segment.first + segment.rows);
        for (; sequence < stop; sequence++, asked++) {
          // The clock is asked seldom: that costs as much as reading a packet.
          if (asked % 16 === 0 && isEnough()) return true;
          this.of(segment, sequence - segment.first);
        }
      }
    }
    return false;
  }

  private of(segment: PacketSegment, row: number): number {
    const sequence = segment.first + row;
    const index = chunkOf(sequence);
    const chunk = this.chunks.get(index) ?? this.openChunk(index);
    const at = sequence - index * chunkRows;
    const known = chunk.verdicts[at] as number;
    if (known !== unknown) return known;
    const verdict = this.read(segment, row);
    chunk.verdicts[at] = verdict;
    chunk.read++;
    if (verdict === broken) chunk.broken++;
    return verdict;
  }

  /** More is known of a row than when it was read. */
  private forget(sequence: number): void {
    const index = chunkOf(sequence);
    const chunk = this.chunks.get(index);
    const at = sequence - index * chunkRows;
    if (!chunk || chunk.verdicts[at] === unknown) return;
    if (chunk.verdicts[at] === broken) chunk.broken--;
    chunk.verdicts[at] = unknown;
    chunk.read--;
  }

  private read(segment: PacketSegment, row: number): number {
    const flags = segment.flags[row] as number;
    const kind = rowKindOf(flags);
    if (kind === 'note') return clean;
    if (kind === 'unframed') return this.breaksNothing(segment, row, flags) ? clean : broken;
    const violations = this.readQuickly(segment, row, flags) ?? this.readThoroughly(segment, row);
    if (violations.length === 0) return clean;
    return violations.some(({ id }) => violationTable[id].severity === 'violation') ? broken : remarkable;
  }

  /** Whether bytes that are no packet are nobody's mistake: the capture lacks the rest, or they answer in HTTP. */
  private breaksNothing(segment: PacketSegment, row: number, flags: number): boolean {
    const { cut, direction, decoded } = unpackFlags(flags);
    const bytes = segment.bytes.subarray(segment.startOf(row), segment.end[row]);
    return cut === true || isHttpAnswer(decoded ? undefined : direction, bytes);
  }

  /** The violations of a plain packet of a message; undefined where it takes more to tell. */
  private readQuickly(segment: PacketSegment, row: number, flags: number): readonly Violation[] | undefined {
    const type = (segment.firstByte[row] as number) >> 4;
    if (type < firstOfMessages || type > lastOfMessages) return undefined;
    const { kind, version, direction, withoutContext } = unpackFlags(flags);
    if (kind !== 'packet' || this.remarks.of(segment.first + row)) return undefined;
    const connection = segment.connection[row] as number;
    const context: DissectionContext = withoutContext
      ? { version }
      : this.contexts.agreedAt(segment.first + row, { connection, direction, version });
    const start = segment.startOf(row);
    const end = segment.end[row] as number;
    const reading = this.quick.readPlain(segment.bytes, start, end, context);
    if (!reading) return undefined;
    // Beyond an excerpt nobody looks for what breaks a rule, except in a payload, which cannot.
    const { packet, violations } = reading;
    const headLength = end - start - (packet.type === 'PUBLISH' ? packet.payload.length : 0);
    return headLength <= excerptLength ? violations : undefined;
  }

  private readThoroughly(segment: PacketSegment, row: number): readonly Violation[] {
    const found = this.log.row(segment.first + row);
    const bytes = segment.bytes.subarray(segment.startOf(row), segment.end[row]);
    return found ? rowViolations(found, bytes, this.contexts) : [];
  }

  private openChunk(index: number): Chunk {
    this.forgetEvicted();
    const chunk = { verdicts: new Uint8Array(chunkRows), read: 0, broken: 0 };
    this.chunks.set(index, chunk);
    // Memory of a segment is used again, for other packets.
    this.quick.release();
    return chunk;
  }

  private forgetEvicted(): void {
    const oldest = chunkOf(this.log.first);
    if (oldest === this.forgottenTo) return;
    this.forgottenTo = oldest;
    for (const index of this.chunks.keys()) if (index < oldest) this.chunks.delete(index);
  }
}

function chunkOf(sequence: number): number {
  return Math.floor(sequence / chunkRows);
}

/** They last as long as their log. */
const verdictsOfLogs = new WeakMap<PacketLog, RowVerdicts>();

/** The verdicts of a log, which are the same for its filters, for who goes from violation to violation, and for every panel. */
export function rowVerdicts(log: PacketLog): RowVerdicts {
  let verdicts = verdictsOfLogs.get(log);
  if (!verdicts) verdictsOfLogs.set(log, (verdicts = new RowVerdicts(log)));
  return verdicts;
}
