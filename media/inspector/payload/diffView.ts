import { html, nothing, type PropertyValues } from 'lit';
import { grouped } from '../../../src/base/grouped';
import { LightElement } from '../lightElement';
import { scaledRowHeight } from '../rowHeight';
import { rowOfKey } from '../rowKeys';
import { RowScroller } from '../rowScroller';
import type { RowRange } from '../scaledScroll';
import type { DiffRow } from './diffRows';
import { shownText } from './textLines';

const rowHeight = 20;
const usualFontSize = 14;
/** Characters of a value in its row. */
const longestInRow = 500;

const marks = { added: '+', removed: '−', changed: '~', same: ' ', skipped: '⋯' } as const;

/** What differs between a payload and the previous one of its topic, one row for each difference. */
export class PayloadDiffView extends LightElement {
  static override properties = { rows: { attribute: false }, summary: { attribute: false } };

  rows: readonly DiffRow[] = [];
  summary = '';
  private scroller: RowScroller | undefined = undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.scroller?.dispose();
    this.scroller = undefined;
  }

  protected override render() {
    return html`<p class="notice" role="status">${this.summary}</p>
      ${
        this.rows.length === 0
          ? nothing
          : html`<div
              class="diff-viewport"
              role="table"
              tabindex="0"
              aria-label="Differences to the previous message"
              aria-rowcount=${this.rows.length}
              @keydown=${(event: KeyboardEvent) => this.keyDown(event)}
            >
              <div class="spacer" role="presentation"><div class="window" role="presentation"></div></div>
            </div>`
      }`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    const viewport = this.querySelector<HTMLElement>('.diff-viewport');
    const spacer = this.querySelector<HTMLElement>('.spacer');
    const window = this.querySelector<HTMLElement>('.window');
    if (!viewport || !spacer || !window) {
      this.scroller?.dispose();
      this.scroller = undefined;
      return;
    }
    if (!this.scroller) {
      const height = scaledRowHeight(this, rowHeight, usualFontSize);
      const draw = (range: RowRange): void => this.draw(range, window);
      this.scroller = new RowScroller({ viewport, spacer, window, rowHeight: height, draw });
      this.scroller.setRows(this.rows.length);
    } else if (changed.has('rows')) {
      this.scroller.setRows(this.rows.length);
      this.scroller.reveal(0, 'top');
    }
  }

  private draw({ first, count }: RowRange, window: HTMLElement): void {
    window.replaceChildren(
      ...this.rows.slice(first, first + count).map((row, index) => rowElement(row, first + index)),
    );
  }

  private keyDown(event: KeyboardEvent): void {
    const { scroller } = this;
    if (!scroller || event.altKey || event.ctrlKey || event.metaKey) return;
    const { firstRow: first } = scroller;
    const target = rowOfKey(event.key, first, scroller.page, this.rows.length);
    if (target === undefined) return;
    event.preventDefault();
    scroller.reveal(target, 'top');
  }
}

function rowElement({ kind, place, before, after }: DiffRow, index: number): HTMLElement {
  const row = document.createElement('div');
  row.className = `diff-row ${kind}`;
  row.setAttribute('role', 'row');
  row.setAttribute('aria-rowindex', String(index + 1));
  const cell = (className: string, text: string): HTMLElement => {
    const element = document.createElement('span');
    element.className = className;
    element.setAttribute('role', 'cell');
    element.textContent = cut(shownText(text));
    if (element.textContent.length > 40) element.title = element.textContent;
    return element;
  };
  const mark = cell('mark', marks[kind]);
  mark.setAttribute('aria-label', kind);
  row.append(mark, cell('diff-place', place));
  if (kind === 'same') row.append(cell('same', after ?? ''));
  else {
    if (before !== undefined) row.append(cell('before', before));
    if (before !== undefined && after !== undefined) {
      const arrow = cell('arrow', '→');
      arrow.setAttribute('aria-label', 'became');
      row.append(arrow);
    }
    if (after !== undefined) row.append(cell('after', after));
  }
  return row;
}

function cut(text: string): string {
  if (text.length <= longestInRow) return text;
  return `${text.slice(0, longestInRow)}… ${grouped(text.length)} characters`;
}

customElements.define('mqtt-payload-diff', PayloadDiffView);
