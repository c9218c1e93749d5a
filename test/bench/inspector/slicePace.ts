import type { Pace } from '../../../src/base/slices';
import { threadTime } from '../../support/threadTime';
import { print } from '../interleave';

/**
 * A clock and rests that keep how long the event loop was held up between two rests: by the wall clock, and in time that
 * this thread had a processor for, which others who use the machine do not lengthen.
 */
export class SlicePace implements Pace {
  private readonly walls: number[] = [];
  private readonly cpus: number[] = [];
  private since = { wall: performance.now(), cpu: threadTime() };

  now(): number {
    return performance.now();
  }

  rest(): Promise<void> {
    return this.aside(new Promise((resolve) => setImmediate(resolve)));
  }

  /** Others have their turn while something outside is waited for. */
  async aside<T>(outside: Promise<T>): Promise<T> {
    this.end();
    const result = await outside;
    this.begin();
    return result;
  }

  /** A slice begins here: what came before is nobody's. */
  begin(): void {
    this.since = { wall: performance.now(), cpu: threadTime() };
  }

  /** The slice ends here. */
  end(): void {
    this.walls.push(performance.now() - this.since.wall);
    this.cpus.push(threadTime() - this.since.cpu);
    this.begin();
  }

  get longest(): number {
    return Math.max(0, ...this.walls);
  }

  /** @param of what was done in slices, such as `slice` */
  print(bench: string, subject: string, of: string): void {
    const line = (metric: string, value: number): void =>
      print({ bench, subject, metric: `${of} ${metric}`, value, unit: 'ms' });
    line('p99', percentile(this.walls, 0.99));
    line('longest', percentile(this.walls, 1));
    line('p99, CPU of the thread', percentile(this.cpus, 0.99));
    line('longest, CPU of the thread', percentile(this.cpus, 1));
  }
}

export function percentile(values: readonly number[], fraction: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * fraction))] ?? Number.NaN;
}
