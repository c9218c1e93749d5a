/** How many whole seconds the rate is taken over. */
const window = 5;

/** Messages a second over the last few seconds, in constant memory. Time arrives with every call, in milliseconds. */
export class MessageRate {
  /** Messages of second s stand at s modulo the length, which has room for the second that is not over. */
  private readonly counts = new Uint32Array(window + 1);
  private second = 0;

  add(now: number): void {
    this.advance(now);
    const slot = this.second % this.counts.length;
    this.counts[slot] = (this.counts[slot] ?? 0) + 1;
  }

  /** The mean of the last five whole seconds; what came in the second that runs counts as soon as that is over. */
  perSecond(now: number): number {
    this.advance(now);
    const running = this.counts[this.second % this.counts.length] ?? 0;
    return (this.counts.reduce((sum, count) => sum + count, 0) - running) / window;
  }

  private advance(now: number): void {
    const second = Math.max(this.second, Math.floor(now / 1000));
    if (second - this.second >= this.counts.length) this.counts.fill(0);
    else {
      for (let passed = this.second + 1; passed <= second; passed++)
        this.counts[passed % this.counts.length] = 0;
    }
    this.second = second;
  }
}
