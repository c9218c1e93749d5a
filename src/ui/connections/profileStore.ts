import * as vscode from 'vscode';
import type { Event } from '../../base/lifecycle';
import { DisposableStack, Emitter, type Disposable } from '../../base/lifecycle';
import type { ConnectionSetting } from '../../contributions/settings';
import { onDidChangeSetting } from '../vscodeBindings';
import { type ParsedProfile, parseProfiles, type ProfileScope } from './connectionProfile';

const targets: Readonly<Record<ProfileScope, vscode.ConfigurationTarget>> = {
  user: vscode.ConfigurationTarget.Global,
  workspace: vscode.ConfigurationTarget.Workspace,
};

/** The connections that are written in the settings of the user and of the workspace. */
export class ProfileStore implements Disposable {
  private readonly held = new DisposableStack();
  private readonly changed = this.held.add(new Emitter<void>());
  readonly onDidChange: Event<void> = this.changed.event;

  constructor() {
    this.held.add(onDidChangeSetting('connections', () => this.changed.fire()));
  }

  /** Every entry, the user's first, with those that cannot be used. */
  all(): readonly ParsedProfile[] {
    return [
      ...parseProfiles(this.written('user'), 'user'),
      ...parseProfiles(this.written('workspace'), 'workspace'),
    ];
  }

  /** Whether there are settings of a workspace to write to. */
  get hasWorkspace(): boolean {
    return (
      vscode.workspace.workspaceFile !== undefined || (vscode.workspace.workspaceFolders ?? []).length > 0
    );
  }

  add(scope: ProfileScope, setting: ConnectionSetting): Promise<void> {
    return this.write(scope, [...this.entries(scope), setting]);
  }

  /** Replaces the entry called `name`; every other entry stays as it was written. */
  replace(scope: ProfileScope, name: string, setting: ConnectionSetting): Promise<void> {
    const entries = [...this.entries(scope)];
    const index = entries.findIndex((entry) => isNamed(entry, name));
    if (index < 0) entries.push(setting);
    else entries[index] = setting;
    return this.write(scope, entries);
  }

  remove(scope: ProfileScope, name: string): Promise<void> {
    const entries = [...this.entries(scope)];
    const index = entries.findIndex((entry) => isNamed(entry, name));
    if (index >= 0) entries.splice(index, 1);
    return this.write(scope, entries);
  }

  dispose(): void {
    this.held.dispose();
  }

  private entries(scope: ProfileScope): readonly unknown[] {
    const written = this.written(scope);
    return Array.isArray(written) ? (written as readonly unknown[]) : [];
  }

  private written(scope: ProfileScope): unknown {
    const found = vscode.workspace.getConfiguration('mqttWorkbench').inspect('connections');
    return scope === 'user' ? found?.globalValue : found?.workspaceValue;
  }

  private async write(scope: ProfileScope, entries: readonly unknown[]): Promise<void> {
    const value = entries.length === 0 ? undefined : entries;
    await vscode.workspace.getConfiguration('mqttWorkbench').update('connections', value, targets[scope]);
  }
}

function isNamed(entry: unknown, name: string): boolean {
  return typeof entry === 'object' && entry !== null && (entry as { name?: unknown }).name === name;
}
