/** Bins of a doubling: a quantile is at most 2.2 % beside the truth. */
const binsPerDoubling = 16;
/** Everything below it is in one bin: a thousandth of a millisecond, or of a byte. */
const least = 0.001;

/** How values are distributed, in bins whose width grows with the value. Its memory is bounded by the range of numbers. */
export class Histogram {
  count = 0;
  minimum = Infinity;
  maximum = -Infinity;
  private readonly bins = new Map<number, number>();

  add(value: number): void {
    this.count++;
    if (value < this.minimum) this.minimum = value;
    if (value > this.maximum) this.maximum = value;
    const bin = value <= least ? 0 : Math.round(Math.log2(value / least) * binsPerDoubling);
    this.bins.set(bin, (this.bins.get(bin) ?? 0) + 1);
  }

  addAll(other: Histogram): void {
    this.count += other.count;
    this.minimum = Math.min(this.minimum, other.minimum);
    this.maximum = Math.max(this.maximum, other.maximum);
    for (const [bin, count] of other.bins) this.bins.set(bin, (this.bins.get(bin) ?? 0) + count);
  }

  /** The value that this fraction of all is not above; NaN where there is none. */
  quantile(fraction: number): number {
    if (this.count === 0) return Number.NaN;
    if (fraction >= 1) return this.maximum;
    let left = Math.max(1, Math.ceil(fraction * this.count));
    for (const bin of [...this.bins.keys()].sort((a, b) => a - b)) {
      left -= this.bins.get(bin) ?? 0;
      if (left > 0) continue;
      return Math.min(this.maximum, Math.max(this.minimum, least * 2 ** (bin / binsPerDoubling)));
    }
    return this.maximum;
  }
}
