import * as vscode from 'vscode';
import { DisposableStack, type Disposable, Emitter } from '../../base/lifecycle';
import type { Broker } from '../../broker/broker';
import { markdownLines } from '../reporting/markdownLines';
import { type CommandArgument, commandId } from '../../contributions/commands';
import { commandLink, themeIcon } from '../vscodeBindings';
import { type BrokerNode, type BrokerTreeSource, MoreNode } from './brokerNode';
import { AddressNode, LocalBrokerNode, RetainedNode } from './brokerNodes';
import { ProblemNode } from './problemNode';
import type { BrokerRow } from './brokerRow';
import { qrMarkdown } from './qrCodePanel';
import type { BrokerProblems } from './brokerProblems';
import type { LocalBroker } from './localBroker';

/** How long changes are gathered before they are drawn, in milliseconds: a thousand clients may come at once. */
const gathering = 250;

/** How often the whole tree is drawn anew at most, in milliseconds: devices that fail come back many times a second. */
const settling = 1_000;

interface BrokerTreeDependencies extends BrokerTreeSource {
  readonly local: LocalBroker;
  readonly problems: BrokerProblems;
}

/** The part of the Connections view that belongs to the local broker. */
export class BrokerTree implements Disposable {
  private readonly held = new DisposableStack();
  private readonly changed = this.held.add(new Emitter<BrokerNode[] | undefined>());
  readonly root: LocalBrokerNode;
  /** What was below a row when it was drawn the last time, with what its outline was. */
  private branches = new Map<
    string,
    { readonly children: readonly BrokerNode[]; readonly outline: string }
  >();
  private wasShown = false;
  private rootDrawn = -Infinity;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** Rows that read differently, or have others below them; undefined where the broker starts or stops. */
  readonly onDidChange = this.changed.event;

  constructor(private readonly dependencies: BrokerTreeDependencies) {
    const { local, problems } = dependencies;
    this.root = new LocalBrokerNode(dependencies);
    this.held.add(local.onDidChange(() => this.changed.fire(undefined)));
    this.held.add(local.onDidStart((broker) => this.watch(broker)));
    this.held.add(problems.onDidChange(() => this.changesSoon()));
    this.held.add({ dispose: () => clearTimeout(this.timer) });
  }

  /** The row "Local broker", where there is one: not in a window that has never had to do with MQTT. */
  roots(hasOthers: boolean): readonly BrokerNode[] {
    this.wasShown = hasOthers || this.dependencies.local.isInUse;
    return this.wasShown ? [this.root] : [];
  }

  children(node: BrokerNode): BrokerNode[] {
    const { outline } = node;
    const children = [...(node.children() ?? [])];
    this.branches.set(node.id, { children, outline });
    return children;
  }

  item(node: BrokerNode): vscode.TreeItem {
    const row = node.row();
    node.drawn = drawing(row);
    const item = new vscode.TreeItem(row.label, this.collapsibleState(node));
    // VS Code opens a row of itself only where it has not seen it before.
    const isNewRow = node === this.root && this.dependencies.local.state.kind === 'running';
    item.id = isNewRow ? `${node.id}/running` : node.id;
    item.description = row.description;
    item.tooltip =
      node instanceof AddressNode ? qrMarkdown(row.tooltip, node.url) : markdownLines(row.tooltip);
    if (row.icon) item.iconPath = themeIcon(...row.icon);
    if (row.context !== undefined) item.contextValue = row.context;
    item.accessibilityInformation = { label: row.spoken };
    // The row itself is the argument: which packet it is about is looked for only when somebody asks.
    if (node instanceof ProblemNode) {
      item.command = { command: commandId('showBrokerProblem'), title: 'Show Packet', arguments: [node] };
    } else if (node instanceof RetainedNode) {
      item.command = { command: commandId('openRetained'), title: 'Open', arguments: [node] };
    } else if (node instanceof MoreNode) {
      item.command = commandLink('showMoreBrokerRows', 'Show More', node);
    }
    return item;
  }

  /** Shows more of a list, whose last row was pressed. */
  readonly showMore = (row: CommandArgument<'showMoreBrokerRows'>): void => {
    // The row itself, which only the tree has: what it shows more of is no one else's business.
    if (!(row instanceof MoreNode)) return;
    row.list.showMore();
    this.changed.fire([row.list]);
  };

  /** Draws anew what reads differently by now. */
  tick(): void {
    if (!this.wasShown) return;
    const branches = this.branches;
    this.branches = new Map();
    const stale: BrokerNode[] = [];
    const visit = (node: BrokerNode): void => {
      const branch = branches.get(node.id);
      if (branch) this.branches.set(node.id, branch);
      const isStale = node.drawn !== drawing(node.row()) || (branch && branch.outline !== node.outline);
      // Where the row is drawn anew, what is below it is as well.
      if (isStale && this.mayDraw(node)) stale.push(node);
      else for (const child of branch?.children ?? []) visit(child);
    };
    visit(this.root);
    // At once: VS Code draws what comes in one event together, and what comes after it once more.
    if (stale.length > 0) this.changed.fire(stale);
  }

  /** While a row is drawn anew VS Code knows none of those below it, and a press on one goes nowhere: the root has to wait. */
  private mayDraw(node: BrokerNode): boolean {
    if (node !== this.root) return true;
    const now = this.dependencies.clock.now();
    if (now - this.rootDrawn < settling) {
      this.changesSoon();
      return false;
    }
    this.rootDrawn = now;
    return true;
  }

  dispose(): void {
    this.held.dispose();
  }

  private watch(broker: Broker): void {
    broker.onDidConnect(() => this.changesSoon());
    broker.onDidDisconnect(() => this.changesSoon());
  }

  private changesSoon(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.tick();
    }, gathering);
  }

  private collapsibleState(node: BrokerNode): vscode.TreeItemCollapsibleState {
    const { None, Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
    if (node === this.root) return node.children()?.length ? Expanded : None;
    const children = node.children();
    return children === undefined || children.length === 0 ? None : Collapsed;
  }
}

function drawing({ label, description, icon, context }: BrokerRow): string {
  return JSON.stringify([label, description, icon, context]);
}
