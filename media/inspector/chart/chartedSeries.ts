import { Emitter } from '../../../src/base/lifecycle';
import { isSameSeries, mostSeries, type ChartSeries } from '../../../src/inspector/chartContract';
import { lastStep } from '../../../src/payload/payloadPath';

/** Axes that a chart has room for: two on each side. */
export const mostAxes = 4;

/** What a chart follows, and on which axis each is drawn. */
export class ChartedSeries {
  private readonly changed = new Emitter<void>();
  private list: readonly ChartSeries[] = [];
  private axes: readonly number[] = [];
  /** Series that were asked for beyond what a chart holds. */
  private refused = 0;
  readonly onDidChange = this.changed.event;

  constructor(series: readonly ChartSeries[]) {
    this.enter(series);
  }

  get series(): readonly ChartSeries[] {
    return this.list;
  }

  /** The axis of each series, from 0. */
  get axisOf(): readonly number[] {
    return this.axes;
  }

  get refusedSeries(): number {
    return this.refused;
  }

  /** Adds what is not there yet, as far as there is room. */
  add(series: readonly ChartSeries[]): void {
    this.enter(series);
    this.changed.fire();
  }

  remove(series: ChartSeries): void {
    const kept = this.list.map((each) => !isSameSeries(each, series));
    this.list = this.list.filter((_, index) => kept[index]);
    this.axes = this.axes.filter((_, index) => kept[index]);
    this.refused = 0;
    this.changed.fire();
  }

  /** Draws a series on an axis, from 0. */
  setAxis(series: ChartSeries, axis: number): void {
    this.axes = this.axes.map((before, index) => (this.list[index] === series ? axis : before));
    this.changed.fire();
  }

  private enter(series: readonly ChartSeries[]): void {
    for (const one of series) {
      if (this.list.some((each) => isSameSeries(each, one))) continue;
      if (this.list.length === mostSeries) {
        this.refused++;
        continue;
      }
      this.axes = [...this.axes, this.axisFor(one)];
      this.list = [...this.list, one];
    }
  }

  /** Numbers of one name mostly are of one kind: they share an axis. Others get one of their own while there is one. */
  private axisFor({ path }: ChartSeries): number {
    const name = lastStep(path);
    const alike = this.list.findIndex((each) => lastStep(each.path) === name);
    if (alike >= 0) return this.axes[alike] ?? 0;
    const next = Math.max(-1, ...this.axes) + 1;
    return Math.min(next, mostAxes - 1);
  }
}
