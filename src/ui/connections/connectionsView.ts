import * as vscode from 'vscode';
import { DisposableStack, type Disposable } from '../../base/lifecycle';
import { createTreeView, themeIcon } from '../vscodeBindings';
import { connectionRow, type ConnectionRow, invalidRow, negotiatedRow } from './connectionRow';
import type { Connections } from './connections';
import type { InvalidProfile } from './connectionProfile';
import type { LiveConnection } from './liveConnection';

class ConnectionNode {
  readonly connectionKey: string;
  /** What was drawn last: a tick redraws only rows that read differently. */
  drawn = '';

  constructor(readonly connection: LiveConnection) {
    this.connectionKey = connection.key;
  }
}

class InvalidNode {
  constructor(readonly invalid: InvalidProfile) {}
}

/** The line below a connection that is up. */
class DetailNode {
  constructor(readonly parent: ConnectionNode) {}
}

type Node = ConnectionNode | InvalidNode | DetailNode;

/** The Connections view: a row for each profile, with its state and rate. */
export class ConnectionsView implements vscode.TreeDataProvider<Node>, Disposable {
  private readonly held = new DisposableStack();
  private readonly changed = this.held.add(new vscode.EventEmitter<Node | Node[] | undefined>());
  private readonly view: vscode.TreeView<Node>;
  private nodes = new Map<LiveConnection, ConnectionNode>();
  readonly onDidChangeTreeData = this.changed.event;

  constructor(private readonly connections: Connections) {
    this.view = this.held.add(createTreeView<Node>('connections', this));
    // All rows, though only one changed: VS Code aligns them by whether any of them can be opened.
    this.held.add(connections.onDidChange(() => this.changed.fire(undefined)));
    // Rates change by themselves.
    const timer = setInterval(() => this.tick(), 1000);
    this.held.add({ dispose: () => clearInterval(timer) });
  }

  getChildren(node?: Node): Node[] {
    if (node === undefined) return this.roots();
    if (!(node instanceof ConnectionNode) || !node.connection.isConnected) return [];
    return [new DetailNode(node)];
  }

  getParent(node: Node): Node | undefined {
    return node instanceof DetailNode ? node.parent : undefined;
  }

  getTreeItem(node: Node): vscode.TreeItem {
    if (node instanceof DetailNode) return detailItem(node);
    if (node instanceof InvalidNode) return rowItem(invalidRow(node.invalid), node.invalid.key);
    const row = connectionRow(node.connection);
    node.drawn = row.description;
    const item = rowItem(row, node.connectionKey);
    item.collapsibleState = node.connection.isConnected
      ? vscode.TreeItemCollapsibleState.Collapsed
      : vscode.TreeItemCollapsibleState.None;
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
    return [...this.nodes.values(), ...this.connections.invalid().map((invalid) => new InvalidNode(invalid))];
  }

  private tick(): void {
    if (!this.view.visible) return;
    const stale = [...this.nodes.values()].filter(
      ({ connection, drawn }) => connection.isConnected && connectionRow(connection).description !== drawn,
    );
    if (stale.length > 0) this.changed.fire(stale);
  }
}

function rowItem(row: ConnectionRow, id: string): vscode.TreeItem {
  const item = new vscode.TreeItem(row.label);
  item.id = id;
  item.description = row.description;
  item.tooltip = row.tooltip;
  item.iconPath = themeIcon(...row.icon);
  item.contextValue = row.context;
  item.accessibilityInformation = { label: row.spoken };
  return item;
}

function detailItem({ parent }: DetailNode): vscode.TreeItem {
  const { label, description } = negotiatedRow(parent.connection) ?? { label: '', description: '' };
  const item = new vscode.TreeItem(label);
  item.id = `${parent.connectionKey}/negotiated`;
  item.description = description;
  item.tooltip = `What the server agreed to\n${label} · ${description}`;
  item.accessibilityInformation = { label: `${label}, ${description}` };
  return item;
}
