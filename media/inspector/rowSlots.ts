/** Pixels from which on rows are placed anew: browsers are precise far beyond. */
const farthest = 1_000_000;

/**
 * The elements of a list of which only the rows in sight have one. A row that stays in sight keeps its element and its place,
 * and a row that comes gets the element of one that went: a step of scrolling touches the rows that come and no other, and
 * moves no element within the document. There they are in the order of rows again once scrolling rests.
 */
export class RowSlots {
  private first = 0;
  private end = 0;
  /** The row whose element is the first of `slots`; they go round. */
  private base = 0;
  private slots = 1;
  /** The first element in the document. */
  private leading = 0;
  /** The row that stands at 0 pixels. */
  private origin = 0;

  constructor(private readonly rowHeight: number) {}

  /** Rows [`first`, `end`) are in sight now. Returns whether others were before. */
  show(first: number, end: number): boolean {
    if (first === this.first && end === this.end) return false;
    const isElsewhere = first >= this.end || end <= this.first;
    if (end - first !== this.slots) {
      this.slots = Math.max(1, end - first);
      this.base = first;
      this.leading = 0;
    } else if (isElsewhere) {
      // Which element is the first stays as it is.
      this.base = first - this.slotOf(this.first);
    }
    this.first = first;
    this.end = end;
    if (isElsewhere || Math.abs(this.topOf(first)) > farthest) this.origin = first;
    return true;
  }

  /** Tells elements apart. */
  slotOf(row: number): number {
    return (((row - this.base) % this.slots) + this.slots) % this.slots;
  }

  /** Pixels from where rows are placed to the upper edge of a row. */
  topOf(row: number): number {
    return (row - this.origin) * this.rowHeight;
  }

  /** The rows in sight in the order of their elements in the document. */
  get rows(): readonly number[] {
    const ahead = this.leading - this.slotOf(this.first) + this.slots;
    return Array.from(
      { length: this.end - this.first },
      (_, index) => this.first + ((ahead + index) % this.slots),
    );
  }

  /** Puts the elements in the order of the rows. Returns whether they were in another. */
  order(): boolean {
    const { leading } = this;
    this.leading = this.slotOf(this.first);
    return leading !== this.leading;
  }
}
