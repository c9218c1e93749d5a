import * as vscode from 'vscode';
import { DisposableStack, type Disposable } from '../../base/lifecycle';
import { commandId } from '../../contributions/commands';
import { ContextFlag } from '../vscodeBindings';
import type { Connections } from './connections';
import type { LiveConnection } from './liveConnection';
import { statusText } from './statusText';

/** The status bar's item: which connections are up, or are being made again, how many messages a second come; and the keys that menus read. */
export class ConnectionStatus implements Disposable {
  private readonly held = new DisposableStack();
  private readonly item = this.held.add(
    vscode.window.createStatusBarItem('mqttWorkbench.connections', vscode.StatusBarAlignment.Left),
  );
  /** Rates change by themselves while something is up; nothing else does. */
  private timer: ReturnType<typeof setInterval> | undefined;
  private readonly connected = new ContextFlag('connected');
  private readonly hasConnections = new ContextFlag('hasConnections');

  constructor(private readonly connections: Connections) {
    this.item.name = 'MQTT Connections';
    this.item.command = commandId('showConnections');
    this.held.add(connections.onDidChange(() => this.update()));
    this.held.add({ dispose: () => clearInterval(this.timer) });
    this.update();
    this.item.show();
  }

  dispose(): void {
    this.held.dispose();
  }

  private update(): void {
    const up = this.connections.connected();
    this.connected.set(up.length > 0);
    this.keepTime(up.length > 0);
    this.hasConnections.set(this.connections.all().length > 0);
    const rate = up.reduce((sum, connection) => sum + connection.messagesPerSecond(), 0);
    const names = (some: readonly LiveConnection[]) => some.map(({ profile }) => profile.name);
    const reconnecting = this.connections.all().filter(({ isReconnecting }) => isReconnecting);
    const { shown: text, spoken } = statusText(names(up), names(reconnecting), rate);
    // VS Code draws the item anew with every assignment, the same or not.
    if (text === this.item.text && this.item.tooltip === `MQTT: ${spoken}`) return;
    this.item.text = text;
    this.item.tooltip = `MQTT: ${spoken}`;
    this.item.accessibilityInformation = { label: `MQTT: ${spoken}`, role: 'button' };
  }

  private keepTime(running: boolean): void {
    if (running === (this.timer !== undefined)) return;
    clearInterval(this.timer);
    this.timer = running ? setInterval(() => this.update(), 1000) : undefined;
  }
}
