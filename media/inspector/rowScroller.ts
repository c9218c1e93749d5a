import type { Disposable } from '../../src/base/lifecycle';
import { ScaledScroll, type RowRange } from './scaledScroll';

export interface RowScrollerOptions {
  /** The element that scrolls. */
  readonly viewport: HTMLElement;
  /** Inside it: as high as the scroll bar needs. */
  readonly spacer: HTMLElement;
  /** Inside the spacer and sticky: holds the rows that are drawn. */
  readonly window: HTMLElement;
  readonly rowHeight: number;
  readonly draw: (range: RowRange) => void;
  /** Pixels from the window's upper edge to that of a row, for rows that keep their place in it; else the first is at the edge. */
  readonly topOf?: (row: number) => number;
  /** Whether the last row is to stay in sight whatever becomes of the viewport; else it does where the list was scrolled to it. */
  readonly staysAtEnd?: () => boolean;
  /** The person scrolled, in contrast to the program. */
  readonly scrolled?: () => void;
}

/** Ties a {@link ScaledScroll} to elements: draws the rows in sight, and draws again when what is in sight changes. */
export class RowScroller implements Disposable {
  private readonly scroll: ScaledScroll;
  private readonly observer: ResizeObserver;
  private readonly abort = new AbortController();
  private barAt = 0;
  private height = 0;
  private spacerHeight = -1;
  private frame = 0;

  constructor(private readonly options: RowScrollerOptions) {
    this.scroll = new ScaledScroll(options.rowHeight);
    const { viewport } = options;
    const { signal } = this.abort;
    viewport.addEventListener('scroll', () => this.barMoved(), { signal, passive: true });
    viewport.addEventListener('wheel', (event) => this.wheel(event), { signal, passive: false });
    this.observer = new ResizeObserver(() => this.update());
    this.observer.observe(viewport);
  }

  get atEnd(): boolean {
    return this.scroll.atEnd;
  }

  /** Rows that fit the viewport as a whole. */
  get page(): number {
    return this.scroll.page;
  }

  /** How many rows there are now; `dropped` of those before left the start. With `toEnd` the last one is in sight. */
  setRows(count: number, dropped = 0, toEnd = false): void {
    if (dropped > 0) this.scroll.dropRows(dropped);
    this.measure(count);
    if (toEnd) this.scroll.scrollToEnd();
    this.place();
  }

  /** The first row of which anything is in sight. */
  get firstRow(): number {
    return this.scroll.visible().first;
  }

  /** Moves as little as brings a row in sight, or brings it to the middle where it is not, or to the top. */
  reveal(row: number, where: 'nearest' | 'center' | 'top' = 'nearest'): void {
    // The viewport may have become another height in this very moment, before the browser tells that.
    this.measure();
    if (where === 'center') this.scroll.revealInCenter(row);
    else if (where === 'top') this.scroll.scrollTo(row * this.options.rowHeight);
    else this.scroll.reveal(row);
    this.place();
  }

  revealEnd(): void {
    this.scroll.scrollToEnd();
    this.place();
  }

  /** Draws what is in sight. */
  redraw(): void {
    const range = this.scroll.visible();
    const { draw, topOf, window } = this.options;
    draw(range);
    window.style.transform = `translateY(${range.shift - (topOf?.(range.first) ?? 0)}px)`;
  }

  dispose(): void {
    cancelAnimationFrame(this.frame);
    this.abort.abort();
    this.observer.disconnect();
  }

  private measure(count = this.scroll.rowCount): void {
    this.height = this.options.viewport.clientHeight;
    this.scroll.resize(count, this.height);
  }

  private update(): void {
    const wasScrolledToEnd = this.scroll.atEnd && this.scroll.offset > 0;
    this.setRows(this.scroll.rowCount, 0, wasScrolledToEnd || (this.options.staysAtEnd?.() ?? false));
  }

  /** Puts scroll bar and rows where the scroll says they are. */
  private place(): void {
    const { viewport, spacer } = this.options;
    const { contentHeight } = this.scroll;
    // Compared as a number: a height of millions reads otherwise than it was written.
    if (contentHeight !== this.spacerHeight) {
      this.spacerHeight = contentHeight;
      spacer.style.height = `${contentHeight}px`;
    }
    if (!this.scroll.barBelongsAt(viewport.scrollTop)) viewport.scrollTop = this.scroll.scrollTop;
    this.barAt = viewport.scrollTop;
    this.redraw();
  }

  private barMoved(): void {
    const { viewport } = this.options;
    // The browser moved the bar because the viewport is taller now, before it tells that: no person scrolled.
    if (viewport.clientHeight !== this.height) {
      this.update();
      return;
    }
    // The event that follows our own writing, which the browser may have rounded.
    if (Math.abs(viewport.scrollTop - this.barAt) < 1) return;
    this.scroll.barMoved(this.barAt, viewport.scrollTop);
    this.barAt = viewport.scrollTop;
    this.redraw();
    this.options.scrolled?.();
  }

  /** Where a pixel of the scroll bar stands for several rows the wheel moves the list, and the list moves the bar. */
  private wheel(event: WheelEvent): void {
    if (!this.scroll.scaled || event.ctrlKey || event.deltaY === 0) return;
    event.preventDefault();
    const { rowHeight } = this.options;
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? rowHeight : 1;
    const pixels = event.deltaMode === WheelEvent.DOM_DELTA_PAGE ? this.scroll.page * rowHeight : unit;
    this.scroll.scrollTo(this.scroll.offset + event.deltaY * pixels);
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => {
      this.place();
      this.options.scrolled?.();
    });
  }
}
