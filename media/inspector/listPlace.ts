import type { LogState } from '../../src/inspector/contract';

/** Where a person is in the list, across the panel's reloads. Everything is told by sequence numbers. */
export class ListPlace {
  private current: number | undefined;
  /** That of an earlier page, to be gone back to once the log has it. */
  private earlier: number | undefined;

  /** @param kept the first row in sight of an earlier page, where the person stays unless the list is `followed` */
  constructor(kept: number | undefined, followed: boolean) {
    this.current = kept;
    this.earlier = followed ? undefined : kept;
  }

  /** The first row in sight, where the person stays while packets come. */
  get top(): number | undefined {
    return this.current;
  }

  /** Begins at a row, unless there is one to go back to. */
  wait(sequence: number): void {
    this.earlier ??= sequence;
  }

  /** The person moved the list; `sequence` is undefined where it is not known yet what is there. */
  moved(sequence: number | undefined): void {
    this.earlier = undefined;
    this.current = sequence ?? this.current;
  }

  /**
   * What to go back to now: a row, or the newest one; undefined where nothing is to be done, or not yet. Decided by the first
   * log that has packets: one that began anew has nothing to stay at, so it is followed.
   * @param isReading whether further rows of a file are still being read
   */
  goBack({ first, end }: LogState, isReading: boolean): number | 'follow' | undefined {
    const { earlier } = this;
    if (earlier === undefined || first === end) return undefined;
    if (earlier >= end && isReading) return undefined;
    this.earlier = undefined;
    return earlier < end ? earlier : 'follow';
  }
}
