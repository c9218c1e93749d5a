import type { RoutedMessage } from './routedMessage';
import { levelBytes } from './topicDepth';

/** One topic level of the retained messages. */
interface Level {
  children: Map<string, Level> | undefined;
  message: RoutedMessage | undefined;
}

/** The last retained message of each Topic Name (3.3.1.3). It does not belong to any Session (4.1). */
export class RetainedStore {
  private readonly root: Level = newLevel();
  private count = 0;
  private held = 0;

  get size(): number {
    return this.count;
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
    let level = this.root;
    for (const name of topicName.split('/')) {
      let child = level.children?.get(name);
      if (!child) {
        (level.children ??= new Map()).set(name, (child = newLevel()));
        if (level !== this.root) this.held += levelBytes;
      }
      level = child;
    }
    if (level.message) this.held -= level.message.size;
    else this.count++;
    level.message = message;
    this.held += message.size;
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

  /** Takes out what has expired, and returns it. */
  sweep(at: number): readonly RoutedMessage[] {
    const expired = this.all().filter((message) => message.hasExpired(at));
    for (const { packet } of expired) this.remove(packet.topicName);
    return expired;
  }

  /**
   * The messages whose Topic Name matches the filter, except for those that have expired.
   * @param expired called for those, which are taken out
   */
  match(
    topicFilter: string,
    at: number,
    expired?: (message: RoutedMessage) => void,
  ): readonly RoutedMessage[] {
    const found: RoutedMessage[] = [];
    collect(this.root, topicFilter.split('/'), 0, found);
    const current = found.filter((message) => !message.hasExpired(at));
    if (current.length < found.length) {
      for (const message of found) {
        if (!message.hasExpired(at)) continue;
        this.remove(message.packet.topicName);
        expired?.(message);
      }
    }
    return current;
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
    this.held -= last.message.size;
    last.message = undefined;
    this.count--;
    for (let depth = names.length; depth > 0; depth--) {
      const level = path[depth];
      if (!level || level.message || (level.children?.size ?? 0) > 0) break;
      path[depth - 1]?.children?.delete(names[depth - 1] ?? '');
      if (depth > 1) this.held -= levelBytes;
    }
    return true;
  }
}

function newLevel(): Level {
  return { children: undefined, message: undefined };
}

function collect(level: Level, names: readonly string[], depth: number, found: RoutedMessage[]): void {
  const name = names[depth];
  if (name === undefined) {
    if (level.message) found.push(level.message);
    return;
  }
  if (name === '#') {
    collectAll(level, depth === 0, found);
    return;
  }
  if (name !== '+') {
    const child = level.children?.get(name);
    if (child) collect(child, names, depth + 1, found);
    return;
  }
  for (const [childName, child] of level.children ?? []) {
    if (depth > 0 || !childName.startsWith('$')) collect(child, names, depth + 1, found); // [MQTT-4.7.2-1]
  }
}

/** Everything at and below a level: "#" includes its parent [MQTT-4.7.1-1]. */
function collectAll(level: Level, isRoot: boolean, found: RoutedMessage[]): void {
  if (level.message) found.push(level.message);
  for (const [name, child] of level.children ?? []) {
    if (!isRoot || !name.startsWith('$')) collectAll(child, false, found); // [MQTT-4.7.2-1]
  }
}

function collectEverything(level: Level, found: RoutedMessage[]): void {
  if (level.message) found.push(level.message);
  for (const child of level.children?.values() ?? []) collectEverything(child, found);
}
