/** Browsers lay out elements up to about 17 (Firefox) and 33 (Chromium) million pixels; beyond that rows vanish. */
export const tallestContent = 8_000_000;

/** The part of a pixel by which nobody sees the thumb of a scroll bar move. */
const unseenPart = 0.25;

/** The rows to draw, and how many pixels above the viewport's upper edge the first of them starts (0 or negative). */
export interface RowRange {
  readonly first: number;
  readonly count: number;
  readonly shift: number;
}

/**
 * Where a list of rows of one height stands, in pixels of the whole list, which may be taller than any element. Up to
 * {@link tallestContent} the scroll bar is one to one; beyond, its position stands for a proportion of the list, and
 * wheel and keyboard move `offset` itself, so that a notch is the same few rows in a thousand rows and in ten million.
 */
export class ScaledScroll {
  private rows = 0;
  private viewport = 0;
  private position = 0;

  constructor(
    readonly rowHeight: number,
    private readonly tallest = tallestContent,
  ) {}

  /** Pixels of the list above the viewport. */
  get offset(): number {
    return this.position;
  }

  get rowCount(): number {
    return this.rows;
  }

  /** Height for the element that makes the scroll bar. */
  get contentHeight(): number {
    return Math.min(this.listHeight, this.tallest);
  }

  /** Whether the scroll bar's position is a proportion, not a pixel. */
  get scaled(): boolean {
    return this.listHeight > this.tallest;
  }

  get atEnd(): boolean {
    return this.position >= this.maximum - 1;
  }

  /** Where the scroll bar belongs. */
  get scrollTop(): number {
    return this.scaled ? (this.position / this.maximum) * this.travel : this.position;
  }

  /** Rows that fit the viewport as a whole, at least one: what Page Down moves by. */
  get page(): number {
    return Math.max(1, Math.floor(this.viewport / this.rowHeight));
  }

  /** How many rows there are now, and how many pixels of them show. */
  resize(rows: number, viewport: number): void {
    this.rows = rows;
    this.viewport = viewport;
    this.scrollTo(this.position);
  }

  scrollTo(offset: number): void {
    this.position = Math.max(0, Math.min(offset, this.maximum));
  }

  scrollToEnd(): void {
    this.position = this.maximum;
  }

  /** Rows left the list's start: the rest stays where it is on the screen. */
  dropRows(count: number): void {
    this.scrollTo(this.position - count * this.rowHeight);
  }

  /**
   * Whether the scroll bar may stay at `scrollTop`: where a pixel of it stands for many rows, its thumb stays where it is while
   * a few of them pass. At the ends both are exact: from a bar that is at its end already nobody could go on to that of the list.
   */
  barBelongsAt(scrollTop: number): boolean {
    const isListAtEdge = this.position === 0 || this.position === this.maximum;
    const isBarAtEdge = scrollTop <= 0 || scrollTop >= this.travel - 1;
    const thumbPixel =
      this.scaled && !isListAtEdge && !isBarAtEdge ? this.tallest / Math.max(1, this.viewport) : 0;
    return Math.abs(scrollTop - this.scrollTop) < Math.max(1, thumbPixel * unseenPart);
  }

  /** The scroll bar was moved by somebody. The list moves by as much, and to its ends with the bar. */
  barMoved(from: number, to: number): void {
    if (!this.scaled) this.scrollTo(to);
    else if (to <= 0) this.scrollTo(0);
    else if (to >= this.travel - 1) this.scrollTo(this.maximum);
    else this.scrollTo(this.position + ((to - from) / this.travel) * this.maximum);
  }

  /** Moves as little as brings the whole row in sight. */
  reveal(row: number): void {
    const top = row * this.rowHeight;
    if (top < this.position) this.scrollTo(top);
    else if (top + this.rowHeight > this.position + this.viewport)
      this.scrollTo(top + this.rowHeight - this.viewport);
  }

  /** Brings a row to the middle unless it is in sight. */
  revealInCenter(row: number): void {
    const top = row * this.rowHeight;
    if (top >= this.position && top + this.rowHeight <= this.position + this.viewport) return;
    this.scrollTo(top - (this.viewport - this.rowHeight) / 2);
  }

  visible(): RowRange {
    const first = Math.floor(this.position / this.rowHeight);
    const end = Math.min(this.rows, Math.ceil((this.position + this.viewport) / this.rowHeight));
    return { first, count: Math.max(0, end - first), shift: first * this.rowHeight - this.position };
  }

  /** Pixels that the bar of a list too tall for it can be moved by. */
  private get travel(): number {
    return this.tallest - this.viewport;
  }

  private get listHeight(): number {
    return this.rows * this.rowHeight;
  }

  private get maximum(): number {
    return Math.max(0, this.listHeight - this.viewport);
  }
}
