import * as vscode from 'vscode';
import { type ArgumentName, type ArgumentOf, isArgument } from '../contributions/arguments';
import {
  type CommandArgument,
  commandDefinition,
  type CommandHandlers,
  commandId,
  type CommandName,
  commands,
} from '../contributions/commands';
import type { SettingName, SettingTypes } from '../contributions/settings';
import { type ContextKey, contextKeys, type ViewName, viewId } from '../contributions/views';
import type { Disposable } from '../base/lifecycle';
import { showInformation } from './reporting/notifications';

/** Where errors go that no caller waits for. */
export type ErrorSink = (what: string, error: unknown) => void;

/**
 * Registers a handler for every command there is. What a handler throws is reported as the failure of its command, so
 * that none ends in VS Code's bare error message.
 */
export function registerCommands(handlers: CommandHandlers, failed: ErrorSink): Disposable {
  return vscode.Disposable.from(
    ...(Object.keys(commands) as CommandName[]).map((name) => registerCommand(name, handlers[name], failed)),
  );
}

function registerCommand<N extends CommandName>(
  name: N,
  handler: CommandHandlers[N],
  failed: ErrorSink,
): Disposable {
  const { argument, title } = commandDefinition(name);
  return vscode.commands.registerCommand(commandId(name), async (...given: readonly unknown[]) => {
    try {
      // A menu of a tree hands over its row. VS Code loses it for a moment while it draws the row anew; what is meant
      // then is neither the selected row nor to be guessed.
      if (argument !== undefined && given.length > 0 && given[0] === undefined) return tellRowWasLost();
      return await (handler as (argument: unknown) => unknown)(known(argument, given[0]));
    } catch (error) {
      failed(title.replace(/…$/, ''), error);
      return undefined;
    }
  });
}

function tellRowWasLost(): void {
  void showInformation('That row was being drawn anew, so nothing was done. Try again.');
}

function known<A extends ArgumentName>(name: A | undefined, given: unknown): ArgumentOf<A> | undefined {
  return name !== undefined && isArgument(name, given) ? given : undefined;
}

/** A command with its argument, as rows and lenses carry it. */
export function commandLink<N extends CommandName>(
  name: N,
  title: string,
  argument?: CommandArgument<N>,
): vscode.Command {
  return { command: commandId(name), title, ...(argument !== undefined && { arguments: [argument] }) };
}

/** Runs one of the extension's own commands, as a person would. */
export async function runCommand<N extends CommandName>(
  name: N,
  argument?: CommandArgument<N>,
): Promise<void> {
  await vscode.commands.executeCommand(commandId(name), ...(argument === undefined ? [] : [argument]));
}

export function readSetting<N extends SettingName>(name: N): SettingTypes[N] {
  return vscode.workspace.getConfiguration('mqttWorkbench').get(name) as SettingTypes[N];
}

/** Writes a setting into those of the user. */
export function writeUserSetting(name: SettingName, value: unknown): Thenable<void> {
  return vscode.workspace
    .getConfiguration('mqttWorkbench')
    .update(name, value, vscode.ConfigurationTarget.Global);
}

/** Writes a setting into those of the workspace, or of the user where nothing is open. */
export function writeWorkspaceSetting(name: SettingName, value: unknown): Thenable<void> {
  const isOpen = (vscode.workspace.workspaceFolders ?? []).length > 0;
  const target = isOpen ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global;
  return vscode.workspace.getConfiguration('mqttWorkbench').update(name, value, target);
}

/** Calls back when a setting may have another value. */
export function onDidChangeSetting(name: SettingName, listener: () => void): Disposable {
  return vscode.workspace.onDidChangeConfiguration((change) => {
    if (change.affectsConfiguration(`mqttWorkbench.${name}`)) listener();
  });
}

/** Sets a context key that `when` clauses read; VS Code is told only when the value changes. */
export class ContextFlag {
  private value: boolean | undefined;

  constructor(private readonly key: ContextKey) {}

  set(value: boolean): void {
    if (value === this.value) return;
    this.value = value;
    void vscode.commands.executeCommand('setContext', contextKeys[this.key], value);
  }
}

export function createTreeView<T>(name: ViewName, provider: vscode.TreeDataProvider<T>): vscode.TreeView<T> {
  return vscode.window.createTreeView(viewId(name), { treeDataProvider: provider, showCollapseAll: true });
}

/** A codicon in a colour of the theme. */
export function themeIcon(codicon: string, color?: string): vscode.ThemeIcon {
  return new vscode.ThemeIcon(codicon, color === undefined ? undefined : new vscode.ThemeColor(color));
}
