import type { Clock } from '../base/clock';
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
    for (const { timer } of this.groups.values()) timer.dispose();
    this.groups.clear();
  }

  private begin(second: number, at: number, topicNames: Set<string>): void {
    this.groups.set(second, { topicNames, timer: this.clock.schedule(at, () => this.due(second)) });
  }

  private due(second: number): void {
    const { topicNames = new Set<string>() } = this.groups.get(second) ?? {};
    this.groups.delete(second);
    const at = this.clock.now();
    let left = mostInOneTurn;
    for (const topicName of topicNames) {
      if (left-- === 0) return this.begin(second, at, topicNames);
      topicNames.delete(topicName);
      this.expired(topicName, at);
    }
  }
}
