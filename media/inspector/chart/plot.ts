import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { Disposable } from '../../../src/base/lifecycle';
import type { ChartSeries } from '../../../src/inspector/chartContract';
import { lastStep } from '../../../src/payload/payloadPath';
import { seriesLook, type ChartColors } from './chartColors';
import type { PointRows } from './seriesPoints';
import { timeLabel } from './timeLabel';

/** A point that the pointer or the keyboard is at. */
export interface PlotPoint {
  readonly series: number;
  /** Its row in the points. */
  readonly row: number;
}

export interface PlotOptions {
  readonly parent: HTMLElement;
  readonly series: readonly ChartSeries[];
  readonly axisOf: readonly number[];
  readonly hidden: ReadonlySet<number>;
  readonly colors: ChartColors;
  readonly pointed: (point: PlotPoint | undefined) => void;
  readonly clicked: (point: PlotPoint) => void;
  readonly zoomed: (zoomed: boolean) => void;
}

/** Pixels from the pointer within which a point is meant. */
const reach = 40;
/** Rows looked at on both sides of the pointer for a series that has no point there. */
const rowsAround = 500;
/** What one step of zooming leaves of the time shown. */
const zoomStep = 0.5;

/** Lines over time, drawn by uPlot. */
export class Plot implements Disposable {
  private readonly plot: uPlot;
  private readonly observer: ResizeObserver;
  private readonly abort = new AbortController();
  private rows: PointRows = { sequences: [], times: [], values: [] };
  /** The person chose a span of time: live points do not move it. */
  private isZoomed = false;

  constructor(private readonly options: PlotOptions) {
    const { parent } = options;
    this.plot = new uPlot(this.uplotOptions(), [[], ...options.series.map(() => [])], parent);
    this.observer = new ResizeObserver(() => this.fit());
    this.observer.observe(parent);
    const { signal } = this.abort;
    const { over } = this.plot;
    let pressedAt = 0;
    over.addEventListener('pointerdown', (event) => (pressedAt = event.clientX), { signal });
    over.addEventListener('click', (event) => this.click(event, pressedAt), { signal });
    over.addEventListener('pointermove', (event) => this.point(event), { signal });
    over.addEventListener('pointerleave', () => options.pointed(undefined), { signal });
    over.addEventListener('wheel', (event) => this.wheel(event), { signal, passive: false });
  }

  /** The picture as it is on the screen, without what is under it. */
  get canvas(): HTMLCanvasElement {
    return this.plot.ctx.canvas;
  }

  setRows(rows: PointRows): void {
    this.rows = rows;
    const data = [rows.times, ...rows.values] as unknown as uPlot.AlignedData;
    this.plot.setData(data, !this.isZoomed);
    // Other points of the same span: only the values' scales may change.
    if (this.isZoomed) this.plot.redraw(true, true);
  }

  /** Shows a point as the pointer would. */
  showPoint({ series, row }: PlotPoint): void {
    const time = this.rows.times[row];
    const value = this.rows.values[series]?.[row];
    if (time === undefined || value === undefined || value === null) return;
    const left = this.plot.valToPos(time, 'x');
    this.bringInSight(time, left);
    this.plot.setCursor({
      left: this.plot.valToPos(time, 'x'),
      top: this.plot.valToPos(value, scaleOf(this.options.axisOf[series] ?? 0)),
    });
  }

  /** Shows less time or more, around a place in pixels or the middle. */
  zoom(inwards: boolean, at = this.plot.over.clientWidth / 2): void {
    const { min, max } = this.plot.scales['x'] ?? {};
    if (typeof min !== 'number' || typeof max !== 'number' || max <= min) return;
    const center = this.plot.posToVal(at, 'x');
    const factor = inwards ? zoomStep : 1 / zoomStep;
    const [first, last] = [this.rows.times[0] ?? min, this.rows.times.at(-1) ?? max];
    const [from, to] = [center - (center - min) * factor, center + (max - center) * factor];
    if (!inwards && from <= first && to >= last) this.resetZoom();
    else this.showSpan(Math.max(from, first), Math.min(to, last));
  }

  resetZoom(): void {
    this.setZoomed(false);
    this.plot.setData(this.plot.data, true);
  }

  dispose(): void {
    this.abort.abort();
    this.observer.disconnect();
    this.plot.destroy();
  }

  private bringInSight(time: number, left: number): void {
    const { min, max } = this.plot.scales['x'] ?? {};
    const isInSight = left >= 0 && left <= this.plot.over.clientWidth;
    if (isInSight || typeof min !== 'number' || typeof max !== 'number') return;
    const half = (max - min) / 2;
    this.showSpan(time - half, time + half);
  }

