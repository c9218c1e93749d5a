import * as vscode from 'vscode';
import { DisposableStack, type Disposable } from '../../base/lifecycle';
import { BrokerNode } from '../broker/brokerNode';
import type { BrokerTree } from '../broker/brokerTree';
import { commandLink, createTreeView, themeIcon } from '../vscodeBindings';
import { markdownLines } from '../reporting/markdownLines';
import { connectionRow, type ConnectionRow, detailRow, fails, invalidRow } from './connectionRow';
import type { Connections } from './connections';
import type { InvalidProfile, ProfileScope } from './connectionProfile';
import type { LiveConnection } from './liveConnection';
import { negotiatedText } from './negotiatedText';

class ConnectionNode {
  /** What was drawn last: a tick redraws only rows that read differently. */
  drawn = '';

  constructor(readonly connection: LiveConnection) {}

  /** Another one after a rename. */
  get connectionKey(): string {
    return this.connection.key;
  }
}

class InvalidNode {
  /** Whose settings to open for it. */
  readonly scope: ProfileScope;

  constructor(readonly invalid: InvalidProfile) {
    this.scope = invalid.scope;
  }
}

/** The line below a connection. */
class DetailNode {
  constructor(readonly parent: ConnectionNode) {}
}

type Node = ConnectionNode | InvalidNode | DetailNode | BrokerNode;

/** The Connections view: a row for each profile, with its state and rate, and the local broker. */
export class ConnectionsView implements vscode.TreeDataProvider<Node>, Disposable {
  private readonly held = new DisposableStack();
  private readonly changed = this.held.add(new vscode.EventEmitter<Node | Node[] | undefined>());
  private readonly view: vscode.TreeView<Node>;
  private nodes = new Map<LiveConnection, ConnectionNode>();
  readonly onDidChangeTreeData = this.changed.event;

  constructor(
    private readonly connections: Connections,
    private readonly broker: BrokerTree,
  ) {
    this.view = this.held.add(createTreeView<Node>('connections', this));
    this.held.add(
      // Only the row that changed: while all are drawn anew, VS Code knows none of them, and a press goes nowhere.
      connections.onDidChange((connection) => this.changed.fire(connection && this.nodes.get(connection))),
    );
    this.held.add(broker.onDidChange((node) => this.changed.fire(node)));
    // Rates change by themselves.
    const timer = setInterval(() => this.tick(), 1000);
    this.held.add({ dispose: () => clearInterval(timer) });
  }

  getChildren(node?: Node): Node[] {
    if (node === undefined) return this.roots();
    if (node instanceof BrokerNode) return this.broker.children(node);
    return node instanceof ConnectionNode ? [new DetailNode(node)] : [];
  }

  getParent(node: Node): Node | undefined {
    return node instanceof DetailNode || node instanceof BrokerNode ? node.parent : undefined;
  }

  getTreeItem(node: Node): vscode.TreeItem {
    if (node instanceof BrokerNode) return this.broker.item(node);
    if (node instanceof DetailNode) return detailItem(node);
    if (node instanceof InvalidNode) return rowItem(invalidRow(node.invalid), node.invalid.key);
    const row = connectionRow(node.connection);
    node.drawn = changing(row);
    const item = rowItem(row, node.connectionKey);
    item.collapsibleState = vscode.TreeItemCollapsibleState.Collapsed;
    return item;
  }

  dispose(): void {
    this.held.dispose();
  }

  private roots(): Node[] {
    const before = this.nodes;
    this.nodes = new Map(
      this.connections
        .all()
        .map((connection) => [connection, before.get(connection) ?? new ConnectionNode(connection)]),
    );
    const invalid = this.connections.invalid().map((each) => new InvalidNode(each));
    const rows = [...this.nodes.values(), ...invalid];
    return [...rows, ...this.broker.roots(rows.length > 0)];
  }

  private tick(): void {
    if (!this.view.visible) return;
    this.broker.tick();
    const stale = [...this.nodes.values()].filter(
      ({ connection, drawn }) =>
        (connection.isConnected || connection.state.state === 'reconnecting') &&
        changing(connectionRow(connection)) !== drawn,
    );
    if (stale.length > 0) this.changed.fire(stale);
  }
}

/** What changes by itself: the rate, the time to the next attempt, how much is outstanding. */
function changing({ description, tooltip }: ConnectionRow): string {
  return `${description}\n${tooltip}`;
}

function rowItem(row: ConnectionRow, id: string): vscode.TreeItem {
  const item = new vscode.TreeItem(row.label);
  item.id = id;
  item.description = row.description;
  item.tooltip = markdownLines(row.tooltip);
  item.iconPath = themeIcon(...row.icon);
  item.contextValue = row.context;
  item.accessibilityInformation = { label: row.spoken };
  return item;
}

function detailItem({ parent }: DetailNode): vscode.TreeItem {
  const { state, version } = parent.connection;
  const { label, description } = detailRow(parent.connection);
  const item = new vscode.TreeItem(label);
  item.id = `${parent.connectionKey}/detail`;
  item.description = description;
  const tooltip =
    state.state === 'connected'
      ? negotiatedText(state.negotiated, state.sessionPresent, version)
      : fails(state)
        ? connectionRow(parent.connection).tooltip
        : [label, description].filter((part) => part !== '').join('\n');
  item.tooltip = markdownLines(tooltip);
  if (fails(state)) {
    const { connectionKey } = parent;
    item.command = commandLink('showConnectionDetails', 'Show Details', { connectionKey });
  }
  item.accessibilityInformation = { label: [label, description].filter((part) => part !== '').join(', ') };
  return item;
}
