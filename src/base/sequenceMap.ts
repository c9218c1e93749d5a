/** How many places there are at first; a power of two. */
const fewestPlaces = 64;

/**
 * Values under numbers that are given in sequence, from 1, and taken again in about that order: a ring, which costs less than
 * a Map and makes nothing. What stays much longer than the rest moves to a Map, so that it holds no place for those that
 * came after it.
 */
export class SequenceMap<T> {
  private ring: (T | undefined)[] = places<T>(fewestPlaces);
  private readonly stayed = new Map<number, T>();
  /** Lower numbers are not in the ring. */
  private first = 1;
  private next = 1;
  private inRing = 0;

  get size(): number {
    return this.inRing + this.stayed.size;
  }

  /** Returns the number the value is under. */
  add(value: T): number {
    if (this.next - this.first === this.ring.length) this.makeRoom();
    const number = this.next++;
    this.ring[number & (this.ring.length - 1)] = value;
    this.inRing++;
    return number;
  }

  /** Takes out what is under a number; undefined where that is nothing. */
  take(number: number): T | undefined {
    if (number < this.first) {
      const value = this.stayed.get(number);
      this.stayed.delete(number);
      return value;
    }
    if (number >= this.next) return undefined;
    const place = number & (this.ring.length - 1);
    const value = this.ring[place];
    if (value === undefined) return undefined;
    this.ring[place] = undefined;
    this.inRing--;
    return value;
  }

  has(number: number): boolean {
    if (number < this.first) return this.stayed.has(number);
    return number < this.next && this.ring[number & (this.ring.length - 1)] !== undefined;
  }

  clear(): void {
    this.ring = places(fewestPlaces);
    this.stayed.clear();
    this.first = this.next;
    this.inRing = 0;
  }

  /** In the order of the numbers. Nothing may be added or taken meanwhile. */
  *[Symbol.iterator](): Iterator<readonly [number, T]> {
    yield* this.stayed;
    for (let number = this.first; number < this.next; number++) {
      const value = this.ring[number & (this.ring.length - 1)];
      if (value !== undefined) yield [number, value];
    }
  }

  private makeRoom(): void {
    const { ring } = this;
    const mask = ring.length - 1;
    while (this.first < this.next && ring[this.first & mask] === undefined) this.first++;
    if (this.next - this.first < ring.length) return;
    if (this.inRing * 4 > ring.length) {
      const larger = places<T>(ring.length * 2);
      for (let number = this.first; number < this.next; number++) {
        larger[number & (larger.length - 1)] = ring[number & mask];
      }
      this.ring = larger;
      return;
    }
    // Mostly holes behind a few that stay: a quarter of the places is made free.
    for (const end = this.first + ring.length / 4; this.first < end; this.first++) {
      const value = ring[this.first & mask];
      if (value === undefined) continue;
      this.stayed.set(this.first, value);
      ring[this.first & mask] = undefined;
      this.inRing--;
    }
  }
}

function places<T>(count: number): (T | undefined)[] {
  return new Array<T | undefined>(count).fill(undefined);
}
