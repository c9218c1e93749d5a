/** Pixels from which on rows are placed anew: browsers are precise far beyond. */
const farthest = 1_000_000;

/** An element of the list, with the row that it shows now. */
export interface RowSlot {
  /** Tells elements apart. */
  readonly id: number;
  readonly row: number;
}

/**
 * The elements of a list of which only the rows in sight have one. A row that stays in sight keeps its element and its place,
 * and a row that comes gets the element of one that went: a step of scrolling touches the rows that come and no other, and
 * moves no element within the document. There they are in the order of rows again once scrolling rests.
 */
export class RowSlots {
  /** In the order of the document. */
  private slots: readonly RowSlot[] = [];
  private nextId = 0;
  /** The row that stands at 0 pixels. */
  private origin = 0;

  constructor(private readonly rowHeight: number) {}

  /** The elements there are, in the order of the document. */
  get inDocument(): readonly RowSlot[] {
    return this.slots;
  }

  /** Rows [`first`, `end`) are in sight now. Returns whether others were. */
  show(first: number, end: number): boolean {
    const isInSight = ({ row }: RowSlot): boolean => first <= row && row < end;
    const staying = new Set(this.slots.filter(isInSight).map(({ row }) => row));
    if (staying.size === this.slots.length && staying.size === end - first) return false;
    if (staying.size === 0 || Math.abs(this.topOf(first)) > farthest) this.origin = first;
    const coming: number[] = [];
    for (let row = first; row < end; row++) if (!staying.has(row)) coming.push(row);
    let next = 0;
    const slots = this.slots.flatMap((slot) => {
      if (isInSight(slot)) return [slot];
      const row = coming[next++];
      return row === undefined ? [] : [{ id: slot.id, row }];
    });
    this.slots = [...slots, ...coming.slice(next).map((row) => ({ id: this.nextId++, row }))];
    return true;
  }

  /** Pixels from where rows are placed to the upper edge of a row. */
  topOf(row: number): number {
    return (row - this.origin) * this.rowHeight;
  }

  /** Puts the elements in the order of the rows. Returns whether they were in another. */
  order(): boolean {
    const before = this.slots;
    this.slots = [...before].sort((a, b) => a.row - b.row);
    return this.slots.some((slot, index) => slot !== before[index]);
  }
}
