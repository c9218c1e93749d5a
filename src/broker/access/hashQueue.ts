/** How many hashes are computed at once: the platform has four threads for this and for the disk. */
const atOnce = 2;
/** How many may wait. */
const mostWaiting = 1_000;

/**
 * Lets costly work through, a little at a time, and in turn between those who want it: a flood of one host takes nothing from
 * the others but its share.
 */
export class HashQueue {
  private readonly waiting = new Map<string, (() => void)[]>();
  private waitingCount = 0;
  private running = 0;

  /** Runs the work when it is its turn; undefined where too much waits already. */
  async run<T>(host: string, work: () => Promise<T>): Promise<T | undefined> {
    if (this.running >= atOnce) {
      if (this.waitingCount >= mostWaiting) return undefined;
      await new Promise<void>((resolve) => this.enqueue(host, resolve));
    } else this.running++;
    try {
      return await work();
    } finally {
      this.next();
    }
  }

  private enqueue(host: string, start: () => void): void {
    this.waitingCount++;
    const queue = this.waiting.get(host);
    if (queue) queue.push(start);
    else this.waiting.set(host, [start]);
  }

  /** The host that was served goes to the end of the line. */
  private next(): void {
    const [entry] = this.waiting;
    if (!entry) {
      this.running--;
      return;
    }
    const [host, queue] = entry;
    const start = queue.shift();
    this.waiting.delete(host);
    if (queue.length > 0) this.waiting.set(host, queue);
    this.waitingCount--;
    start?.();
  }
}
