import * as vscode from 'vscode';
import { DisposableStack, Emitter, type Disposable } from '../../base/lifecycle';
import type { PacketLog } from '../../capture/packetLog';
import { inspectorViewType } from '../../contributions/views';
import { showConnectionsCommand } from '../../inspector/contract';
import { chooseColumns } from './chooseColumns';
import { inspectorHtml } from './inspectorHtml';
import { InspectorSession } from './inspectorSession';

export interface InspectorPanelsDependencies {
  readonly log: PacketLog;
  readonly extensionUri: vscode.Uri;
  /** Hears that an inspector opens or comes back, before it reads the log. */
  readonly opened: () => void;
  /** Empties the log, and what is kept of it. */
  readonly clear: () => Promise<void>;
  /** Copies the selected packets of the inspector that is active. */
  readonly copySelected: () => PromiseLike<void>;
  /** Hears of what went wrong in a view, for the output channel. */
  readonly failed: (error: Error) => void;
}

interface InspectorPanel extends Disposable {
  readonly panel: vscode.WebviewPanel;
  readonly session: InspectorSession;
}

/** The inspectors that are open, those that came back with the window too. */
export class InspectorPanels implements Disposable {
  private readonly serializer: Disposable;
  private readonly open = new Set<InspectorPanel>();
  private lastActive: InspectorPanel | undefined;

  constructor(private readonly dependencies: InspectorPanelsDependencies) {
    this.serializer = vscode.window.registerWebviewPanelSerializer(inspectorViewType, {
      deserializeWebviewPanel: (panel) => {
        this.adopt(panel);
        return Promise.resolve();
      },
    });
  }

  /** Brings the inspector that was used last to the front, or opens one, and selects a packet in it. */
  reveal(sequence?: number): void {
    const existing = this.lastActive ?? [...this.open].at(-1);
    existing?.panel.reveal();
    const { session } = existing ?? this.create();
    if (sequence !== undefined) session.reveal(sequence);
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

  private create(): InspectorPanel {
    return this.adopt(
      vscode.window.createWebviewPanel(inspectorViewType, 'MQTT Inspector', vscode.ViewColumn.Active, {}),
    );
  }

  private adopt(panel: vscode.WebviewPanel): InspectorPanel {
    const { log, extensionUri, opened, clear, copySelected, failed } = this.dependencies;
    const services = {
      copyText: (text: string) => vscode.env.clipboard.writeText(text),
      copySelected,
      chooseColumns,
    };
    opened();
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
        log,
        name: unguessable(),
        visible: () => panel.visible,
        clear,
        services,
        failed,
      }),
    );
    const inspector: InspectorPanel = { panel, session, dispose: () => stack.dispose() };
    stack.add(
      panel.onDidChangeViewState(() => {
        if (panel.active) this.lastActive = inspector;
        // The page is thrown away when it is hidden and loads anew when it shows.
        if (!panel.visible) session.closed();
      }),
    );
    panel.onDidDispose(() => {
      this.open.delete(inspector);
      if (this.lastActive === inspector) this.lastActive = undefined;
      inspector.dispose();
    });
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
}

function unguessable(): string {
  return crypto.randomUUID();
}
