import { html, nothing, type PropertyValues } from 'lit';
import { grouped } from '../../../src/base/grouped';
import { numericValue } from '../../../src/payload/numericPaths';
import type { PayloadValueAction } from '../../../src/inspector/panelContract';
import { payloadFilter } from '../filter/payloadFilter';
import { LightElement } from '../lightElement';
import { scaledRowHeight } from '../rowHeight';
import { rowOfKey } from '../rowKeys';
import { RowScroller } from '../rowScroller';
import type { RowRange } from '../scaledScroll';
import { smallButton } from '../smallButton';
import { writeClipboard } from './clipboard';
import { jsonRow } from './jsonRow';
import type { JsonRows } from './jsonRows';
import { shownText } from './textLines';

const rowHeight = 20;
const usualFontSize = 14;
/** Characters of the selected value that are shown; copying has all. */
const longestValue = 20_000;

/** JSON as a tree that folds. Fires `chart-path` with the path of a number, and `filter-by` with the filter for a value. */
export class JsonTreeView extends LightElement {
  static override properties = {
    rows: { attribute: false },
    label: { attribute: false },
    chartable: { attribute: false },
    filterable: { attribute: false },
    active: { state: true },
    copied: { state: true },
  };

  rows: JsonRows | undefined = undefined;
  label = 'Payload';
  /** Whether numbers can go to the chart: the packet has a topic. */
  chartable = false;
  /** Whether filters know its paths: it is the payload of a message. */
  filterable = false;
  /** The node the keyboard is at; undefined until the person has been here. */
  private active: number | undefined = undefined;
  /** What was copied last, for a screen reader. */
  private copied = '';
  private scroller: RowScroller | undefined = undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.scroller?.dispose();
    this.scroller = undefined;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) this.openScroller();
  }

  override focus(): void {
    this.inner('json-viewport').focus();
  }

  /** Does something with the selected value; nothing where none is, or where it is not possible for it. */
  perform(action: PayloadValueAction): void {
    const { rows, active } = this;
    if (!rows || active === undefined) return;
    const { tree } = rows;
    const tell = (name: string, detail: string): boolean =>
      this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }));
    if (action === 'copyPath') tell('copy-text', tree.path(active));
    else if (action === 'copyValue') tell('copy-text', tree.value(active));
    else if (action === 'chart') {
      if (this.chartable && isNumber(rows, active)) tell('chart-path', tree.path(active));
    } else if (this.filterable) tell('filter-by', payloadFilter(tree, active));
  }

  protected override render() {
    return html`<div
        class="json-viewport"
        role="tree"
        tabindex="0"
        aria-label="${this.label} as JSON"
        @keydown=${(event: KeyboardEvent) => this.keyDown(event)}
        @click=${(event: MouseEvent) => this.clicked(event)}
        @contextmenu=${(event: MouseEvent) => this.pointTo(event)}
        data-vscode-context='{"preventDefaultContextMenuItems":true}'
        @copy=${(event: ClipboardEvent) => this.copy(event)}
      >
        <div class="spacer" role="presentation"><div class="window" role="presentation"></div></div>
      </div>
      ${this.active === undefined ? nothing : this.valueBar(this.active)}`;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('rows')) {
      this.active = undefined;
      this.copied = '';
    }
  }

  protected override firstUpdated(): void {
    this.openScroller();
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('rows')) {
      this.scroller?.setRows(this.rows?.count ?? 0);
      this.scroller?.reveal(0, 'top');
    }
    this.mark();
  }

  private openScroller(): void {
    const height = scaledRowHeight(this, rowHeight, usualFontSize);
    this.scroller = new RowScroller({
      viewport: this.inner('json-viewport'),
      spacer: this.inner('spacer'),
      window: this.inner('window'),
      rowHeight: height,
      draw: (range) => this.draw(range),
    });
    this.scroller.setRows(this.rows?.count ?? 0);
  }

  private inner(name: string): HTMLElement {
    return this.querySelector(`.${name}`) as HTMLElement;
  }

  private draw({ first, count }: RowRange): void {
    const { rows } = this;
    const drawn: HTMLElement[] = [];
    for (let row = first; rows && row < first + count; row++) {
      const node = rows.node(row);
      if (node !== undefined) drawn.push(this.row(rows, node));
    }
    this.inner('window').replaceChildren(...drawn);
    this.mark();
  }

  /** A row with what its menu may offer. */
  private row(rows: JsonRows, node: number): HTMLElement {
    const element = jsonRow(rows, node);
    element.dataset['vscodeContext'] = JSON.stringify({
      webviewSection: 'payloadValue',
      mqttChartable: this.chartable && isNumber(rows, node),
      mqttFilterable: this.filterable,
    });
    return element;
  }

  private mark(): void {
    const viewport = this.inner('json-viewport');
    viewport.removeAttribute('aria-activedescendant');
    for (const element of viewport.querySelectorAll<HTMLElement>('.json-row')) {
      const isActive = Number(element.dataset['node']) === this.active;
      element.classList.toggle('selected', isActive);
      element.setAttribute('aria-selected', String(isActive));
      if (isActive) viewport.setAttribute('aria-activedescendant', element.id);
    }
  }

  /** Where the selected value is, all of it, and what can be done with it. */
  private valueBar(node: number) {
    const { rows } = this;
    if (!rows) return nothing;
    const { tree } = rows;
    const path = tree.path(node);
    const isContainer = tree.isContainer(node);
    const value = isContainer ? '' : tree.value(node);
    return html`<div class="value-bar" role="group" aria-label="Selected value">
      <div class="value-head">
        <code class="path">${shownText(path)}</code>
        ${smallButton('Copy path', 'list-tree', () => this.copyText('path', path))}
        ${smallButton('Copy value', 'copy', () => this.copyText('value', tree.value(node)))}
        ${
          this.chartable && isNumber(rows, node)
            ? smallButton('Chart this number', 'graph-line', () => this.perform('chart'))
            : nothing
        }
        ${
          this.filterable
            ? smallButton('Filter by this value', 'filter', () => this.perform('filter'))
            : nothing
        }
        <span class="said" role="status">${this.copied}</span>
      </div>
      ${isContainer ? nothing : html`<div class="whole-value">${shownText(value.slice(0, longestValue))}</div>`}
      ${
        value.length > longestValue
          ? html`<p class="notice">
              The first ${grouped(longestValue)} of ${grouped(value.length)} characters. Copy value has all of
              them.
            </p>`
          : nothing
      }
    </div>`;
  }

  private copyText(what: string, text: string): void {
    void writeClipboard(text).then((done) => {
      this.copied = done ? `Copied the ${what}` : `The ${what} could not be copied: use Ctrl+C on the row.`;
    });
  }

  /** Ctrl+C on a row copies its value, unless text is marked. */
  private copy(event: ClipboardEvent): void {
    const { rows, active } = this;
    if (!rows || active === undefined || window.getSelection()?.toString()) return;
    event.clipboardData?.setData('text/plain', rows.tree.value(active));
    event.preventDefault();
    this.copied = 'Copied the value';
  }

  private pointTo(event: MouseEvent): number | undefined {
    const element = (event.target as Element).closest<HTMLElement>('.json-row');
    if (!element) return undefined;
    const node = Number(element.dataset['node']);
    this.goTo(node);
    return node;
  }

  private clicked(event: MouseEvent): void {
    const node = this.pointTo(event);
    if (node === undefined) return;
    if ((event.target as Element).closest('.twistie.codicon')) this.toggle(node);
  }

  private goTo(node: number): void {
    this.active = node;
    this.copied = '';
    // The bar below may take room from the rows.
    void this.updateComplete.then(() => this.scroller?.reveal(this.rows?.rowOf(node) ?? 0));
  }

  private toggle(node: number, expanded = !this.rows?.isExpanded(node)): void {
    this.rows?.setExpanded(node, expanded);
    this.scroller?.setRows(this.rows?.count ?? 0);
  }

  private keyDown(event: KeyboardEvent): void {
    const { rows } = this;
    if (!rows || event.altKey || event.ctrlKey || event.metaKey) return;
    const row = this.active === undefined ? -1 : rows.rowOf(this.active);
    const page = this.scroller?.page ?? 1;
    const target = rowOfKey(event.key, row, page, rows.count);
    if (target !== undefined) {
      const node = rows.node(target);
      if (node !== undefined) this.goTo(node);
    } else if (this.active === undefined) return;
    else if (event.key === 'ArrowRight' || event.key === 'ArrowLeft') {
      this.foldOrMove(rows, this.active, event.key === 'ArrowRight');
    } else if (event.key === ' ' || event.key === 'Enter') this.toggle(this.active);
    else return;
    event.preventDefault();
  }

  private foldOrMove(rows: JsonRows, node: number, forth: boolean): void {
    const foldable = rows.tree.childCount(node) > 0;
    if (foldable && rows.isExpanded(node) !== forth) this.toggle(node, forth);
    else if (forth && foldable) this.goTo(node + 1);
    else if (!forth) this.goTo(rows.tree.parent(node) ?? node);
  }
}

function isNumber({ tree }: JsonRows, node: number): boolean {
  return !tree.isContainer(node) && numericValue(tree.value(node)) !== undefined;
}

customElements.define('mqtt-json-tree', JsonTreeView);
