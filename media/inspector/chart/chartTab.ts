import { html, nothing, type PropertyValues } from 'lit';
import type { Disposable } from '../../../src/base/lifecycle';
import { mostSeries, type ChartSeries } from '../../../src/inspector/chartContract';
import { LightElement } from '../lightElement';
import { timeOfDay } from '../rowText';
import type { TabContext } from '../tabs';
import './chart.css';
import { chartColors, seriesLook } from './chartColors';
import { chartCsv } from './chartCsv';
import { ChartFeed } from './chartFeed';
import { chartImage } from './chartImage';
import { chartLegend } from './chartLegend';
import './chartTable';
import type { Plot, PlotPoint } from './plot';
import { pointRows, type PointRows } from './seriesPoints';

const noRows: PointRows = { sequences: [], times: [], values: [] };
/** Milliseconds between two drawings while points come. */
const drawingInterval = 250;

/** The tab that draws numbers of payloads over time. */
export class ChartTab extends LightElement {
  static override properties = {
    context: { attribute: false },
    active: { attribute: false },
    rows: { state: true },
    paused: { state: true },
    zoomed: { state: true },
    asTable: { state: true },
    hiddenSeries: { state: true },
    pointed: { state: true },
    saving: { state: true },
  };

  context: TabContext | undefined = undefined;
  active = false;
  private rows: PointRows = noRows;
  private paused = false;
  private zoomed = false;
  private asTable = false;
  private hiddenSeries: ReadonlySet<number> = new Set();
  private pointed: PlotPoint | undefined = undefined;
  private saving: string | undefined = undefined;
  private plot: Plot | undefined = undefined;
  private followed: readonly ChartSeries[] | undefined = undefined;
  /** Points came that are not drawn yet. */
  private isOutdated = false;
  private drawing: ReturnType<typeof setTimeout> | undefined = undefined;
  private subscription: Disposable | undefined = undefined;
  private themes: MutationObserver | undefined = undefined;
  private readonly feed = new ChartFeed({
    fetch: (series, from) => this.fetch(series, from),
    changed: () => this.drawSoon(),
    failed: (error) => this.context?.failed(error),
  });

  override connectedCallback(): void {
    super.connectedCallback();
    this.themes = new MutationObserver(() => this.replot());
    for (const element of [document.documentElement, document.body]) {
      this.themes.observe(element, { attributes: true, attributeFilter: ['class', 'style'] });
    }
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.themes?.disconnect();
    this.subscription?.dispose();
    this.subscription = undefined;
    clearTimeout(this.drawing);
    this.drawing = undefined;
    this.feed.run(false);
    this.dropPlot();
  }

  protected override willUpdate(changed: PropertyValues): void {
    const { context } = this;
    if (!context) return;
    this.subscription ??= context.charted.onDidChange(() => this.seriesChanged());
    if (this.followed === undefined) this.follow(context.charted.series);
    if (changed.has('context')) this.feed.logChanged(context.log);
    this.feed.run(this.active && !this.paused);
  }

  protected override render() {
    const { context } = this;
    if (!context) return nothing;
    const { charted } = context;
    if (charted.series.length === 0) return this.empty();
    return html`${this.toolbar(charted.refusedSeries)}
      <div
        class="chart-canvas"
        tabindex="0"
        role="application"
        aria-roledescription="chart"
        aria-label="Chart of ${charted.series.length === 1 ? '1 line' : `${charted.series.length} lines`}. Arrow keys go from point to point, Enter shows the packet, plus and minus zoom."
        ?hidden=${this.asTable}
        @keydown=${(event: KeyboardEvent) => this.keyDown(event)}
      ></div>
      ${
        this.asTable
          ? html`<mqtt-chart-table
              .series=${charted.series}
              .rows=${this.rows}
              @point-chosen=${(event: CustomEvent<number>) => this.showRow(event.detail)}
            ></mqtt-chart-table>`
          : html`<p class="notice point" role="status">${this.pointText()}</p>`
      }
      ${chartLegend(charted.series, this.feed.points, charted.axisOf, this.hiddenSeries, {
        hide: (index, hidden) => this.hide(index, hidden),
        setAxis: (series, axis) => charted.setAxis(series, axis),
        remove: (series) => charted.remove(series),
      })}`;
  }

