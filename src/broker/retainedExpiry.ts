import type { Clock } from '../base/clock';
import { Fifo } from '../base/fifo';
import type { Disposable } from '../base/lifecycle';

/** Messages whose time is over within the same so many milliseconds go together. */
const together = 1_000;

/** How many go in one turn of the event loop. */
const mostInOneTurn = 500;

interface Group {
  readonly topicNames: Set<string>;
  readonly timer: Disposable;
}

/**
 * Takes retained messages out once their Message Expiry Interval has passed (3.3.2.3.3), within a second, so that what nobody
 * asks for takes no memory and is counted nowhere.
 */
export class RetainedExpiry implements Disposable {
  /** By the second after which all of them have expired. */
  private readonly groups = new Map<number, Group>();
  /** Those whose second is over, in their order: after a sleep of the machine there may be many. */
  private readonly overdue = new Fifo<number>();
  private next: Disposable | undefined;

  /** @param expired told of a topic whose message is out of date, unless it is another one by then */
  constructor(
    private readonly clock: Clock,
    private readonly expired: (topicName: string, at: number) => void,
  ) {}

  /** @param expiresAt milliseconds since the epoch; `Infinity` where it does not */
  add(topicName: string, expiresAt: number): void {
    if (expiresAt === Infinity) return;
    const second = Math.ceil(expiresAt / together);
    const known = this.groups.get(second);
    if (known) known.topicNames.add(topicName);
    else this.begin(second, second * together, new Set([topicName]));
  }

  /** The message is gone, or has another one in its place. */
  remove(topicName: string, expiresAt: number): void {
    if (expiresAt === Infinity) return;
    const second = Math.ceil(expiresAt / together);
    const group = this.groups.get(second);
    if (!group?.topicNames.delete(topicName) || group.topicNames.size > 0) return;
    group.timer.dispose();
    this.groups.delete(second);
  }

  dispose(): void {
    this.next?.dispose();
    this.overdue.clear();
    for (const { timer } of this.groups.values()) timer.dispose();
    this.groups.clear();
  }

  private begin(second: number, at: number, topicNames: Set<string>): void {
    this.groups.set(second, { topicNames, timer: this.clock.schedule(at, () => this.due(second)) });
  }

  private due(second: number): void {
    this.overdue.push(second);
    this.goOnSoon();
  }

  /** In a turn of its own: others that are due in this one would take as many each. */
  private goOnSoon(): void {
    this.next ??= this.clock.schedule(this.clock.now(), () => this.goOn());
  }

  private goOn(): void {
    this.next = undefined;
    const at = this.clock.now();
    let left = mostInOneTurn;
    for (let second = this.overdue.peek(); second !== undefined; second = this.overdue.peek()) {
      const { topicNames = [] } = this.groups.get(second) ?? {};
      for (const topicName of topicNames) {
        if (left-- === 0) return this.goOnSoon();
        this.remove(topicName, second * together);
        this.expired(topicName, at);
      }
      this.overdue.shift();
    }
  }
}
