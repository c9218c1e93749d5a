import * as vscode from 'vscode';
import { assertNever } from '../../base/assert';
import { grouped } from '../../base/grouped';
import { DisposableStack, type Disposable } from '../../base/lifecycle';
import type { FilterTopics } from '../../capture/topicLevel';
import { addressOf } from '../connections/connectionProfile';
import type { Connections } from '../connections/connections';
import type { LiveConnection } from '../connections/liveConnection';
import { commandLink, createTreeView, themeIcon } from '../vscodeBindings';
import { changedRows } from './changedRows';
import {
  ConnectionNode,
  FilterNode,
  HintNode,
  LevelNode,
  MoreNode,
  type SubscriptionNode,
} from './subscriptionNodes';
import { evictionText, filterRow, levelRow, type TopicRow } from './topicRow';

const { None, Collapsed, Expanded } = vscode.TreeItemCollapsibleState;

/** Up to this many siblings open by themselves: few topics are seen at a glance, many do not unroll down the sidebar. */
const fewSiblings = 8;
const refreshInterval = 250;

/** The Subscriptions view: connections, their filters, the topic levels that came and their last values. */
export class SubscriptionsView implements vscode.TreeDataProvider<SubscriptionNode>, Disposable {
  private readonly held = new DisposableStack();
  private readonly changed = this.held.add(
    new vscode.EventEmitter<SubscriptionNode | SubscriptionNode[] | undefined>(),
  );
  private readonly view: vscode.TreeView<SubscriptionNode>;
  private connectionNodes = new Map<LiveConnection, ConnectionNode>();
  private readonly filterNodes = new WeakMap<FilterTopics, FilterNode>();
  private ticks = 0;
  readonly onDidChangeTreeData = this.changed.event;

  constructor(private readonly connections: Connections) {
    this.view = this.held.add(createTreeView<SubscriptionNode>('subscriptions', this));
    this.held.add(connections.onDidChange((connection) => this.connectionChanged(connection)));
    this.held.add(this.view.onDidCollapseElement(({ element }) => setOpen(element, false)));
    this.held.add(
      this.view.onDidExpandElement(({ element }) => {
        // What changed below while it was closed was not drawn.
        this.changed.fire(element);
      }),
    );
    this.held.add(this.view.onDidChangeVisibility(({ visible }) => visible && this.changed.fire(undefined)));
    const timer = setInterval(() => this.tick(), refreshInterval);
    this.held.add({ dispose: () => clearInterval(timer) });
  }

  getChildren(node?: SubscriptionNode): SubscriptionNode[] {
    if (node === undefined) return this.roots();
    setOpen(node, true);
    if (node instanceof ConnectionNode) return this.below(node);
    if (node instanceof FilterNode || node instanceof LevelNode) {
      const children = [...node.children()];
      return children.length === 0 && node instanceof FilterNode ? [new HintNode(node)] : children;
    }
    return [];
  }

  getParent(node: SubscriptionNode): SubscriptionNode | undefined {
    return node instanceof ConnectionNode ? undefined : node.parent;
  }

  getTreeItem(node: SubscriptionNode): vscode.TreeItem {
    if (node instanceof ConnectionNode) return connectionItem(node);
    if (node instanceof FilterNode) return filterItem(node);
    if (node instanceof LevelNode) return levelItem(node);
    if (node instanceof MoreNode) return moreItem(node);
    if (node instanceof HintNode) return hintItem(node);
    return assertNever(node);
  }

  /** Shows the next levels below a row that has more. */
  showMore(node: FilterNode | LevelNode): void {
    node.showMore();
    this.changed.fire(node);
  }

  /** The topic level that is selected, if one is. */
  selectedTopic(): LevelNode | undefined {
    return this.view.selection.find((node) => node instanceof LevelNode);
  }

  dispose(): void {
    this.held.dispose();
  }

  /** All rows where there are others than before; else only those of the connection, so that presses on others arrive. */
  private connectionChanged(connection: LiveConnection | undefined): void {
    const node = connection && this.connectionNodes.get(connection);
    const shown = this.shown();
    const same =
      shown.length === this.connectionNodes.size && shown.every((each) => this.connectionNodes.has(each));
    if (!same) this.changed.fire(undefined);
    else if (node) this.changed.fire(node);
  }

  private shown(): readonly LiveConnection[] {
    return this.connections
      .all()
      .filter(({ isConnected, topics }) => isConnected || topics.filters.length > 0);
  }

  private roots(): SubscriptionNode[] {
    const before = this.connectionNodes;
    const shown = this.shown();
    this.connectionNodes = new Map(
      shown.map((connection) => [connection, before.get(connection) ?? new ConnectionNode(connection)]),
    );
    return [...this.connectionNodes.values()];
  }

  private below(node: ConnectionNode): SubscriptionNode[] {
    const { filters } = node.connection.topics;
    node.drawnChildren = filters.length;
    if (filters.length === 0) return node.connection.isConnected ? [new HintNode(node)] : [];
    return filters.map((topics) => this.filterNodeOf(node, topics));
  }

