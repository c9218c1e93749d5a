import type { FilterTopics, TopicLevel, TopicValue } from '../../capture/topicLevel';
import type { LiveConnection } from '../connections/liveConnection';

/** How many levels below a row are shown at first, and how many more each press on "more" shows. */
const pageLength = 200;

const byName = new Intl.Collator('en', { numeric: true });

/** A connection with subscriptions. A row's object stays the same while what it stands for does: VS Code tells rows apart by it. */
export class ConnectionNode {
  readonly rowId: string;
  /** VS Code asked for the rows below and did not close this one since. */
  open = false;
  /** How many rows below were drawn. */
  drawnChildren = 0;

  constructor(readonly connection: LiveConnection) {
    this.rowId = JSON.stringify([connection.key]);
  }

  get connectionKey(): string {
    return this.connection.key;
  }
}

/** A row with topic levels below it. */
abstract class LevelsNode {
  open = false;
  drawnChildren = 0;
  /** The revision up to which {@link changedRows} has looked. */
  seenRevision = -1;
  private readonly made = new Map<TopicLevel, LevelNode>();
  private sorted: readonly TopicLevel[] = [];
  private shown = pageLength;

  constructor(
    readonly connection: LiveConnection,
    /** The same for the same thing in every run, so that VS Code remembers what was expanded. */
    readonly rowId: string,
  ) {}

  abstract readonly levels: ReadonlyMap<string, TopicLevel>;
  abstract readonly revision: number;
  protected abstract readonly self: FilterNode | LevelNode;

  get connectionKey(): string {
    return this.connection.key;
  }

  /** The rows below: in the order of their names, numbers by their value, as many as are to be shown. */
  children(): readonly (LevelNode | MoreNode)[] {
    const { levels } = this;
    this.drawnChildren = levels.size;
    if (this.sorted.length !== levels.size || this.sorted.some((level) => levels.get(level.name) !== level)) {
      this.sorted = [...levels.values()].sort((a, b) => byName.compare(a.name, b.name));
      for (const level of this.made.keys()) if (levels.get(level.name) !== level) this.made.delete(level);
    }
    const nodes = this.sorted.slice(0, this.shown).map((level) => this.nodeOf(level));
    const hidden = this.sorted.length - nodes.length;
    return hidden > 0 ? [...nodes, new MoreNode(this.self, hidden)] : nodes;
  }

  showMore(): void {
    this.shown += pageLength;
  }

  /** The rows below that VS Code has seen. */
  madeChildren(): Iterable<LevelNode> {
    return this.made.values();
  }

  private nodeOf(level: TopicLevel): LevelNode {
    let node = this.made.get(level);
    if (!node) {
      node = new LevelNode(this.self, level);
      this.made.set(level, node);
    }
    return node;
  }
}

/** A Topic Filter; the one without a filter holds what matches none. */
export class FilterNode extends LevelsNode {
  /** The description that was drawn. */
  drawnDescription = '';
  protected readonly self = this;

  constructor(
    readonly parent: ConnectionNode,
    readonly topics: FilterTopics,
  ) {
    super(parent.connection, JSON.stringify([parent.connectionKey, topics.topicFilter ?? null]));
  }

  get topicFilter(): string | undefined {
    return this.topics.topicFilter;
  }

  get levels(): ReadonlyMap<string, TopicLevel> {
    return this.topics.levels;
  }

  get revision(): number {
    return this.topics.revision;
  }
}

/** A level of topics, which is a topic where it has a value. */
export class LevelNode extends LevelsNode {
  readonly topicName: string;
  /** The value that was drawn. */
  drawnValue: TopicValue | undefined;
  protected readonly self = this;

  constructor(
    readonly parent: FilterNode | LevelNode,
    readonly level: TopicLevel,
  ) {
    super(parent.connection, `${parent.rowId}/${JSON.stringify(level.name)}`);
    this.topicName = level.topicName;
  }

  get levels(): ReadonlyMap<string, TopicLevel> {
    return this.level.levels;
  }

  get revision(): number {
    return this.level.revision;
  }
}

/** The last row below one with more levels than are shown. */
export class MoreNode {
  constructor(
    readonly parent: FilterNode | LevelNode,
    readonly hidden: number,
  ) {}
}

/** The only row below a connection that is up and has no filter yet, or below a filter to which nothing came yet. */
export class HintNode {
  constructor(readonly parent: ConnectionNode | FilterNode) {}
}

export type SubscriptionNode = ConnectionNode | FilterNode | LevelNode | MoreNode | HintNode;
