import type { Direction } from '../session/effects';

/** A number to follow: a place in the payloads of one topic that go one way on the connections of one client. */
export interface ChartSeries {
  /** What stays of the name of each of its connections. */
  readonly client: string;
  readonly direction: Direction;
  readonly topic: string;
  /** In the syntax of `where`: `payload.path[0].x`. */
  readonly path: string;
}

/** Points of one series in the order they came. */
export interface ChartPoints {
  readonly sequences: readonly number[];
  /** Milliseconds since the epoch. */
  readonly times: readonly number[];
  readonly values: readonly number[];
  /** Payloads of the topic without a number at the path. */
  readonly without: number;
  /** Payloads of the topic that are too long to be looked into. */
  readonly tooLong: number;
}

/** What there is of each series from a packet on, up to where the host stopped. */
export interface ChartPage {
  readonly points: readonly ChartPoints[];
  /** The sequence number to go on with; that of the next packet to come where everything was looked at. */
  readonly next: number;
}

/** Points in one answer, of all series. */
export const mostPointsInPage = 20_000;
/** Series of a chart. */
export const mostSeries = 12;

/** What a chart asks of the extension host. */
export interface ChartHost {
  /**
   * The points of series in the packets from `from` on. The host answers after a short while with what it has found: who
   * wants all asks again until `next` is the end of the log.
   */
  chartPoints(series: readonly ChartSeries[], from: number): ChartPage;
  /** Asks where to save an image or a table, and does; false where the person changed his mind. */
  saveChart(kind: 'png' | 'csv', bytes: Uint8Array): boolean;
}

/** What the extension host tells a chart. */
export interface ChartListener {
  /** Adds series and shows the chart. */
  chart(series: readonly ChartSeries[]): void;
}

/** Whether two series are the same. */
export function isSameSeries(a: ChartSeries, b: ChartSeries): boolean {
  return a.client === b.client && a.direction === b.direction && a.topic === b.topic && a.path === b.path;
}

/** The series among what was kept, perhaps by another version. */
export function parseChartSeries(kept: unknown): readonly ChartSeries[] {
  if (!Array.isArray(kept)) return [];
  return kept.slice(0, mostSeries).flatMap((one: unknown) => {
    if (typeof one !== 'object' || one === null) return [];
    const { client, direction, topic, path } = one as Readonly<Record<string, unknown>>;
    if (typeof client !== 'string' || typeof topic !== 'string' || typeof path !== 'string') return [];
    return direction === 'in' || direction === 'out' ? [{ client, direction, topic, path }] : [];
  });
}
