import * as vscode from 'vscode';
import { DisposableStack, Emitter, type Disposable } from '../../base/lifecycle';
import type { PacketLog } from '../../capture/packetLog';
import { inspectorViewType } from '../../contributions/views';
import { showConnectionsCommand } from '../../inspector/contract';
import type { LastChoices } from '../../inspector/lastChoices';
import { parsePanelState } from '../../inspector/panelState';
import type { ChartSeries } from '../../inspector/chartContract';
import { ChoiceMemory } from './choiceMemory';
import { chooseColumns } from './chooseColumns';
import { inspectorHtml } from './inspectorHtml';
import type { ConnectionPorts } from './downConnections';
import { isAbout } from './isAbout';
import type { ShownFile } from './fileHandlers';
import { InspectorSession } from './inspectorSession';
import { runCommand } from '../vscodeBindings';
import { onDidChangePayloadRules, payloadRules, rememberPayloadMode } from './payloadRuleSetting';
import { saveChart } from './saveChart';
import { showTab, tabTitles } from './showTab';

export interface InspectorPanelsDependencies {
  readonly log: PacketLog;
  readonly extensionUri: vscode.Uri;
  readonly connections: ConnectionPorts;
  /** Hears that an inspector opens or comes back, before it reads the log. */
  readonly opened: () => void;
  /** Empties the log, and what is kept of it. */
  readonly clear: () => Promise<void>;
  /** What is kept whatever window, workspace and panel. */
  readonly memento: Pick<vscode.Memento, 'get' | 'update'>;
  /** Copies the selected packets of the inspector that is active. */
  readonly copySelected: () => PromiseLike<void>;
  /** Hears of what went wrong in a view, for the output channel. */
  readonly failed: (error: Error) => void;
}

const ordinaryTitle = 'MQTT Inspector';

/** What a panel shows: what this window captures, or a file. */
export interface ShownLog {
  readonly log: PacketLog;
  /** Empties the log, and what is kept of it. */
  readonly clear: () => Promise<void>;
  readonly file?: ShownFile;
}

interface InspectorPanel extends Disposable {
  readonly panel: vscode.WebviewPanel;
  readonly session: InspectorSession;
  /** The filter that it was opened for, whatever became of it. */
  readonly openedFor: string | undefined;
}

/** The inspectors that are open, those that came back with the window too. */
export class InspectorPanels implements Disposable {
  private readonly serializer: Disposable;
  private readonly open = new Set<InspectorPanel>();
  private readonly choices: ChoiceMemory;
  private lastActive: InspectorPanel | undefined;
  /** Filters to show in panels that VS Code is making for tabs of before the reload, by the tabs' titles. */
  private readonly awaited = new Map<string, string>();
  /** What to do in the next panel that VS Code makes for such a tab, whichever that is. */
  private waiting: ((session: InspectorSession) => void)[] = [];

  constructor(private readonly dependencies: InspectorPanelsDependencies) {
    this.choices = new ChoiceMemory(dependencies.memento);
    this.serializer = vscode.window.registerWebviewPanelSerializer(inspectorViewType, {
      deserializeWebviewPanel: (panel, state) => {
        this.cameBack(panel, parsePanelState(state).openedFor);
        return Promise.resolve();
      },
    });
  }

  /** Brings the inspector that was used last to the front, or opens one, and selects a packet in it. */
  reveal(sequence?: number): void {
    this.inFront((session) => {
      if (sequence !== undefined) session.reveal(sequence);
    });
  }

  /** Opens one more inspector of what this window captures, with a title that tells it from the others. */
  openAnother(): void {
    this.create(this.freeTitle());
  }

