import type { QoS } from '../protocol/controlPacket';
import { MessageRate } from './messageRate';

/** The last message of a topic. */
export interface TopicValue {
  /** The first bytes of the payload; fewer than `length` where it was cut. */
  readonly payload: Uint8Array;
  /** How many bytes the payload has. */
  readonly length: number;
  readonly qos: QoS;
  readonly retain: boolean;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
}

/** A level of the topics that came under a filter. It is a topic itself where it has a value. */
export interface TopicLevel {
  /** The text between two slashes, which may be empty. The deepest level kept holds the rest of a longer topic. */
  readonly name: string;
  /** All levels down to this one, with slashes. */
  readonly topicName: string;
  readonly parent: TopicLevel | FilterTopics;
  readonly levels: ReadonlyMap<string, TopicLevel>;
  readonly value: TopicValue | undefined;
  /** Messages of exactly this topic. */
  readonly count: number;
  /** The tree's revision when this level or one below it last changed. */
  readonly revision: number;
}

/** A Topic Filter of a connection with the topics that came under it. */
export interface FilterTopics {
  /** Undefined for what came without a filter that matches: from a session that the server kept, say. */
  readonly topicFilter: string | undefined;
  /** The QoS asked for; undefined where `topicFilter` is. */
  readonly qos: QoS | undefined;
  readonly levels: ReadonlyMap<string, TopicLevel>;
  /** Messages that matched, whether or not their topic is still kept. */
  readonly count: number;
  /** The tree's revision when anything under the filter last changed. */
  readonly revision: number;
  /** Messages a second over the last seconds; `now` in milliseconds since the epoch. */
  rate(now: number): number;
}

export class FilterNode implements FilterTopics {
  readonly levels = new Map<string, LevelNode>();
  count = 0;
  private readonly messages = new MessageRate();

  constructor(
    readonly topicFilter: string | undefined,
    public qos: QoS | undefined,
    public revision: number,
  ) {}

  rate(now: number): number {
    return this.messages.perSecond(now);
  }

  countMessage(at: number): void {
    this.count++;
    this.messages.add(at);
  }

  touch(revision: number): void {
    this.revision = revision;
  }

  /** The level of a topic, made where it is not there. `names` has at least one, as every topic does. */
  levelOf(names: readonly string[]): LevelNode {
    let level = childOf(this, this, names[0] ?? '');
    for (const name of names.slice(1)) level = childOf(level, this, name);
    return level;
  }
}

export class LevelNode implements TopicLevel {
  readonly levels = new Map<string, LevelNode>();
  value: TopicValue | undefined;
  count = 0;
  revision = 0;

  constructor(
    readonly name: string,
    readonly parent: FilterNode | LevelNode,
    readonly filter: FilterNode,
  ) {}

  get topicName(): string {
    return this.parent instanceof LevelNode ? `${this.parent.topicName}/${this.name}` : this.name;
  }

  /** Marks this level and all above it, up to the filter. */
  touch(revision: number): void {
    this.revision = revision;
    this.parent.touch(revision);
  }

  /** Takes the topic out, with the levels that lead to no other. */
  remove(revision: number): void {
    this.value = undefined;
    this.count = 0;
    this.touch(revision);
    this.prune();
  }

  private prune(): void {
    if (this.levels.size > 0 || this.value) return;
    this.parent.levels.delete(this.name);
    if (this.parent instanceof LevelNode) this.parent.prune();
  }
}

function childOf(parent: FilterNode | LevelNode, filter: FilterNode, name: string): LevelNode {
  const known = parent.levels.get(name);
  if (known) return known;
  const level = new LevelNode(name, parent, filter);
  parent.levels.set(name, level);
  return level;
}