  protected override updated(): void {
    const canvas = this.querySelector<HTMLElement>('.chart-canvas');
    if (!canvas) this.dropPlot();
    else if (this.isPlotWanted) this.makePlot(canvas).catch((error: unknown) => this.context?.failed(error));
    const colors = chartColors(this);
    for (const swatch of this.querySelectorAll<HTMLElement>('.swatch')) {
      const { color, dash } = seriesLook(colors, Number(swatch.dataset['series']));
      swatch.style.borderTopColor = color;
      swatch.style.borderTopStyle = dash.length > 0 ? 'dashed' : 'solid';
    }
  }

  private empty() {
    return html`<div class="empty">
      <span class="codicon codicon-graph-line" aria-hidden="true"></span>
      <h2>Nothing is charted yet</h2>
      <p>
        Select a PUBLISH, then a number in its payload, and choose “Chart this number”; or choose “Chart a
        Number…” on a topic in the Subscriptions view.
      </p>
    </div>`;
  }

  private toolbar(refused: number) {
    const { progress } = this.feed;
    const button = (label: string, icon: string, action: () => void, pressed?: boolean) =>
      html`<button
        type="button"
        class="small-button"
        title=${label}
        aria-label=${label}
        aria-pressed=${pressed ?? nothing}
        @click=${action}
      >
        <span class="codicon codicon-${icon}" aria-hidden="true"></span>
      </button>`;
    return html`<div class="chart-toolbar" role="toolbar" aria-label="Chart">
      ${button(
        this.paused ? 'Go on with what came' : 'Pause the chart; recording goes on',
        this.paused ? 'debug-continue' : 'debug-pause',
        () => (this.paused = !this.paused),
        this.paused,
      )}
      ${button('Zoom in', 'zoom-in', () => this.plot?.zoom(true))}
      ${button('Zoom out', 'zoom-out', () => this.plot?.zoom(false))}
      ${button('Show all of the time', 'screen-full', () => this.plot?.resetZoom())}
      ${button('Show the points as a table', 'table', () => this.toggleTable(), this.asTable)}
      ${button('Save as PNG image…', 'file-media', () => this.saveImage())}
      ${button('Save all points as CSV…', 'save-as', () => this.saveTable())}
      <span class="place" role="status"
        >${[
          ...(progress < 1 ? [`reading the log: ${Math.floor(progress * 100)} %`] : []),
          ...(this.paused ? ['paused'] : []),
          ...(this.zoomed ? ['zoomed: new points do not move it'] : []),
          ...(this.saving === undefined ? [] : [this.saving]),
          ...(refused === 0 ? [] : [`a chart has room for ${mostSeries} lines: ${refused} not added`]),
        ].join(' · ')}</span
      >
    </div>`;
  }

  private pointText(): string {
    const { pointed, rows, context } = this;
    const series = pointed && context?.charted.series[pointed.series];
    if (!pointed || !series)
      return 'Point at a line; a click shows the packet. Drag to zoom, double-click to see all.';
    const value = rows.values[pointed.series]?.[pointed.row];
    return `#${rows.sequences[pointed.row] ?? ''} · ${timeOfDay(rows.times[pointed.row] ?? 0)} · ${series.topic} · ${series.path} = ${value ?? ''}`;
  }

  private fetch(series: readonly ChartSeries[], from: number) {
    const { context } = this;
    if (!context) return Promise.reject(new Error('The chart is not in the panel.'));
    return context.peer.call('chartPoints', series, from);
  }

  private seriesChanged(): void {
    const { charted } = this.context ?? {};
    if (!charted) return;
    if (charted.series !== this.followed) {
      this.hiddenSeries = new Set();
      this.follow(charted.series);
    }
    this.replot();
  }

  private follow(series: readonly ChartSeries[]): void {
    this.followed = series;
    this.pointed = undefined;
    this.feed.follow(series);
    this.rows = pointRows(this.feed.points);
  }

  /** At once, and then not before a while has gone by. */
  private drawSoon(): void {
    this.isOutdated = true;
    if (this.drawing !== undefined) return;
    this.draw();
    this.drawing = setTimeout(() => {
      this.drawing = undefined;
      if (this.isOutdated) this.drawSoon();
    }, drawingInterval);
  }

  private draw(): void {
    this.isOutdated = false;
    this.rows = pointRows(this.feed.points);
    this.plot?.setRows(this.rows);
  }

  private get isPlotWanted(): boolean {
    return !this.plot && this.active && !this.asTable;
  }

