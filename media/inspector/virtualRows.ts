import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  Virtualizer,
  type VirtualItem,
} from '@tanstack/virtual-core';
import type { Disposable } from '../../src/base/lifecycle';

export interface VirtualRowsOptions {
  /** The element that scrolls. */
  readonly viewport: HTMLElement;
  readonly estimatedHeight: number;
  /** Other rows are in sight, or rows have another height than was thought: time to render. */
  readonly changed: () => void;
}

/**
 * Which rows of different heights are in sight. Rows carry `data-index` and are measured once they are elements; they
 * are to be drawn inside an element of `height`, moved down by the `start` of the first.
 */
export class VirtualRows implements Disposable {
  private readonly virtualizer: Virtualizer<HTMLElement, HTMLElement>;
  private readonly unmount: () => void;
  private count = 0;

  constructor(private readonly options: VirtualRowsOptions) {
    this.virtualizer = new Virtualizer<HTMLElement, HTMLElement>(this.virtualizerOptions());
    this.unmount = this.virtualizer._didMount();
    this.virtualizer._willUpdate();
  }

  get items(): readonly VirtualItem[] {
    return this.virtualizer.getVirtualItems();
  }

  /** Pixels of all rows. */
  get height(): number {
    return this.virtualizer.getTotalSize();
  }

  /** Rows that fit the viewport, about. */
  get page(): number {
    return Math.max(1, Math.floor(this.options.viewport.clientHeight / this.options.estimatedHeight));
  }

  /** `fresh` forgets the heights: other rows stand in the same places. */
  setCount(count: number, fresh: boolean): void {
    this.count = count;
    this.virtualizer.setOptions(this.virtualizerOptions());
    if (fresh) this.virtualizer.measure();
    this.virtualizer._willUpdate();
  }

  /** Takes the heights of the rows that were rendered. */
  measure(rows: Iterable<HTMLElement>): void {
    for (const row of rows) this.virtualizer.measureElement(row);
  }

  reveal(index: number): void {
    this.virtualizer.scrollToIndex(index, { align: 'auto' });
  }

  toStart(): void {
    this.virtualizer.scrollToOffset(0);
  }

  dispose(): void {
    this.unmount();
  }

  private virtualizerOptions() {
    const { viewport, estimatedHeight, changed } = this.options;
    return {
      count: this.count,
      getScrollElement: () => viewport,
      estimateSize: () => estimatedHeight,
      overscan: 6,
      scrollToFn: elementScroll,
      observeElementRect,
      observeElementOffset,
      onChange: changed,
    };
  }
}
