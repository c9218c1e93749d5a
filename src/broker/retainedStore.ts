import type { RetainedExpiry } from './retainedExpiry';
import type { RoutedMessage } from './routedMessage';
import { levelBytes } from './topicDepth';

/** Where a retained message is: it may be another one later, or none. */
export interface RetainedPlace {
  readonly message: RoutedMessage | undefined;
  /** Grows with every message that is kept: a later one has a higher number. */
  readonly number: number;
}

/** One topic level of the retained messages. */
interface Level extends RetainedPlace {
  children: Map<string, Level> | undefined;
  message: RoutedMessage | undefined;
  number: number;
}

/** The last retained message of each Topic Name (3.3.1.3). It does not belong to any Session (4.1) [MQTT-3.1.2-7] (3.1.1). */
export class RetainedStore {
  private readonly root: Level = newLevel();
  private count = 0;
  private held = 0;
  private lastNumber = 0;
  private serverCount = 0;
  private serverHeld = 0;

  /** @param expiry hears of those whose time is limited */
  constructor(private readonly expiry?: Pick<RetainedExpiry, 'add' | 'remove'>) {}

  /** The number of the message that was kept last. */
  get latest(): number {
    return this.lastNumber;
  }

  get size(): number {
    return this.count;
  }

  /** How many of them are the server's own. */
  get ofServer(): number {
    return this.serverCount;
  }

  /** How many bytes of {@link bytes} those take. */
  get bytesOfServer(): number {
    return this.serverHeld;
  }

  /** Bytes of all messages, about, with the levels of their topics but the first. */
  get bytes(): number {
    return this.held;
  }

  /** Keeps the message in place of an earlier one [MQTT-3.3.1-5]; one without a payload only removes that [MQTT-3.3.1-6] [MQTT-3.3.1-7]. */
  set(message: RoutedMessage): void {
    const { topicName, payload } = message.packet;
    if (payload.length === 0) {
      this.remove(topicName);
      return;
    }
    message.keep();
    const before = this.held;
    let level = this.root;
    for (const name of topicName.split('/')) {
      let child = level.children?.get(name);
      if (!child) {
        (level.children ??= new Map()).set(name, (child = newLevel()));
        if (level !== this.root) this.held += levelBytes;
      }
      level = child;
    }
    if (level.message) this.leaves(level.message);
    else this.counted(topicName, 1);
    level.message = message;
    this.expiry?.add(topicName, message.expiresAt);
    level.number = ++this.lastNumber;
    this.held += message.size;
    if (isOfServer(topicName)) this.serverHeld += this.held - before;
  }

  /** The message of a Topic Name, expired or not. */
  get(topicName: string): RoutedMessage | undefined {
    let level: Level | undefined = this.root;
    for (const name of topicName.split('/')) level = level?.children?.get(name);
    return level?.message;
  }

  /** How many bytes more there are with the message. */
  growth({ packet: { topicName }, size }: RoutedMessage): number {
    const names = topicName.split('/');
    let level: Level | undefined = this.root;
    let known = 0;
    while (level && known < names.length) {
      level = level.children?.get(names[known] ?? '');
      if (level) known++;
    }
    return size - (level?.message?.size ?? 0) + (names.length - Math.max(1, known)) * levelBytes;
  }

  /** All messages, in no order, those that have expired included. */
  all(): readonly RoutedMessage[] {
    const found: RoutedMessage[] = [];
    collectEverything(this.root, found);
    return found;
  }

  /**
   * The same one after the other; the store may change meanwhile. `undefined` for each level that has none, so that a caller can
   * pause at any time.
   */
  *each(): Generator<RoutedMessage | undefined, void> {
    const open: Iterator<Level>[] = [[this.root].values()];
    for (let top = open.at(-1); top; top = open.at(-1)) {
      const found = top.next();
      if (found.done === true) {
        open.pop();
        continue;
      }
      const { message, children } = found.value;
      if (children) open.push(children.values());
      yield message;
    }
  }

  /** Takes out what has expired, and returns it. */
  sweep(at: number): readonly RoutedMessage[] {
    const expired = this.all().filter((message) => message.hasExpired(at));
    for (const { packet } of expired) this.remove(packet.topicName);
    return expired;
  }

  /**
   * The places of the messages whose Topic Name matches the filter, one after the other; the store may change meanwhile.
   * `undefined` for each level that was only passed, so that a caller can pause at any time.
   */
  *places(topicFilter: string): Generator<RetainedPlace | undefined, void> {
    const names = topicFilter.split('/');
    const open = [{ levels: [this.root].values() as Iterator<Level>, depth: 0 }];
    for (let top = open.at(-1); top; top = open.at(-1)) {
      const { depth } = top;
      const found = top.levels.next();
      if (found.done === true) {
        open.pop();
        continue;
      }
      const level = found.value;
      const name = names[depth];
      // "#" includes its parent (4.7.1.2).
      yield name === undefined || name === '#' ? level : undefined;
      if (name === '#') open.push({ levels: wildcardChildren(level, level === this.root), depth });
      else if (name === '+') {
        open.push({ levels: wildcardChildren(level, level === this.root), depth: depth + 1 });
      } else if (name !== undefined) {
        const child = level.children?.get(name);
        if (child) open.push({ levels: [child].values(), depth: depth + 1 });
      }
    }
  }

  private leaves({ packet, size, expiresAt }: RoutedMessage): void {
    this.held -= size;
    this.expiry?.remove(packet.topicName, expiresAt);
  }

  private counted(topicName: string, change: 1 | -1): void {
    this.count += change;
    if (isOfServer(topicName)) this.serverCount += change;
  }

  /** Returns whether there was one. */
  remove(topicName: string): boolean {
    const names = topicName.split('/');
    const path = [this.root];
    for (const name of names) {
      const child = path[path.length - 1]?.children?.get(name);
      if (!child) return false;
      path.push(child);
    }
    const last = path[names.length];
    if (!last?.message) return false;
    const before = this.held;
    this.leaves(last.message);
    last.message = undefined;
    this.counted(topicName, -1);
    for (let depth = names.length; depth > 0; depth--) {
      const level = path[depth];
      if (!level || level.message || (level.children?.size ?? 0) > 0) break;
      path[depth - 1]?.children?.delete(names[depth - 1] ?? '');
      if (depth > 1) this.held -= levelBytes;
    }
    if (isOfServer(topicName)) this.serverHeld += this.held - before;
    return true;
  }
}

function newLevel(): Level {
  return { children: undefined, message: undefined, number: 0 };
}

/** Whether it is a topic that the server itself publishes to (4.7.2). */
export function isOfServer(topicName: string): boolean {
  return topicName.startsWith('$SYS/');
}

/** Those that a wildcard stands for. */
function* wildcardChildren({ children }: Level, isRoot: boolean): Generator<Level, void> {
  for (const [name, child] of children ?? []) {
    if (!isRoot || !name.startsWith('$')) yield child; // [MQTT-4.7.2-1]
  }
}

function collectEverything(level: Level, found: RoutedMessage[]): void {
  if (level.message) found.push(level.message);
  for (const child of level.children?.values() ?? []) collectEverything(child, found);
}
