import type { Disposable } from '../../base/lifecycle';
import type { PacketContexts } from '../../capture/packetContexts';
import type { PacketLog } from '../../capture/packetLog';
import { breaksRule } from '../../capture/rowViolations';

/** Rows of a chunk. */
const chunkRows = 4096;
/** Milliseconds of reading at a time, and of leaving the extension host to others in between. */
const workTime = 4;
const restTime = 4;
/** Milliseconds after which nobody who asked is there any more. */
const interest = 3000;

/** What is known of the rows of a chunk, which are read in their order. */
interface Chunk {
  readonly violates: Uint8Array;
  /** Rows at its start that were never read or are already gone, and rows that were read. */
  read: number;
}

export interface ViolationScanOptions {
  readonly log: PacketLog;
  readonly contexts: PacketContexts;
  /** Milliseconds. */
  readonly now: () => number;
  readonly failed: (error: Error) => void;
}

/**
 * Finds the packets that break a rule, a few milliseconds at a time and only as long as somebody asks. The newest are read
 * first: those are looked at. A packet never changes, so none is read twice; it takes a byte for each packet.
 */
export class ViolationScan implements Disposable {
  private readonly chunks = new Map<number, Chunk>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private wantedUntil = 0;

  constructor(private readonly options: ViolationScanOptions) {}

  /** How many rows of `[first, end)` are known to break a rule. */
  count(first: number, end: number): number {
    let count = 0;
    for (let sequence = first; sequence < end;) {
      const index = Math.floor(sequence / chunkRows);
      const stop = Math.min(end, (index + 1) * chunkRows);
      const violates = this.chunks.get(index)?.violates;
      if (violates) {
        const start = index * chunkRows;
        for (let at = sequence - start; at < stop - start; at++) count += violates[at] as number;
      }
      sequence = stop;
    }
    return count;
  }

  /** How many rows of the log have not been read. Asking has them read. */
  unread(): number {
    const { log, now } = this.options;
    this.wantedUntil = now() + interest;
    let unread = 0;
    for (let index = chunkOf(log.first); index * chunkRows < log.end; index++) unread += this.unreadOf(index);
    if (unread > 0) this.timer ??= setTimeout(() => this.work(), 0);
    return unread;
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.chunks.clear();
  }

  private work(): void {
    this.timer = undefined;
    try {
      this.forgetEvicted();
      if (this.readOn() && this.options.now() < this.wantedUntil) {
        this.timer = setTimeout(() => this.work(), restTime);
      }
    } catch (error) {
      this.options.failed(error instanceof Error ? error : new Error(String(error)));
    }
  }

  /** Reads for a while. Returns whether there is more. */
  private readOn(): boolean {
    const { log, now } = this.options;
    const deadline = now() + workTime;
    for (let index = chunkOf(log.end - 1); index >= chunkOf(log.first); index--) {
      const start = index * chunkRows;
      const end = Math.min(log.end, start + chunkRows);
      const chunk = this.chunkAt(index);
      chunk.read = Math.max(chunk.read, log.first - start);
      for (; start + chunk.read < end; chunk.read++) {
        // The clock is asked seldom: that costs as much as reading a packet.
        if (chunk.read % 8 === 0 && now() >= deadline) return true;
        chunk.violates[chunk.read] = this.breaksRule(start + chunk.read) ? 1 : 0;
      }
    }
    return false;
  }

  private breaksRule(sequence: number): boolean {
    const { log, contexts } = this.options;
    const row = log.row(sequence);
    const bytes = log.bytesAt(sequence);
    return row !== undefined && bytes !== undefined && breaksRule(row, bytes, contexts);
  }

  private chunkAt(index: number): Chunk {
    let chunk = this.chunks.get(index);
    if (!chunk) {
      chunk = { violates: new Uint8Array(chunkRows), read: 0 };
      this.chunks.set(index, chunk);
    }
    return chunk;
  }

  private unreadOf(index: number): number {
    const { log } = this.options;
    const start = index * chunkRows;
    const first = Math.max(log.first, start + (this.chunks.get(index)?.read ?? 0));
    return Math.max(0, Math.min(log.end, start + chunkRows) - first);
  }

  private forgetEvicted(): void {
    const first = chunkOf(this.options.log.first);
    for (const index of this.chunks.keys()) if (index < first) this.chunks.delete(index);
  }
}

function chunkOf(sequence: number): number {
  return Math.floor(sequence / chunkRows);
}
