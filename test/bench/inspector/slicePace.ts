import type { Pace } from '../../../src/base/slices';

/** A clock and rests that keep how long the event loop was held up between two rests, in milliseconds of wall time. */
export class SlicePace implements Pace {
  private readonly slices: number[] = [];
  private since = performance.now();

  now(): number {
    return performance.now();
  }

  rest(): Promise<void> {
    this.slices.push(performance.now() - this.since);
    return new Promise((resolve) =>
      setImmediate(() => {
        this.since = performance.now();
        resolve();
      }),
    );
  }

  /** Others have their turn while something outside is waited for. */
  async aside<T>(outside: Promise<T>): Promise<T> {
    this.slices.push(performance.now() - this.since);
    const result = await outside;
    this.since = performance.now();
    return result;
  }

  /** The last slice ends here. */
  end(): void {
    this.slices.push(performance.now() - this.since);
    this.since = performance.now();
  }

  get longest(): number {
    return Math.max(0, ...this.slices);
  }

  percentile(fraction: number): number {
    const sorted = [...this.slices].sort((one, other) => one - other);
    return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * fraction))] ?? 0;
  }
}
