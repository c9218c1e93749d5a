import { html, nothing, type PropertyValues } from 'lit';
import { hexByte } from '../../src/base/bytes';
import type { Disposable } from '../../src/base/lifecycle';
import type { Span } from '../../src/base/spans';
import { emptySource, type ByteSource } from './byteSource';
import './byteView.css';
import type { Highlight } from './highlight';
import { LightElement } from './lightElement';
import { scaledRowHeight } from './rowHeight';
import { RowScroller } from './rowScroller';
import type { RowRange } from './scaledScroll';

/** Pixels of a row at the usual font size; a larger font has rows that are as much higher. */
const rowHeight = 20;
const usualFontSize = 14;
const widthOfRows = [16, 8] as const;

/**
 * Bytes in hexadecimal and ASCII, of which only the rows in sight exist as elements. With a {@link Highlight} the bytes of
 * the hovered and of the selected field are marked, and pointing at a byte hovers its field.
 */
export class ByteView extends LightElement {
  static override properties = {
    bytes: { attribute: false },
    concealed: { attribute: false },
    highlight: { attribute: false },
    label: { attribute: false },
  };

  bytes: ByteSource = emptySource;
  /** Bytes that are not to be shown. */
  concealed: readonly Span[] = [];
  highlight: Highlight | undefined = undefined;
  label = 'Bytes';
  private bytesPerRow: number = widthOfRows[0];
  private scroller: RowScroller | undefined = undefined;
  private widthObserver: ResizeObserver | undefined = undefined;
  private subscription: Disposable | undefined = undefined;
  private loading: Disposable | undefined = undefined;
  /** Where the keyboard is where there is no highlight to say so. */
  private ownCursor = 0;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.subscription?.dispose();
    this.loading?.dispose();
    this.widthObserver?.disconnect();
    this.scroller?.dispose();
  }

  override focus(): void {
    this.inner('byte-viewport').focus();
  }

  protected override render() {
    return html`<div
      class="byte-viewport"
      role="grid"
      tabindex="0"
      aria-label=${this.label}
      aria-readonly="true"
      aria-rowcount=${Math.ceil(this.bytes.length / this.bytesPerRow)}
      data-vscode-context=${
        this.highlight ? '{"webviewSection":"field","preventDefaultContextMenuItems":true}' : nothing
      }
      @contextmenu=${(event: MouseEvent) => this.clicked(event)}
      @keydown=${(event: KeyboardEvent) => this.keyDown(event)}
      @click=${(event: MouseEvent) => this.clicked(event)}
      @pointermove=${(event: PointerEvent) => this.highlight?.hoverByte(offsetOf(event))}
      @pointerleave=${() => this.highlight?.hoverByte(undefined)}
    >
      <div class="spacer" role="presentation"><div class="window" role="presentation"></div></div>
      ${this.bytes.length === 0 ? html`<p class="placeholder">No bytes.</p>` : nothing}
    </div>`;
  }

  protected override firstUpdated(): void {
    const height = scaledRowHeight(this, rowHeight, usualFontSize);
    this.scroller = new RowScroller({
      viewport: this.inner('byte-viewport'),
      spacer: this.inner('spacer'),
      window: this.inner('window'),
      rowHeight: height,
      draw: (range) => this.draw(range),
    });
    this.widthObserver = new ResizeObserver(() => this.fit());
    this.widthObserver.observe(this);
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('highlight')) {
      this.subscription?.dispose();
      this.subscription = this.highlight?.onDidChange((change) => {
        if (change === 'select' && this.highlight?.cursor !== undefined)
          this.revealByte(this.highlight.cursor);
        this.mark();
      });
    }
    if (changed.has('bytes')) {
      this.loading?.dispose();
      this.loading = this.bytes.onDidLoad(() => this.scroller?.redraw());
    }
    if (changed.has('bytes') || changed.has('concealed')) {
      this.ownCursor = 0;
      this.scroller?.reveal(0);
      this.layOut();
    }
  }

  private inner(name: string): HTMLElement {
    return this.querySelector(`.${name}`) as HTMLElement;
  }

  private get cursor(): number {
    return this.highlight ? (this.highlight.cursor ?? 0) : this.ownCursor;
  }

  /** As many bytes in a row as the width has room for. */
  private fit(): void {
    const style = getComputedStyle(this);
    const canvas = document.createElement('canvas').getContext('2d');
    if (!canvas || this.clientWidth === 0) return;
    canvas.font = `${style.fontSize} ${style.fontFamily}`;
    const character = canvas.measureText('0').width;
    const room = this.clientWidth / character - this.offsetDigits - 7;
    const fitting = widthOfRows.find((count) => count * 4 + count / 8 <= room) ?? widthOfRows[1];
    if (fitting === this.bytesPerRow) return;
    this.bytesPerRow = fitting;
    this.requestUpdate();
    this.layOut();
    this.revealByte(this.cursor);
  }

  private get offsetDigits(): number {
    return Math.max(4, (this.bytes.length - 1).toString(16).length);
  }

  private layOut(): void {
    this.scroller?.setRows(Math.ceil(this.bytes.length / this.bytesPerRow));
  }

  private draw({ first, count }: RowRange): void {
    const rows: HTMLElement[] = [];
    for (let row = first; row < first + count; row++) rows.push(this.row(row));
    this.inner('window').replaceChildren(...rows);
    this.mark();
  }

  private row(row: number): HTMLElement {
    const start = row * this.bytesPerRow;
    const hex = span('hex');
    const ascii = span('ascii');
    ascii.setAttribute('aria-hidden', 'true');
    for (let offset = start; offset < start + this.bytesPerRow; offset++) {
      if (offset >= this.bytes.length) {
        hex.append(span('filler', '  '));
        continue;
      }
      // Undefined while its page is on the way.
      const byte = this.bytes.at(offset);
      const hidden = this.concealed.some(({ start: from, end }) => from <= offset && offset < end);
      const cell = span('byte', hidden ? '••' : byte === undefined ? '··' : hexByte(byte));
      cell.setAttribute('role', 'gridcell');
      if (hidden) cell.setAttribute('aria-label', 'concealed');
      else if (byte === undefined) cell.setAttribute('aria-label', 'loading');
      const character = span(
        'character',
        hidden ? '•' : isPrintable(byte) ? String.fromCharCode(byte) : byte === undefined ? ' ' : '.',
      );
      if (!isPrintable(byte)) character.classList.add('unprintable');
      for (const element of [cell, character]) element.dataset['offset'] = String(offset);
      hex.append(cell);
      ascii.append(character);
    }
    const element = document.createElement('div');
    element.className = 'byte-row';
    element.setAttribute('role', 'row');
    element.setAttribute('aria-rowindex', String(row + 1));
    element.append(span('offset', start.toString(16).padStart(this.offsetDigits, '0')), hex, ascii);
    return element;
  }

  /** Marks what is in sight of the hovered and the selected field, and of the byte the keyboard is at. */
  private mark(): void {
    const viewport = this.inner('byte-viewport');
    const { hovered, selected } = this.highlight ?? {};
    viewport.removeAttribute('aria-activedescendant');
    for (const element of viewport.querySelectorAll<HTMLElement>('[data-offset]')) {
      const offset = Number(element.dataset['offset']);
      const within = (field: Span | undefined): boolean =>
        field !== undefined && field.start <= offset && offset < field.end;
      element.classList.toggle('hovered', within(hovered));
      element.classList.toggle('selected', within(selected));
      const current = offset === this.cursor && (this.highlight === undefined || selected !== undefined);
      element.classList.toggle('cursor', current);
      if (!element.classList.contains('byte')) continue;
      element.setAttribute('aria-selected', String(within(selected)));
      element.removeAttribute('id');
      if (!current) continue;
      element.id = this.highlight ? 'byte-at-cursor' : 'payload-byte-at-cursor';
      viewport.setAttribute('aria-activedescendant', element.id);
    }
  }

  private revealByte(offset: number): void {
    this.scroller?.reveal(Math.floor(offset / this.bytesPerRow));
  }

  private clicked(event: MouseEvent): void {
    const offset = offsetOf(event);
    if (offset !== undefined) this.goTo(offset);
  }

  private goTo(offset: number): void {
    if (this.highlight) {
      this.highlight.selectByte(offset);
      return;
    }
    this.ownCursor = offset;
    this.revealByte(offset);
    this.mark();
  }

  private keyDown(event: KeyboardEvent): void {
    if (this.bytes.length === 0 || event.altKey || event.metaKey) return;
    const { cursor, bytesPerRow } = this;
    const page = (this.scroller?.page ?? 1) * bytesPerRow;
    const rowStart = cursor - (cursor % bytesPerRow);
    const targets: Readonly<Record<string, number>> = {
      ArrowLeft: cursor - 1,
      ArrowRight: cursor + 1,
      ArrowUp: cursor - bytesPerRow,
      ArrowDown: cursor + bytesPerRow,
      PageUp: cursor - page,
      PageDown: cursor + page,
      Home: event.ctrlKey ? 0 : rowStart,
      End: event.ctrlKey ? this.bytes.length - 1 : rowStart + bytesPerRow - 1,
    };
    const target = targets[event.key];
    if (target === undefined) return;
    event.preventDefault();
    this.goTo(Math.max(0, Math.min(target, this.bytes.length - 1)));
  }
}

function span(className: string, text?: string): HTMLSpanElement {
  const element = document.createElement('span');
  element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

function isPrintable(byte: number | undefined): byte is number {
  return byte !== undefined && byte >= 0x20 && byte < 0x7f;
}

function offsetOf(event: Event): number | undefined {
  const offset = (event.target as Element).closest<HTMLElement>('[data-offset]')?.dataset['offset'];
  return offset === undefined ? undefined : Number(offset);
}

customElements.define('mqtt-byte-view', ByteView);