  /** Opens an inspector of its own that shows what a filter matches; where that was done before it is brought to the front. */
  async showFiltered(filter: string, name: string): Promise<void> {
    const same = [...this.open].find((inspector) => inspector.openedFor === filter);
    if (same) {
      same.panel.reveal();
      same.session.showFilter(filter);
      return;
    }
    const title = `${ordinaryTitle}: ${name}`;
    // Of a tab that nobody looked at since the window reloaded there is no panel yet.
    if (![...this.open].some(({ panel }) => panel.title === title)) {
      this.awaited.set(title, filter);
      if (await showTab(inspectorViewType, title)) return;
      this.awaited.delete(title);
    }
    this.create(title, filter).session.showFilter(filter);
  }

  /** Brings the inspector that was used last to the front, or opens one, and adds series to its chart. */
  chart(series: readonly ChartSeries[]): void {
    this.inFront((session) => session.chart(series));
  }

  /** The inspector that commands are about: the one that was used last. */
  get active(): InspectorSession | undefined {
    return (this.lastActive ?? [...this.open].at(-1))?.session;
  }

  /** Leaves the panels themselves to VS Code, which brings them back when only the window reloads. */
  dispose(): void {
    this.serializer.dispose();
    for (const inspector of this.open) inspector.dispose();
    this.open.clear();
  }

  /** A panel is made for a tab of before the reload, now that somebody looks at it. */
  private cameBack(panel: vscode.WebviewPanel, openedFor: string | undefined): void {
    const { session } = this.adoptLive(panel, openedFor);
    this.actIn(session);
    const wanted = this.awaited.get(panel.title);
    this.awaited.delete(panel.title);
    if (wanted === undefined) return;
    // What has the same title may be for something else: a client of the broker may be called as a connection is.
    if (wanted === openedFor) session.showFilter(wanted);
    else this.create(panel.title, wanted).session.showFilter(wanted);
  }

  /** Brings the inspector of what this window captures that was used last to the front, or opens one, to do something in it. */
  private inFront(act: (session: InspectorSession) => void): void {
    if (this.inUsedLast(act)) return;
    this.inTabOfBefore(act).catch((error: unknown) =>
      this.dependencies.failed(error instanceof Error ? error : new Error(String(error))),
    );
  }

  private inUsedLast(act: (session: InspectorSession) => void): boolean {
    const newestFirst = [...(this.lastActive ? [this.lastActive] : []), ...[...this.open].reverse()];
    const existing = newestFirst.find(({ session }) => !session.file);
    if (!existing) return false;
    existing.panel.reveal();
    act(existing.session);
    return true;
  }

  /** The same in a tab that nobody looked at since the window reloaded, for which there is no panel yet; or in a new one. */
  private async inTabOfBefore(act: (session: InspectorSession) => void): Promise<void> {
    const titles = tabTitles(inspectorViewType);
    const title = titles.includes(ordinaryTitle) ? ordinaryTitle : titles[0];
    this.waiting.push(act);
    if (title !== undefined && (await showTab(inspectorViewType, title))) return;
    this.actIn(this.create().session);
  }

  private actIn(session: InspectorSession): void {
    for (const act of this.waiting.splice(0)) act(session);
  }

  private create(title = ordinaryTitle, openedFor?: string): InspectorPanel {
    return this.adoptLive(
      vscode.window.createWebviewPanel(inspectorViewType, title, vscode.ViewColumn.Active, {}),
      openedFor,
    );
  }

  /** A title that tells an inspector of what this window captures from the others. */
  private freeTitle(): string {
    const titles = new Set(
      [...this.open].map(({ panel }) => panel.title).concat(tabTitles(inspectorViewType)),
    );
    let title = ordinaryTitle;
    for (let number = 2; titles.has(title); number++) title = `${ordinaryTitle} ${number}`;
    return title;
  }

  /** A panel that was opened for a filter is called by that only as long as it shows what the filter matches, or part of it. */
  private titleOf(panel: vscode.WebviewPanel, openedFor: string): (filter: string) => void {
    const own = panel.title;
    return (filter) => {
      if (isAbout(filter, openedFor)) panel.title = own;
      else if (panel.title === own) panel.title = this.freeTitle();
    };
  }

