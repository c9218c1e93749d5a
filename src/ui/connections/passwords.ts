import * as vscode from 'vscode';
import type { ConnectionProfile } from './connectionProfile';
import { passwordKey } from './passwordKey';

/** The passwords of connections, in the secret storage and nowhere else. */
export class Passwords {
  constructor(private readonly secrets: vscode.SecretStorage) {}

  async get(profile: ConnectionProfile): Promise<string | undefined> {
    return this.secrets.get(this.key(profile));
  }

  /** Keeps a password; an empty one is none. */
  async set(profile: ConnectionProfile, password: string): Promise<void> {
    if (password === '') await this.secrets.delete(this.key(profile));
    else await this.secrets.store(this.key(profile), password);
  }

  async remove(profile: ConnectionProfile): Promise<void> {
    await this.secrets.delete(this.key(profile));
  }

  private key(profile: ConnectionProfile): string {
    const { workspaceFile, workspaceFolders } = vscode.workspace;
    return passwordKey(profile, (workspaceFile ?? workspaceFolders?.[0]?.uri)?.toString() ?? '');
  }
}
