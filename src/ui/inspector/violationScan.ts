import type { Disposable } from '../../base/lifecycle';
import { rowVerdicts, type RowVerdicts } from '../../capture/rowVerdicts';
import type { PacketLog } from '../../capture/packetLog';

/** Milliseconds of reading at a time, which add to whatever else a turn does, and of leaving the extension host to others. */
const workTime = 2;
const restTime = 4;
/** Milliseconds after which nobody who asked is there any more. */
const interest = 3000;

export interface ViolationScanOptions {
  readonly log: PacketLog;
  /** Milliseconds. */
  readonly now: () => number;
  readonly failed: (error: Error) => void;
}

/**
 * Has the packets read that nobody has read yet, for those that break a rule: a few milliseconds at a time and only as long as
 * somebody asks. The newest are read first: those are looked at.
 */
export class ViolationScan implements Disposable {
  private readonly verdicts: RowVerdicts;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private wantedUntil = 0;

  constructor(private readonly options: ViolationScanOptions) {
    this.verdicts = rowVerdicts(options.log);
  }

  /** How many rows of `[first, end)` are known to break a rule. */
  count(first: number, end: number): number {
    return this.verdicts.count(first, end);
  }

  /** How many rows of the log have not been read. Asking has them read. */
  unread(): number {
    this.wantedUntil = this.options.now() + interest;
    const { unread } = this.verdicts;
    if (unread > 0) this.timer ??= setTimeout(() => this.work(), 0);
    return unread;
  }

  dispose(): void {
    clearTimeout(this.timer);
  }

  private work(): void {
    this.timer = undefined;
    const { now, failed } = this.options;
    try {
      const deadline = now() + workTime;
      if (this.verdicts.readOn(() => now() >= deadline) && now() < this.wantedUntil) {
        this.timer = setTimeout(() => this.work(), restTime);
      }
    } catch (error) {
      failed(error instanceof Error ? error : new Error(String(error)));
    }
  }
}