  private adoptLive(panel: vscode.WebviewPanel, openedFor?: string): InspectorPanel {
    const { log, opened, clear } = this.dependencies;
    opened();
    return this.adopt(panel, { log, clear }, openedFor);
  }

  /** Makes a panel of VS Code's an inspector of that log. One that is an inspector already shows that log from now on. */
  adopt(panel: vscode.WebviewPanel, { log, clear, file }: ShownLog, openedFor?: string): InspectorPanel {
    const { extensionUri, copySelected, failed } = this.dependencies;
    const services = {
      copyText: (text: string) => vscode.env.clipboard.writeText(text),
      copySelected,
      choices: {
        last: () => this.choices.last(),
        made: (choices: LastChoices) => this.chosen(choices, panel),
      },
      chooseColumns,
    };
    this.remove([...this.open].find((inspector) => inspector.panel === panel));
    const { webview } = panel;
    const icon = (theme: string): vscode.Uri =>
      vscode.Uri.joinPath(extensionUri, 'media', 'icons', `inspector-${theme}.svg`);
    panel.iconPath = { light: icon('light'), dark: icon('dark') };
    const roots = ['inspector', 'codicons'].map((folder) =>
      vscode.Uri.joinPath(extensionUri, 'dist', folder),
    );
    webview.options = {
      enableScripts: true,
      enableForms: false,
      enableCommandUris: [showConnectionsCommand],
      localResourceRoots: roots,
    };
    const stack = new DisposableStack();
    const messages = stack.add(new Emitter<unknown>());
    stack.add(webview.onDidReceiveMessage((message: unknown) => messages.fire(message)));
    const port = {
      post: (message: unknown) => void webview.postMessage(message),
      onMessage: messages.event,
    };
    const session = stack.add(
      new InspectorSession(port, {
        payloads: {
          rules: payloadRules,
          onDidChangeRules: onDidChangePayloadRules,
          remember: rememberPayloadMode,
          take: (sequence, where) =>
            runCommand(where === 'editor' ? 'openPayload' : 'savePayload', { sequence }),
          save: saveChart,
        },
        log,
        name: unguessable(),
        visible: () => panel.visible,
        clear,
        ...(file ? { file } : { connections: this.dependencies.connections }),
        ...(openedFor !== undefined && { openedFor, filterShown: this.titleOf(panel, openedFor) }),
        services,
        failed,
      }),
    );
    const inspector: InspectorPanel = { panel, session, openedFor, dispose: () => stack.dispose() };
    stack.add(
      panel.onDidChangeViewState(() => {
        if (panel.active) this.lastActive = inspector;
        // The page is thrown away when it is hidden and loads anew when it shows.
        if (!panel.visible) session.closed();
      }),
    );
    stack.add(panel.onDidDispose(() => this.remove(inspector)));
    this.open.add(inspector);
    this.lastActive = inspector;
    const resource = (...path: string[]): string =>
      webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, 'dist', ...path)).toString();
    webview.html = inspectorHtml({
      script: resource('inspector', 'main.js'),
      style: resource('inspector', 'main.css'),
      codicons: resource('codicons', 'codicon.css'),
      cspSource: webview.cspSource,
      nonce: unguessable(),
    });
    return inspector;
  }

  /** Columns are the same in all panels; one that is hidden asks for them when it shows. */
  private async chosen(choices: LastChoices, by: vscode.WebviewPanel): Promise<void> {
    await this.choices.made(choices);
    const { columns } = this.choices.last();
    if (!choices.columns || !columns) return;
    for (const { panel, session } of this.open)
      if (panel !== by) session.perform({ kind: 'takeColumns', columns });
  }

  private remove(inspector: InspectorPanel | undefined): void {
    if (!inspector) return;
    this.open.delete(inspector);
    if (this.lastActive === inspector) this.lastActive = undefined;
    inspector.dispose();
  }
}

function unguessable(): string {
  return crypto.randomUUID();
}
