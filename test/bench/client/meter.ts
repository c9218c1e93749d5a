import { heapBytes } from '../../../src/transport/heapBytes';
import type { Measure } from './job';

/** Takes the time and memory of this process from the moment it is made. */
export class Meter {
  private readonly heldBefore = heapBytes();
  private readonly cpuBefore = process.cpuUsage();
  private readonly before = process.hrtime.bigint();

  stop(done: number, latencies: readonly number[] = []): Measure {
    const elapsed = Number(process.hrtime.bigint() - this.before) / 1000;
    const { user, system } = process.cpuUsage(this.cpuBefore);
    const growth = heapBytes() - this.heldBefore;
    const peakMemory = process.resourceUsage().maxRSS * 1024;
    return { cpu: user + system, elapsed, done, growth, peakMemory, latencies };
  }
}

/** Measures from the first count that reaches `warmUp` to the first that reaches `whole`. */
export class CountingMeter {
  private meter: Meter | undefined;
  private before = 0;

  constructor(
    private readonly warmUp: number,
    private readonly whole: number,
    private readonly finish: (measure: Measure) => void,
  ) {}

  /** So many messages are done by now. */
  reached(count: number): void {
    if (this.meter) {
      if (count >= this.whole) this.finish(this.meter.stop(count - this.before));
    } else if (count >= this.warmUp) {
      this.meter = new Meter();
      this.before = count;
    }
  }
}

/** Microseconds since some moment. */
export function microseconds(): number {
  return performance.now() * 1000;
}
