/** How many hashes are computed at once: the platform has four threads for this and for the disk. */
const atOnce = 2;
/** How many may wait. */
const mostWaiting = 1_000;

/** Begins work that waits, or says that it will not. */
type Begin = (isItsTurn: boolean) => void;

/**
 * Lets costly work through, a little at a time, and in turn between those who want it: a flood of one host takes nothing from
 * the others but its share. Where too much waits it is the work that was added last for the host with the most of it that has
 * to go.
 */
export class HashQueue {
  private readonly waiting = new Map<string, Begin[]>();
  private waitingCount = 0;
  private running = 0;

  /** Runs the work when it is its turn; undefined where too much waits already. */
  async run<T>(host: string, work: () => Promise<T>): Promise<T | undefined> {
    if (this.running >= atOnce) {
      if (this.waitingCount >= mostWaiting && !this.makeRoomFor(host)) return undefined;
      if (!(await new Promise<boolean>((begin) => this.enqueue(host, begin)))) return undefined;
    } else this.running++;
    try {
      return await work();
    } finally {
      this.next();
    }
  }

  private enqueue(host: string, begin: Begin): void {
    this.waitingCount++;
    const queue = this.waiting.get(host);
    if (queue) queue.push(begin);
    else this.waiting.set(host, [begin]);
  }

  /** Sends away the last of the host that has the most waiting, unless that is no more than this one would have. */
  private makeRoomFor(host: string): boolean {
    let longest: Begin[] = [];
    for (const queue of this.waiting.values()) if (queue.length > longest.length) longest = queue;
    if (longest.length <= (this.waiting.get(host)?.length ?? 0) + 1) return false;
    this.waitingCount--;
    longest.pop()?.(false);
    return true;
  }

  /** The host that was served goes to the end of the line. */
  private next(): void {
    const [entry] = this.waiting;
    if (!entry) {
      this.running--;
      return;
    }
    const [host, queue] = entry;
    const begin = queue.shift();
    this.waiting.delete(host);
    if (queue.length > 0) this.waiting.set(host, queue);
    this.waitingCount--;
    begin?.(true);
  }
}
