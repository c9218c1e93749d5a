import type { QoS } from '../protocol/controlPacket';
import { splitSharedFilter, topicMatches } from '../protocol/topics';
import { FilterNode, type FilterTopics, type LevelNode, type TopicValue } from './topicLevel';

export interface TopicTreeLimits {
  /** Bytes of memory the topics may take, about: names, values and levels. 32 MiB unless told. */
  readonly byteBudget?: number;
  /** How much of a payload is kept as the value of its topic. 64 KiB unless told. */
  readonly valueBytes?: number;
}

/** What the tree takes of a message. The payload is copied. */
export interface TopicMessage {
  readonly topicName: string;
  readonly payload: Uint8Array;
  readonly qos: QoS;
  readonly retain: boolean;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
}

/** A topic with its place under every filter that it matches. */
interface Topic {
  readonly topicName: string;
  levels: readonly LevelNode[];
  /** The state of the filters that `levels` belongs to. */
  filterRevision: number;
  revision: number;
  weight: number;
}

/** A topic may have 65,536 levels; one below this keeps the rest in its name, so that nobody walks that far. */
const deepestLevel = 32;
/** About what a level takes beside its value: the node, its map, its place in two more. */
const levelBytes = 300;

/**
 * What came on one connection: under each Topic Filter the levels of the topics, with the last value of each. A message
 * counts under every filter that it matches. Whoever shows it compares revisions and reads what changed, at his own pace.
 */
export class TopicTree {
  private readonly byteBudget: number;
  private readonly valueBytes: number;
  private readonly subscribed = new Map<string, FilterNode>();
  private unmatched: FilterNode | undefined;
  private readonly topics = new Map<string, Topic>();
  private weight = 0;
  private filterRevision = 0;
  private changes = 0;
  private evicted = 0;

  constructor(limits: TopicTreeLimits = {}) {
    this.byteBudget = limits.byteBudget ?? 32 * 1024 * 1024;
    this.valueBytes = limits.valueBytes ?? 64 * 1024;
  }

  /** In the order they were added; last, if anything came so, what matches none of them. */
  get filters(): readonly FilterTopics[] {
    return this.unmatched ? [...this.subscribed.values(), this.unmatched] : [...this.subscribed.values()];
  }

  /** Grows with every change, and is the revision of all that changed with it. */
  get revision(): number {
    return this.changes;
  }

  /** How many topics are kept. */
  get topicCount(): number {
    return this.topics.size;
  }

  /** How many topics went because the budget was used up, those first that were silent longest. */
  get evictedTopics(): number {
    return this.evicted;
  }

  /** Enters a filter. One that is there gets the new QoS and keeps its topics, as a subscription does (3.8.4). */
  addFilter(topicFilter: string, qos: QoS): void {
    const revision = ++this.changes;
    const known = this.subscribed.get(topicFilter);
    if (known) {
      known.qos = qos;
      known.revision = revision;
    } else {
      this.subscribed.set(topicFilter, new FilterNode(topicFilter, qos, revision));
      this.filterRevision++;
    }
  }

  /** Takes a filter out with everything under it; undefined stands for what matched none. */
  removeFilter(topicFilter: string | undefined): void {
    const filter = topicFilter === undefined ? this.unmatched : this.subscribed.get(topicFilter);
    if (!filter) return;
    if (topicFilter === undefined) this.unmatched = undefined;
    else this.subscribed.delete(topicFilter);
    this.changes++;
    this.filterRevision++;
    for (const topic of this.topics.values()) {
      const left = topic.levels.filter((level) => level.filter !== filter);
      if (left.length === topic.levels.length) continue;
      topic.levels = left;
      if (left.length === 0) this.forget(topic);
    }
  }

  receive(message: TopicMessage): void {
    const revision = ++this.changes;
    const topic = this.topicOf(message.topicName);
    const value: TopicValue = {
      payload: message.payload.slice(0, this.valueBytes),
      length: message.payload.length,
      qos: message.qos,
      retain: message.retain,
      at: message.at,
    };
    topic.revision = revision;
    for (const level of topic.levels) {
      level.value = value;
      level.count++;
      level.touch(revision);
      level.filter.countMessage(message.at);
    }
    const weight = weightOf(topic, value);
    this.weight += weight - topic.weight;
    topic.weight = weight;
    if (this.weight > this.byteBudget) this.evictSilent(topic);
  }

  private topicOf(topicName: string): Topic {
    let topic = this.topics.get(topicName);
    if (topic?.filterRevision === this.filterRevision) return topic;
    if (!topic) {
      topic = { topicName, levels: [], filterRevision: 0, revision: 0, weight: 0 };
      this.topics.set(topicName, topic);
    }
    // Matching is done once for each topic, not for each message, and again after the filters changed.
    const names = levelNames(topicName);
    const levels = this.filtersFor(topicName).map((filter) => filter.levelOf(names));
    for (const level of topic.levels) if (!levels.includes(level)) level.remove(this.changes);
    topic.levels = levels;
    topic.filterRevision = this.filterRevision;
    return topic;
  }

  private filtersFor(topicName: string): readonly FilterNode[] {
    const matching = [...this.subscribed.values()].filter(({ topicFilter }) =>
      topicMatches(splitSharedFilter(topicFilter as string).filter, topicName),
    );
    if (matching.length > 0) return matching;
    this.unmatched ??= new FilterNode(undefined, undefined, this.changes);
    return [this.unmatched];
  }

  private evictSilent(newest: Topic): void {
    const revision = this.changes;
    const silentFirst = [...this.topics.values()].sort((a, b) => a.revision - b.revision);
    for (const topic of silentFirst) {
      // A tenth more than needed, so that the next topic does not sort them all again.
      if (topic === newest || this.weight <= this.byteBudget * 0.9) return;
      for (const level of topic.levels) level.remove(revision);
      this.forget(topic);
      this.evicted++;
    }
  }

  private forget(topic: Topic): void {
    this.weight -= topic.weight;
    this.topics.delete(topic.topicName);
  }
}

function levelNames(topicName: string): readonly string[] {
  const names = topicName.split('/');
  if (names.length <= deepestLevel) return names;
  return [...names.slice(0, deepestLevel - 1), names.slice(deepestLevel - 1).join('/')];
}

function weightOf(topic: Topic, value: TopicValue): number {
  const places = topic.levels.length;
  return levelBytes * (1 + places) + topic.topicName.length * 2 * (1 + places) + value.payload.length;
}