  private showSpan(min: number, max: number): void {
    if (!(max > min)) return;
    this.setZoomed(true);
    this.plot.setScale('x', { min, max });
  }

  private setZoomed(zoomed: boolean): void {
    this.isZoomed = zoomed;
    this.options.zoomed(zoomed);
  }

  private fit(): void {
    const { clientWidth: width, clientHeight: height } = this.options.parent;
    if (width > 0 && height > 0) this.plot.setSize({ width, height });
  }

  private click(event: MouseEvent, pressedAt: number): void {
    // The end of drawing a span is a click too.
    if (Math.abs(event.clientX - pressedAt) > 3) return;
    const point = this.nearest(event);
    if (point) this.options.clicked(point);
  }

  private point(event: PointerEvent): void {
    this.options.pointed(this.nearest(event));
  }

  private wheel(event: WheelEvent): void {
    if (event.deltaY === 0) return;
    event.preventDefault();
    this.zoom(event.deltaY < 0, event.clientX - this.plot.over.getBoundingClientRect().left);
  }

  private nearest(event: MouseEvent): PlotPoint | undefined {
    const box = this.plot.over.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    const middle = this.plot.posToIdx(x);
    const { times, values } = this.rows;
    let best: PlotPoint | undefined;
    let least = reach;
    for (const [series, column] of values.entries()) {
      if (this.options.hidden.has(series)) continue;
      const scale = scaleOf(this.options.axisOf[series] ?? 0);
      for (
        let row = Math.max(0, middle - rowsAround);
        row <= Math.min(times.length - 1, middle + rowsAround);
        row++
      ) {
        const value = column[row];
        if (value === null || value === undefined) continue;
        const across = this.plot.valToPos(times[row] as number, 'x') - x;
        if (Math.abs(across) >= least) continue;
        const distance = Math.hypot(across, this.plot.valToPos(value, scale) - y);
        if (distance >= least) continue;
        least = distance;
        best = { series, row };
      }
    }
    return best;
  }

  private uplotOptions(): uPlot.Options {
    const { series, axisOf, hidden, colors, parent } = this.options;
    const grid: uPlot.Axis.Grid = { stroke: colors.grid, width: 1, dash: [2, 4] };
    const used = [...new Set(axisOf)].sort((a, b) => a - b);
    const axis = (number: number): uPlot.Axis => {
      const own = axisOf.flatMap((each, index) => (each === number ? [index] : []));
      const [only, second] = own;
      const label = [...new Set(own.map((index) => lastStep(series[index]?.path ?? '')))].join(', ');
      return {
        scale: scaleOf(number),
        side: number % 2 === 0 ? 3 : 1,
        label: label.length > 40 ? `${label.slice(0, 39)}…` : label,
        labelFont: colors.font,
        font: colors.font,
        stroke: colors.foreground,
        grid: { show: number === used[0], ...grid },
        ticks: {
          // An axis with one line has its colour, where it costs no contrast.
          stroke: only !== undefined && second === undefined ? seriesLook(colors, only).color : colors.grid,
          width: 2,
        },
        size: 64,
      };
    };
    return {
      width: Math.max(100, parent.clientWidth),
      height: Math.max(100, parent.clientHeight),
      ms: 1,
      legend: { show: false },
      cursor: {
        drag: { x: true, y: false },
        points: { size: 8 },
        bind: { dblclick: () => () => this.doubleClicked() },
      },
      scales: { x: { time: true } },
      axes: [
        {
          font: colors.font,
          stroke: colors.foreground,
          values: (_, splits, __, ___, step) => splits.map((at, index) => timeLabel(at, step, index === 0)),
          space: 90,
          grid,
          ticks: { stroke: colors.grid, width: 1 },
        },
        ...used.map(axis),
      ],
      series: [
        {},
        ...series.map(({ path }, index): uPlot.Series => {
          const { color, dash } = seriesLook(colors, index);
          return {
            label: path,
            scale: scaleOf(axisOf[index] ?? 0),
            show: !hidden.has(index),
            stroke: color,
            width: 1.5,
            dash: [...dash],
            spanGaps: true,
            points: { size: 5, fill: color },
          };
        }),
      ],
      hooks: {
        setSelect: [({ select }) => select.width > 0 && this.setZoomed(true)],
      },
    };
  }

  private doubleClicked(): null {
    this.resetZoom();
    return null;
  }
}

function scaleOf(axis: number): string {
  return `y${axis}`;
}