  private filterNodeOf(parent: ConnectionNode, topics: FilterTopics): FilterNode {
    let node = this.filterNodes.get(topics);
    if (!node) {
      node = new FilterNode(parent, topics);
      this.filterNodes.set(topics, node);
    }
    return node;
  }

  /** At most four times a second, and nothing while the view is hidden: only rows that read differently are drawn anew. */
  private tick(): void {
    this.ticks++;
    if (!this.view.visible) return;
    const now = Date.now();
    const stale = [...this.connectionNodes.values()].flatMap((node) => this.staleBelow(node, now));
    if (stale.length > 0) this.changed.fire(stale);
    this.tellEvicted();
  }

  /** Says above the tree what its bound on memory left out. */
  private tellEvicted(): void {
    const evicted = this.connections.all().reduce((sum, { topics }) => sum + topics.evictedTopics, 0);
    const message = evictionText(evicted);
    // VS Code draws it anew whenever it is set.
    if (message !== (this.view.message ?? '')) this.view.message = message;
  }

  private staleBelow(node: ConnectionNode, now: number): readonly SubscriptionNode[] {
    const { filters } = node.connection.topics;
    if (!node.open) return [];
    if (filters.length !== node.drawnChildren) return [node];
    // The numbers of a filter's own row draw all below it anew, so they move once a second, and also when nothing comes.
    const withNumbers = this.ticks % 4 === 0;
    return filters.flatMap((topics): readonly SubscriptionNode[] => {
      const filter = this.filterNodeOf(node, topics);
      const other = withNumbers && rowOf(filter, now).description !== filter.drawnDescription;
      return other ? [filter] : changedRows(filter);
    });
  }
}

function setOpen(node: SubscriptionNode, open: boolean): void {
  if (!(node instanceof MoreNode || node instanceof HintNode)) node.open = open;
}

function connectionItem(node: ConnectionNode): vscode.TreeItem {
  const { profile, isConnected } = node.connection;
  const state = isConnected ? addressOf(profile) : 'not connected';
  const item = new vscode.TreeItem(profile.name, Expanded);
  item.id = node.rowId;
  item.description = isConnected ? '' : state;
  item.tooltip = `${profile.name}: ${state}`;
  item.iconPath = isConnected
    ? themeIcon('circle-filled', 'testing.iconPassed')
    : themeIcon('circle-outline', 'disabledForeground');
  item.contextValue = isConnected ? 'subscribedConnection.connected' : 'subscribedConnection.disconnected';
  item.accessibilityInformation = {
    label: `${profile.name}, ${isConnected ? 'connected' : 'not connected'}`,
  };
  return item;
}

function rowOf({ connection, topics }: FilterNode, now: number): TopicRow {
  const { topicFilter } = topics;
  const subscribed = topicFilter === undefined ? undefined : connection.subscriptions.get(topicFilter);
  return filterRow(topics, subscribed, connection, now);
}

function filterItem(node: FilterNode): vscode.TreeItem {
  const row = rowOf(node, Date.now());
  node.drawnDescription = row.description;
  node.drawnChildren = node.levels.size;
  // Also while nothing is below: VS Code would leave a row that becomes expandable later closed.
  return rowItem(row, node.rowId, Expanded);
}

function levelItem(node: LevelNode): vscode.TreeItem {
  const { level, parent } = node;
  node.drawnValue = level.value;
  node.drawnChildren = level.levels.size;
  const state = level.levels.size === 0 ? None : parent.levels.size <= fewSiblings ? Expanded : Collapsed;
  return rowItem(levelRow(level), node.rowId, state);
}

function rowItem(row: TopicRow, id: string, state: vscode.TreeItemCollapsibleState): vscode.TreeItem {
  const item = new vscode.TreeItem(row.label, state);
  item.id = id;
  item.description = row.description;
  item.tooltip = row.tooltip;
  if (row.icon) item.iconPath = themeIcon(...row.icon);
  item.contextValue = row.context;
  item.accessibilityInformation = { label: row.spoken };
  return item;
}

function moreItem(node: MoreNode): vscode.TreeItem {
  const item = new vscode.TreeItem(`${grouped(node.hidden)} more…`);
  item.id = `${node.parent.rowId}/more`;
  item.iconPath = themeIcon('ellipsis');
  item.command = commandLink('showMoreTopics', 'Show More Topics', node.parent);
  return item;
}

function hintItem({ parent }: HintNode): vscode.TreeItem {
  if (parent instanceof FilterNode) {
    const item = new vscode.TreeItem('');
    item.description = 'no message yet';
    item.accessibilityInformation = { label: 'no message yet' };
    item.id = `${parent.rowId}/hint`;
    return item;
  }
  const item = new vscode.TreeItem('Subscribe to a topic filter…');
  item.id = `${parent.rowId}/hint`;
  item.iconPath = themeIcon('add');
  item.command = commandLink('subscribe', 'Subscribe…', { connectionKey: parent.connectionKey });
  return item;
}
