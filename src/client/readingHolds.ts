import type { Disposable } from '../base/lifecycle';

/** Who wants that nothing is read; several add up. */
export class ReadingHolds {
  private count = 0;

  /** @param pause stops reading, or lets it go on */
  constructor(private readonly pause: (paused: boolean) => void) {}

  get areAny(): boolean {
    return this.count > 0;
  }

  /** Holds for as long as some work takes; `failed` hears what it throws or rejects with. */
  async during(work: () => Promise<void>, failed: (error: unknown) => void): Promise<void> {
    const hold = this.hold();
    try {
      await work();
    } catch (error) {
      failed(error);
    } finally {
      hold.dispose();
    }
  }

  hold(): Disposable {
    if (this.count++ === 0) this.pause(true);
    let isOver = false;
    return {
      dispose: () => {
        if (isOver) return;
        isOver = true;
        if (--this.count === 0) this.pause(false);
      },
    };
  }
}
