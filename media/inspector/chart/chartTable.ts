import { html, type PropertyValues } from 'lit';
import type { ChartSeries } from '../../../src/inspector/chartContract';
import { lastStep } from '../../../src/payload/payloadPath';
import { LightElement } from '../lightElement';
import { scaledRowHeight } from '../rowHeight';
import { rowOfKey } from '../rowKeys';
import { RowScroller } from '../rowScroller';
import { timeOfDay } from '../rowText';
import type { RowRange } from '../scaledScroll';
import type { PointRows } from './seriesPoints';

const rowHeight = 22;
const usualFontSize = 13;

/** The points of a chart as a table, oldest first: what the lines show, to be read. Fires `point-chosen` with a row. */
export class ChartTable extends LightElement {
  static override properties = { series: { attribute: false }, rows: { attribute: false } };

  series: readonly ChartSeries[] = [];
  rows: PointRows = { sequences: [], times: [], values: [] };
  private active = -1;
  private scroller: RowScroller | undefined = undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.scroller?.dispose();
    this.scroller = undefined;
  }

  protected override render() {
    return html`<div
      class="chart-grid"
      role="grid"
      aria-label="Points of the chart"
      aria-rowcount=${this.rows.times.length + 1}
    >
      <div class="chart-row chart-table-head" role="row" aria-rowindex="1">
        <span class="number" role="columnheader">#</span><span class="time" role="columnheader">Time</span>
        ${this.series.map(
          ({ topic, path }) =>
            html`<span class="point-value" role="columnheader" title="${topic} ${path}"
              >${lastStep(path)}</span
            >`,
        )}
      </div>
      <div
        class="table-viewport"
        tabindex="0"
        role="rowgroup"
        aria-label="Points, Enter shows the packet"
        @keydown=${(event: KeyboardEvent) => this.keyDown(event)}
        @click=${(event: MouseEvent) => this.clicked(event)}
      >
        <div class="spacer" role="presentation"><div class="window" role="presentation"></div></div>
      </div>
    </div>`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (!this.scroller) {
      const inner = (name: string): HTMLElement => this.querySelector(`.${name}`) as HTMLElement;
      const height = scaledRowHeight(this, rowHeight, usualFontSize);
      this.scroller = new RowScroller({
        viewport: inner('table-viewport'),
        spacer: inner('spacer'),
        window: inner('window'),
        rowHeight: height,
        draw: (range) => this.draw(range),
      });
    }
    if (changed.has('rows')) {
      this.active = Math.min(this.active, this.rows.times.length - 1);
      this.scroller.setRows(this.rows.times.length, 0, this.scroller.atEnd);
    }
  }

  private draw({ first, count }: RowRange): void {
    const { sequences, times, values } = this.rows;
    const rows: HTMLElement[] = [];
    for (let index = first; index < first + count; index++) {
      const row = document.createElement('div');
      row.className = 'chart-row';
      row.classList.toggle('selected', index === this.active);
      row.id = `point-${index}`;
      row.dataset['row'] = String(index);
      row.setAttribute('role', 'row');
      row.setAttribute('aria-rowindex', String(index + 2));
      row.setAttribute('aria-selected', String(index === this.active));
      row.append(
        cell('number', String(sequences[index] ?? '')),
        cell('time', timeOfDay(times[index] ?? 0)),
        ...values.map((column) => cell('point-value', String(column[index] ?? ''))),
      );
      rows.push(row);
    }
    this.querySelector('.window')?.replaceChildren(...rows);
    const viewport = this.querySelector('.table-viewport');
    if (this.active >= 0) viewport?.setAttribute('aria-activedescendant', `point-${this.active}`);
    else viewport?.removeAttribute('aria-activedescendant');
  }

  private clicked(event: MouseEvent): void {
    const row = (event.target as Element).closest<HTMLElement>('.chart-row')?.dataset['row'];
    if (row !== undefined) this.choose(Number(row));
  }

  private choose(row: number): void {
    this.dispatchEvent(new CustomEvent('point-chosen', { detail: row }));
  }

  private keyDown(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const page = this.scroller?.page ?? 1;
    const target = rowOfKey(event.key, this.active, page, this.rows.times.length);
    if (target !== undefined) {
      this.active = target;
      this.scroller?.reveal(this.active);
    } else if (event.key === 'Enter' && this.active >= 0) this.choose(this.active);
    else return;
    event.preventDefault();
  }
}

function cell(className: string, text: string): HTMLElement {
  const element = document.createElement('span');
  element.className = className;
  element.setAttribute('role', 'gridcell');
  element.textContent = text;
  return element;
}

customElements.define('mqtt-chart-table', ChartTable);
