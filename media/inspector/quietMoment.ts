import type { Disposable } from '../../src/base/lifecycle';

/** Does something once another thing has not happened for a while; as often as that may happen, it costs next to nothing. */
export class QuietMoment implements Disposable {
  private last = 0;
  private timer: ReturnType<typeof setTimeout> | undefined = undefined;

  /** @param delay milliseconds */
  constructor(
    private readonly delay: number,
    private readonly work: () => void,
  ) {}

  /** It happened. */
  again(): void {
    this.last = performance.now();
    this.timer ??= setTimeout(() => this.look(), this.delay);
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private look(): void {
    const left = this.last + this.delay - performance.now();
    this.timer = left > 0 ? setTimeout(() => this.look(), left) : undefined;
    if (this.timer === undefined) this.work();
  }
}
