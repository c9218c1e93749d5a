import * as vscode from 'vscode';
import type { ConnectionArgument } from '../../contributions/arguments';
import { showInformation, showWarning } from '../reporting/notifications';
import { withoutIcons } from '../reporting/plainText';
import { runCommand } from '../vscodeBindings';
import { connectionRow } from './connectionRow';
import type { Connections } from './connections';
import type { LiveConnection } from './liveConnection';

interface ConnectionItem extends vscode.QuickPickItem {
  readonly connection: LiveConnection;
}

/** Finds the connection a command is about: the one it was given, the only one there is, or the one a person picks. */
export class ConnectionPicker {
  constructor(private readonly connections: Connections) {}

  /** Any connection that `wanted` lets through; `none` says that there is no such one. */
  async pick(
    argument: ConnectionArgument | undefined,
    question: string,
    wanted: (connection: LiveConnection) => boolean = () => true,
    none = '',
  ): Promise<LiveConnection | undefined> {
    if (argument !== undefined) return this.given(argument);
    const candidates = this.connections.all().filter(wanted);
    if (candidates.length > 0) return ask(candidates, question);
    await this.tellThereIsNone(none);
    return undefined;
  }

  /**
   * A connection that is up or on its way back: the one given or the only one that is, without asking. One that is down is
   * connected first; if that fails the failure has been told and there is none.
   */
  async pickConnected(
    argument: ConnectionArgument | undefined,
    question: string,
    always = false,
  ): Promise<LiveConnection | undefined> {
    const lasting = this.connections.all().filter(({ isLasting }) => isLasting);
    const only = lasting.length === 1 && !always ? lasting[0] : undefined;
    const chosen = argument === undefined ? (only ?? (await this.pickAny(question))) : this.given(argument);
    return chosen && this.connect(chosen);
  }

  /** The connection once it is up, or at once where it is on its way back; undefined where it does not come up. */
  async connect(connection: LiveConnection): Promise<LiveConnection | undefined> {
    if (connection.isLasting) return connection;
    await connection.connect();
    if (this.connections.get(connection.key) !== connection) tellItIsGone();
    return connection.isConnected ? connection : undefined;
  }

  /** The one that was asked for and no other: what is meant for one server must not go to another. */
  private given({ connectionKey }: ConnectionArgument): LiveConnection | undefined {
    const connection = this.connections.get(connectionKey);
    if (connection === undefined) tellItIsGone();
    return connection;
  }

  private async pickAny(question: string): Promise<LiveConnection | undefined> {
    const all = this.connections.all();
    if (all.length > 0)
      return ask(
        [...all].sort((a, b) => Number(b.isLasting) - Number(a.isLasting)),
        question,
      );
    await this.tellThereIsNone();
    return undefined;
  }

  private async tellThereIsNone(none = ''): Promise<void> {
    if (this.connections.all().length > 0) {
      void showInformation(none);
      return;
    }
    await showInformation('There is no connection yet. Add the MQTT server you want to talk to.', {
      caption: 'Add Connection',
      run: () => runCommand('addConnection'),
    });
  }
}

function tellItIsGone(): void {
  void showWarning('That connection is no longer in the settings, so nothing was done.');
}

async function ask(
  connections: readonly LiveConnection[],
  question: string,
): Promise<LiveConnection | undefined> {
  const items = connections.map((connection): ConnectionItem => {
    const { label, description, icon } = connectionRow(connection);
    return {
      connection,
      label: withoutIcons(label),
      description: withoutIcons(description),
      iconPath: new vscode.ThemeIcon(icon[0]),
    };
  });
  const picked = await vscode.window.showQuickPick(items, {
    placeHolder: question,
    matchOnDescription: true,
  });
  return picked?.connection;
}
