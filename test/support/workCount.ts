import { Session } from 'node:inspector/promises';

/**
 * Counts how often blocks of the project's own code run: a measure of work that is the same on every machine. Loops count
 * with every turn; what the platform does by itself does not count. Only code that is loaded after `start` is counted.
 */
export class WorkCount {
  private readonly session = new Session();

  async start(): Promise<void> {
    this.session.connect();
    await this.session.post('Profiler.enable');
    await this.session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  }

  /** What was done since the last call. */
  async take(): Promise<number> {
    const { result } = await this.session.post('Profiler.takePreciseCoverage');
    let count = 0;
    for (const { url, functions } of result) {
      if (!url.includes('/src/') || url.includes('/node_modules/')) continue;
      for (const { ranges } of functions) for (const range of ranges) count += range.count;
    }
    return count;
  }
}
