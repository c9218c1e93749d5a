/** How many places there are at first, and how many an empty one keeps at most. */
const fewestPlaces = 8;
const mostKept = 4096;

/** Of all that have nothing in them. */
const noItems: undefined[] = [];

/**
 * First in, first out, in constant time however long it gets. What was taken is let go of at once: a list that is thrown
 * away with items in it would keep those in memory, once it is old, until the next collection of all garbage.
 */
export class Fifo<T> {
  /** A ring whose size is a power of two; none before there is something in it. */
  private items: (T | undefined)[] = noItems;
  private head = 0;
  private count = 0;

  get length(): number {
    return this.count;
  }

  push(item: T): void {
    if (this.count === this.items.length) this.resize(Math.max(fewestPlaces, this.count * 2));
    this.items[(this.head + this.count++) & (this.items.length - 1)] = item;
  }

  peek(): T | undefined {
    return this.count === 0 ? undefined : this.items[this.head];
  }

  shift(): T | undefined {
    if (this.count === 0) return undefined;
    const { items, head } = this;
    const item = items[head];
    items[head] = undefined;
    this.head = (head + 1) & (items.length - 1);
    this.count--;
    if (this.count === 0 && items.length > mostKept) this.clear();
    return item;
  }

  clear(): void {
    this.items = noItems;
    this.head = 0;
    this.count = 0;
  }

  *[Symbol.iterator](): Iterator<T> {
    for (let index = 0; index < this.count; index++) yield this.at(index) as T;
  }

  private at(index: number): T | undefined {
    return this.items[(this.head + index) & (this.items.length - 1)];
  }

  private resize(places: number): void {
    const items = new Array<T | undefined>(places).fill(undefined);
    for (let index = 0; index < this.count; index++) items[index] = this.at(index);
    this.items.fill(undefined);
    this.items = items;
    this.head = 0;
  }
}
