import * as vscode from 'vscode';
import type { ConnectionProfile } from './connectionProfile';
import { passwordKey } from './passwordKey';

/** The passwords of connections, in the secret storage and nowhere else. */
export class Passwords {
  constructor(private readonly secrets: vscode.SecretStorage) {}

  async get(profile: ConnectionProfile): Promise<string | undefined> {
    return this.secrets.get(this.keyOf(profile));
  }

  /** Keeps a password; an empty one is none. */
  async set(profile: ConnectionProfile, password: string): Promise<void> {
    if (password === '') await this.secrets.delete(this.keyOf(profile));
    else await this.secrets.store(this.keyOf(profile), password);
  }

  async remove(profile: ConnectionProfile): Promise<void> {
    await this.secrets.delete(this.keyOf(profile));
  }

  /** Where the password of a profile is kept. Profiles that lead to different servers or users have different ones. */
  keyOf(profile: ConnectionProfile): string {
    const { workspaceFile, workspaceFolders } = vscode.workspace;
    return passwordKey(profile, (workspaceFile ?? workspaceFolders?.[0]?.uri)?.toString() ?? '');
  }
}
