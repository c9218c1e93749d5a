/** One topic level of the filters. */
interface Level<Owner, Value> {
  children: Map<string, Level<Owner, Value>> | undefined;
  /** Subscriptions whose filter ends here, by owner. */
  subscriptions: Map<Owner, Value> | undefined;
}

/**
 * Topic Filters by their levels, so that the filters that match a Topic Name are found without looking at the others.
 * An owner has at most one value for a filter (4.8.1).
 */
export class SubscriptionTrie<Owner, Value> {
  private readonly root: Level<Owner, Value> = newLevel();

  /** Adds or replaces [MQTT-3.8.4-3]; returns whether the owner had none for this filter. */
  add(topicFilter: string, owner: Owner, value: Value): boolean {
    let level = this.root;
    for (const name of topicFilter.split('/')) {
      level.children ??= new Map();
      let child = level.children.get(name);
      if (!child) level.children.set(name, (child = newLevel()));
      level = child;
    }
    level.subscriptions ??= new Map();
    const isNew = !level.subscriptions.has(owner);
    level.subscriptions.set(owner, value);
    return isNew;
  }

  /** Filters are compared character by character [MQTT-3.10.4-1]; returns whether there was one. */
  remove(topicFilter: string, owner: Owner): boolean {
    const path = [this.root];
    const names = topicFilter.split('/');
    for (const name of names) {
      const child = path[path.length - 1]?.children?.get(name);
      if (!child) return false;
      path.push(child);
    }
    const removed = path[path.length - 1]?.subscriptions?.delete(owner) ?? false;
    // Levels nobody needs any more go, deepest first.
    for (let depth = names.length; depth > 0 && isEmpty(path[depth]); depth--) {
      path[depth - 1]?.children?.delete(names[depth - 1] ?? '');
    }
    return removed;
  }

  /**
   * Calls `found` for every subscription whose filter matches the Topic Name (4.7), byte for byte [MQTT-4.7.3-4]
   * [MQTT-3.3.2-3] [MQTT-3.3.2-3] (3.1.1).
   */
  match(topicName: string, found: (owner: Owner, value: Value) => void): void {
    // Wildcards do not match a first level that starts with $ [MQTT-4.7.2-1].
    this.descend(this.root, topicName.split('/'), 0, !topicName.startsWith('$'), found);
  }

  private descend(
    level: Level<Owner, Value>,
    names: readonly string[],
    depth: number,
    wildcards: boolean,
    found: (owner: Owner, value: Value) => void,
  ): void {
    const { children } = level;
    // "#" also stands for no level at all: sport/# matches sport (4.7.1.2).
    if (wildcards) tell(children?.get('#'), found);
    const name = names[depth];
    if (name === undefined) {
      tell(level, found);
      return;
    }
    const exact = children?.get(name);
    if (exact) this.descend(exact, names, depth + 1, true, found);
    const single = wildcards ? children?.get('+') : undefined;
    if (single) this.descend(single, names, depth + 1, true, found);
  }
}

function newLevel<Owner, Value>(): Level<Owner, Value> {
  return { children: undefined, subscriptions: undefined };
}

function isEmpty<Owner, Value>(level: Level<Owner, Value> | undefined): boolean {
  return (level?.children?.size ?? 0) === 0 && (level?.subscriptions?.size ?? 0) === 0;
}

function tell<Owner, Value>(
  level: Level<Owner, Value> | undefined,
  found: (owner: Owner, value: Value) => void,
): void {
  const subscriptions = level?.subscriptions;
  if (subscriptions) for (const [owner, value] of subscriptions) found(owner, value);
}
