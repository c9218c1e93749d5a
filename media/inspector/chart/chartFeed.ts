import type { ChartPage, ChartSeries } from '../../../src/inspector/chartContract';
import type { LogState } from '../../../src/inspector/contract';
import { SeriesPoints } from './seriesPoints';

/** Milliseconds of reading that nobody needs to be told of: while packets come there is always something to read. */
const untold = 500;

export interface ChartFeedOptions {
  readonly fetch: (series: readonly ChartSeries[], from: number) => Promise<ChartPage>;
  /** Points came, or how far the reading is changed. */
  readonly changed: () => void;
  readonly failed: (error: unknown) => void;
  /** Milliseconds. */
  readonly now?: () => number;
}

interface Fed {
  readonly series: ChartSeries;
  readonly points: SeriesPoints;
  /** The sequence number up to which the log was read for it. */
  next: number;
}

/** Reads the points of series from the log, and goes on as packets come. */
export class ChartFeed {
  private fed: readonly Fed[] = [];
  private log: LogState | undefined;
  private running = false;
  private reading = false;
  /** Something changed since the last look at what there is to read. */
  private isAsked = false;
  /** Since when it has been behind the log, in milliseconds. */
  private behindSince: number | undefined = undefined;
  private readonly now: () => number;

  constructor(private readonly options: ChartFeedOptions) {
    this.now = options.now ?? (() => performance.now());
  }

  /** The points of each series, in the order of the series. */
  get points(): readonly SeriesPoints[] {
    return this.fed.map(({ points }) => points);
  }

  /** How much of the log was read, from 0 to 1, where that takes long enough to be told. */
  get progress(): number {
    const { log, fed, behindSince } = this;
    if (behindSince === undefined || this.now() - behindSince < untold) return 1;
    if (!log || fed.length === 0 || log.end === log.first) return 1;
    const next = Math.min(...fed.map((one) => Math.max(one.next, log.first)));
    return Math.min(1, (next - log.first) / (log.end - log.first));
  }

  /** Follows these series; those that it followed before keep their points. */
  follow(series: readonly ChartSeries[]): void {
    this.fed = series.map(
      (one) =>
        this.fed.find((fed) => fed.series === one) ?? { series: one, points: new SeriesPoints(), next: 0 },
    );
    this.read();
  }

  /** Reads while it runs; what came while it did not is read when it goes on. */
  run(running: boolean): void {
    this.running = running;
    this.read();
  }

  logChanged(log: LogState): void {
    // Cleared: what was drawn leads nowhere any more.
    if (log.first === log.end && this.log && this.log.first !== this.log.end) {
      for (const { points } of this.fed) points.clear();
      this.options.changed();
    }
    this.log = log;
    this.read();
  }

  private read(): void {
    this.isAsked = true;
    if (this.reading) return;
    this.reading = true;
    this.readOn()
      .catch((error: unknown) => {
        // Not at once again: the next change of the log tries anew.
        this.isAsked = false;
        this.options.failed(error);
      })
      .finally(() => {
        this.reading = false;
        if (this.isAsked) this.read();
        else this.behindSince = undefined;
      });
  }

  private async readOn(): Promise<void> {
    for (;;) {
      this.isAsked = false;
      const { log, running } = this;
      const from = Math.min(...this.fed.map(({ next }) => next));
      if (!log || !running || from >= log.end) return;
      this.behindSince ??= this.now();
      const behind = this.fed.filter(({ next }) => next === from);
      const page = await this.options.fetch(
        behind.map(({ series }) => series),
        from,
      );
      if (page.next <= from) return;
      for (const [index, one] of behind.entries()) {
        const points = page.points[index];
        if (points) one.points.add(points);
        one.next = page.next;
      }
      // What came while this was under way is read next, and that is soon.
      if (this.fed.every(({ next }) => next >= log.end)) this.behindSince = undefined;
      this.options.changed();
    }
  }
}