  private async makePlot(parent: HTMLElement): Promise<void> {
    // uPlot begins with what takes as long as the whole list to show; who opens no chart does not wait for it.
    const { Plot } = await import('./plot');
    const { charted } = this.context ?? {};
    // One that has left the page meanwhile is as narrow as one that does not show.
    if (!this.isPlotWanted || !charted || parent.clientWidth === 0) return;
    this.plot = new Plot({
      parent,
      series: charted.series,
      axisOf: charted.axisOf,
      hidden: this.hiddenSeries,
      colors: chartColors(this),
      pointed: (point) => (this.pointed = point),
      clicked: ({ row }) => this.showRow(row),
      zoomed: (zoomed) => (this.zoomed = zoomed),
    });
    this.plot.setRows(this.rows);
  }

  private dropPlot(): void {
    this.plot?.dispose();
    this.plot = undefined;
    this.zoomed = false;
  }

  /** Lines, axes or the theme are others: uPlot takes those only when it begins. */
  private replot(): void {
    this.dropPlot();
    this.requestUpdate();
  }

  private hide(index: number, hidden: boolean): void {
    const next = new Set(this.hiddenSeries);
    if (hidden) next.add(index);
    else next.delete(index);
    this.hiddenSeries = next;
    this.replot();
  }

  private toggleTable(): void {
    this.asTable = !this.asTable;
    this.replot();
  }

  private showRow(row: number): void {
    const sequence = this.rows.sequences[row];
    if (sequence !== undefined) this.context?.showPacket(sequence);
  }

  private keyDown(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const { pointed } = this;
    if (event.key === '+' || event.key === '=') this.plot?.zoom(true);
    else if (event.key === '-') this.plot?.zoom(false);
    else if (event.key === '0') this.plot?.resetZoom();
    else if (event.key === 'Enter' && pointed) this.showRow(pointed.row);
    else if (!this.move(event.key)) return;
    event.preventDefault();
  }

  /** Goes from point to point along a line, and from line to line. */
  private move(key: string): boolean {
    const { rows } = this;
    const count = rows.values.length;
    const { series, row } = this.pointed ?? { series: 0, row: rows.times.length };
    const column = rows.values[series] ?? [];
    const find = (from: number, step: 1 | -1): number => {
      let at = from;
      while (at >= 0 && at < column.length && column[at] === null) at += step;
      return at;
    };
    let next: PlotPoint | undefined;
    if (key === 'ArrowLeft') next = { series, row: find(row - 1, -1) };
    else if (key === 'ArrowRight') next = { series, row: find(row + 1, 1) };
    else if (key === 'Home') next = { series, row: find(0, 1) };
    else if (key === 'End') next = { series, row: find(column.length - 1, -1) };
    else if (key === 'ArrowUp' || key === 'ArrowDown') {
      const other = (series + (key === 'ArrowUp' ? count - 1 : 1)) % count;
      next = { series: other, row: nearestRow(rows, other, row) };
    }
    if (!next) return false;
    if (typeof rows.values[next.series]?.[next.row] === 'number') {
      this.pointed = next;
      this.plot?.showPoint(next);
    }
    return true;
  }

  private saveImage(): void {
    const { plot, context } = this;
    if (!context) return;
    if (!plot) {
      this.saving = 'an image is made of the chart, not of the table';
      return;
    }
    this.save('png', chartImage(plot.canvas, context.charted.series, chartColors(this)));
  }

  private saveTable(): void {
    const { context } = this;
    if (!context) return;
    const table = chartCsv(context.charted.series, context.log.end, (series, from) =>
      this.fetch(series, from),
    );
    this.save('csv', table);
  }

  private save(kind: 'png' | 'csv', making: Promise<Uint8Array>): void {
    this.saving = `making the ${kind === 'png' ? 'image' : 'table'}`;
    making
      .then((bytes) => this.context?.peer.call('saveChart', kind, bytes))
      .then((saved) => (this.saving = saved ? 'saved' : undefined))
      .catch((error: unknown) => {
        this.saving = undefined;
        this.context?.failed(error);
      });
  }
}

/** The row nearest to one that has a point of a series; -1 where it has none. */
function nearestRow({ values, times }: PointRows, series: number, row: number): number {
  const column = values[series] ?? [];
  for (let away = 0; away < times.length; away++) {
    if (typeof column[row - away] === 'number') return row - away;
    if (typeof column[row + away] === 'number') return row + away;
  }
  return -1;
}

customElements.define('mqtt-chart', ChartTab);
