/** How many messages a connection has in flight from a moment on. Valid until the next is asked for. */
export interface InFlightChange {
  connection: number;
  at: number;
  count: number;
}

/**
 * The last changes of how many messages are in flight, in the order of their packets, as columns: a row takes 16 bytes. Each
 * has the whole number of its connection, so that none before it is needed.
 */
export class InFlightRing {
  private added = 0;
  private room = 1_024;
  private at = new Float64Array(this.room);
  private connection = new Uint32Array(this.room);
  private count = new Uint32Array(this.room);

  /** @param most how many are kept: a power of two from 1,024 on */
  constructor(private readonly most: number) {}

  get length(): number {
    return Math.min(this.added, this.room);
  }

  add(connection: number, at: number, count: number): void {
    if (this.added === this.room && this.room < this.most) this.grow();
    const place = this.added++ % this.room;
    this.at[place] = at;
    this.connection[place] = connection;
    this.count[place] = count;
  }

  /** Reads the one at an index, from 0 for the oldest to before `length`, into `change`. */
  read(index: number, change: InFlightChange): void {
    const place = (this.added - this.length + index) % this.room;
    change.at = this.at[place] ?? 0;
    change.connection = this.connection[place] ?? 0;
    change.count = this.count[place] ?? 0;
  }

  private grow(): void {
    this.room *= 2;
    const { at, connection, count } = this;
    (this.at = new Float64Array(this.room)).set(at);
    (this.connection = new Uint32Array(this.room)).set(connection);
    (this.count = new Uint32Array(this.room)).set(count);
  }
}
