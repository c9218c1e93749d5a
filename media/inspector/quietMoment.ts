import type { Disposable } from '../../src/base/lifecycle';
import { afterTimeout } from './afterTimeout';

/** Does something once another thing has not happened for a while; as often as that may happen, it costs next to nothing. */
export class QuietMoment implements Disposable {
  private last = 0;
  private timer: Disposable | undefined = undefined;

  /**
   * @param delay milliseconds
   * @param now milliseconds
   * @param later does something after so many milliseconds
   */
  constructor(
    private readonly delay: number,
    private readonly work: () => void,
    private readonly now = () => performance.now(),
    private readonly later = afterTimeout,
  ) {}

  /** It happened. */
  again(): void {
    this.last = this.now();
    this.timer ??= this.later(this.delay, () => this.look());
  }

  dispose(): void {
    this.timer?.dispose();
    this.timer = undefined;
  }

  private look(): void {
    const left = this.last + this.delay - this.now();
    this.timer = left > 0 ? this.later(left, () => this.look()) : undefined;
    if (this.timer === undefined) this.work();
  }
}
