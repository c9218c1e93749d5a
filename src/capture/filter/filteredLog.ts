import { Emitter, type Disposable } from '../../base/lifecycle';
import { inSlices, type Pace } from '../../base/slices';
import type { PacketLog } from '../packetLog';
import type { DisplayFilter } from './displayFilter';
import { SequenceList } from './sequenceList';

export interface FilteredLogOptions {
  readonly log: PacketLog;
  readonly filter: DisplayFilter;
  readonly pace: Pace;
  /** Hears of what went wrong in a scan, which ends there. */
  readonly failed: (error: Error) => void;
}

/**
 * The rows of a log that match a filter, by ordinal: counted from 0 since the filter was set, the same as long as the row
 * is there. It keeps up with the log by itself: what is appended is scanned in slices, what is evicted is dropped, and
 * where a connection got another name that matters all is scanned anew. Four bytes a match and nothing else is kept.
 */
export class FilteredLog implements Disposable {
  private readonly changed = new Emitter<void>();
  private readonly subscription: Disposable;
  private list = new SequenceList();
  /** All rows before it were decided. */
  private next: number;
  private runs = 0;
  private running = false;
  private stopped = false;
  private restartCount = 0;

  /** More rows match, or went, or the scan has ended. Often: to be passed on with measure. */
  readonly onDidChange = this.changed.event;

  constructor(private readonly options: FilteredLogOptions) {
    this.next = options.log.first;
    this.subscription = options.log.onDidChange(() => this.keepUp());
    this.keepUp();
  }

  /** The ordinal of the oldest match that is held; equal to `end` where there is none. */
  get first(): number {
    return this.list.first;
  }

  /** The ordinal the next match gets. */
  get end(): number {
    return this.list.end;
  }

  /** The sequence number of the first row that was not decided yet. */
  get scannedTo(): number {
    return Math.max(this.next, this.options.log.first);
  }

  get isScanning(): boolean {
    return this.running;
  }

  /** Somebody stopped the scan before its end. */
  get isStopped(): boolean {
    return this.stopped;
  }

  /** How often it began anew: ordinals of before mean other rows now. */
  get restarts(): number {
    return this.restartCount;
  }

  /** Rows that were decided by the beginning of their payload alone: one that is gone since is still counted. */
  get shortenedRows(): number {
    return this.options.filter.shortenedRows;
  }

  /** Bytes of memory in use. */
  get weight(): number {
    return this.list.weight;
  }

  sequenceAt(ordinal: number): number | undefined {
    return this.list.at(ordinal);
  }

  /** The ordinal of the first match that is not before a row; `end` where there is none so far. */
  ordinalFrom(sequence: number): number {
    return this.list.ordinalFrom(sequence);
  }

  /** Ends the scan where it is; matches so far stay. What is appended is not looked at either, until `resume`. */
  stop(): void {
    this.runs++;
    this.running = false;
    this.stopped = true;
    this.changed.fire();
  }

  /** Goes on where `stop` ended. */
  resume(): void {
    this.stopped = false;
    this.keepUp();
  }

  dispose(): void {
    this.runs++;
    this.subscription.dispose();
    this.changed.dispose();
    this.options.filter.release();
  }

  private keepUp(): void {
    const { filter, log, pace, failed } = this.options;
    if (filter.isStale) {
      filter.forget();
      this.list = new SequenceList();
      this.next = log.first;
      this.restartCount++;
    }
    this.drop();
    if (this.running || this.stopped) return;
    this.running = true;
    const run = ++this.runs;
    const wanted = (): boolean => this.runs === run;
    const scan = async (): Promise<void> => {
      // Not inside the event of a chunk, so that chunks that come together are scanned together.
      await pace.rest();
      const resting = (): void => this.changed.fire();
      if (await inSlices(() => this.step(), { pace, wanted, resting })) this.ended();
    };
    scan().catch((error: unknown) => {
      this.stopped = true;
      this.ended();
      failed(error instanceof Error ? error : new Error(String(error)));
    });
  }

  private ended(): void {
    this.running = false;
    this.options.filter.release();
    this.changed.fire();
  }

  /** Decides some rows; returns whether all of the log are. */
  private step(): boolean {
    const { log, filter } = this.options;
    this.drop();
    const segment = log.segmentOf(this.next);
    if (!segment) return true;
    const first = this.next - segment.first;
    const end = Math.min(segment.rows, first + filter.rowsAtATime);
    const selected = filter.selects ? filter.select(segment, first, end) : 0;
    if (selected > 0) {
      for (const row of filter.matches) this.list.push(segment.first + row);
      this.next = segment.first + first + selected;
      return this.next >= log.end;
    }
    for (let row = first; row < end; row++) {
      if (!filter.prepare(segment, row)) return false;
      this.next = segment.first + row + 1;
      if (filter.test(segment, row)) this.list.push(segment.first + row);
      if ((segment.end[row] as number) - segment.startOf(first) >= filter.bytesAtATime) break;
    }
    return this.next >= log.end;
  }

  /** Lets go of what the log let go of. */
  private drop(): void {
    const { first } = this.options.log;
    this.next = Math.max(this.next, first);
    this.list.dropBefore(first);
  }
}
