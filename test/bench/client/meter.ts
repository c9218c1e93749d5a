import type { Measure } from './job';

/** Takes the time and memory of this process from the moment it is made. */
export class Meter {
  private readonly heldBefore = held();
  private readonly cpuBefore = process.cpuUsage();
  private readonly before = process.hrtime.bigint();

  stop(done: number, latencies: readonly number[] = []): Measure {
    const elapsed = Number(process.hrtime.bigint() - this.before) / 1000;
    const { user, system } = process.cpuUsage(this.cpuBefore);
    const growth = held() - this.heldBefore;
    const peakMemory = process.resourceUsage().maxRSS * 1024;
    return { cpu: user + system, elapsed, done, growth, peakMemory, latencies };
  }
}

/** Microseconds since some moment. */
export function microseconds(): number {
  return performance.now() * 1000;
}

function held(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
