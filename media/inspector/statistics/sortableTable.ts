import { html, nothing, type TemplateResult } from 'lit';
import { grouped } from '../../../src/base/grouped';
import { LightElement } from '../lightElement';
import { csvOf } from './csv';

/** What a cell holds: numbers are sorted as numbers, and undefined comes last. */
export type CellValue = string | number | undefined;

export interface TableColumn {
  readonly caption: string;
  /** Of numbers: how they are written. */
  readonly show?: (value: number) => string;
}

export interface TableRow {
  readonly cells: readonly CellValue[];
  /** The filter that leaves what the row is about. */
  readonly filter?: string | undefined;
  /** A packet of it. */
  readonly packet?: number | undefined;
}

/** How many rows are drawn; all are copied. */
const mostDrawn = 200;

/**
 * A table whose columns sort it. Fires `filter-chosen` with a row's filter, `packet-chosen` with its packet, and `copy-text`
 * with all of it as CSV.
 */
export class SortableTable extends LightElement {
  static override properties = {
    caption: { attribute: false },
    columns: { attribute: false },
    rows: { attribute: false },
    filters: { attribute: false },
    sorted: { state: true },
  };

  caption = '';
  columns: readonly TableColumn[] = [];
  rows: readonly TableRow[] = [];
  /** Whether filters can be applied. */
  filters = false;
  /** The column that sorts, and whether from its largest value down; undefined leaves the rows as they came. */
  private sorted: { readonly column: number; readonly down: boolean } | undefined = undefined;

  protected override render() {
    const rows = this.inOrder();
    const drawn = rows.slice(0, mostDrawn);
    const packets = rows.some(({ packet }) => packet !== undefined);
    return html`<div class="table-head">
        <h2>${this.caption}</h2>
        <button
          type="button"
          class="analysis-button"
          title="Copy this table as CSV"
          @click=${() => this.copy(rows)}
        >
          Copy as CSV
        </button>
      </div>
      <div class="table-scroll">
        <table aria-label=${this.caption}>
          <thead>
            <tr>
              ${this.columns.map((column, index) => this.head(column, index))}
              ${packets ? html`<th scope="col">Packet</th>` : nothing}
            </tr>
          </thead>
          <tbody>
            ${drawn.map((row) => this.row(row, packets))}
          </tbody>
        </table>
      </div>
      ${
        rows.length > drawn.length
          ? html`<p class="notice">
              ${grouped(rows.length - drawn.length)} more rows are not drawn; they are copied.
            </p>`
          : nothing
      }`;
  }

  private head({ caption }: TableColumn, index: number): TemplateResult {
    const { sorted } = this;
    const isSorted = sorted?.column === index;
    return html`<th
      scope="col"
      class=${this.isNumeric(index) ? 'number' : ''}
      aria-sort=${isSorted ? (sorted.down ? 'descending' : 'ascending') : 'none'}
    >
      <button type="button" title=${`Sort by ${caption}`} @click=${() => this.sort(index)}>
        ${caption}${
          isSorted
            ? html`<span
                class="codicon codicon-${sorted.down ? 'chevron-down' : 'chevron-up'}"
                aria-hidden="true"
              ></span>`
            : nothing
        }
      </button>
    </th>`;
  }

  private row({ cells, filter, packet }: TableRow, packets: boolean): TemplateResult {
    return html`<tr>
      ${cells.map((value, index) => {
        const text = this.text(value, index);
        const button = index === 0 && filter !== undefined && this.filters;
        return html`<td class=${this.isNumeric(index) ? 'number' : ''} title=${index === 0 ? text : nothing}>
          ${
            button
              ? html`<button
                  type="button"
                  class="packet-link"
                  title=${`Filter by ${filter}`}
                  @click=${() => this.fire('filter-chosen', filter)}
                >
                  ${text}
                </button>`
              : text
          }
        </td>`;
      })}
      ${
        packets
          ? html`<td>
              ${
                packet === undefined
                  ? nothing
                  : html`<button
                      type="button"
                      class="packet-link"
                      title=${`Show packet #${packet}`}
                      @click=${() => this.fire('packet-chosen', packet)}
                    >
                      #${packet}
                    </button>`
              }
            </td>`
          : nothing
      }
    </tr>`;
  }

  private text(value: CellValue, column: number): string {
    if (value === undefined) return '–';
    if (typeof value === 'string') return value;
    return this.columns[column]?.show?.(value) ?? value.toLocaleString('en');
  }

  private isNumeric(column: number): boolean {
    return this.rows.some(({ cells }) => typeof cells[column] === 'number');
  }

  private sort(column: number): void {
    const { sorted } = this;
    const down = this.isNumeric(column);
    this.sorted = sorted?.column === column ? { column, down: !sorted.down } : { column, down };
  }

  private inOrder(): readonly TableRow[] {
    const { sorted, rows } = this;
    if (!sorted) return rows;
    const { column, down } = sorted;
    return [...rows].sort((a, b) => compare(a.cells[column], b.cells[column], down));
  }

  private copy(rows: readonly TableRow[]): void {
    const captions = this.columns.map(({ caption }) => caption);
    this.fire('copy-text', csvOf([captions, ...rows.map(({ cells }) => cells)]));
  }

  private fire(name: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }));
  }
}

function compare(a: CellValue, b: CellValue, down: boolean): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? 1 : -1;
  const order = typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b));
  return down ? -order : order;
}

customElements.define('mqtt-sortable-table', SortableTable);
