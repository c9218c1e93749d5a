import * as vscode from 'vscode';
import type { ConnectionProfile } from './connectionProfile';
import { type SecretKind, secretKey } from './passwordKey';

/** The passwords of connections and what else they keep secret, in the secret storage and nowhere else. */
export class Passwords {
  constructor(private readonly secrets: vscode.SecretStorage) {}

  async get(profile: ConnectionProfile, kind: SecretKind = 'password'): Promise<string | undefined> {
    const key = this.keyOf(profile, kind);
    return key === undefined ? undefined : this.secrets.get(key);
  }

  /** Keeps a secret; an empty one is none. A connection that has no use for it keeps none. */
  async set(profile: ConnectionProfile, secret: string, kind: SecretKind = 'password'): Promise<void> {
    const key = this.keyOf(profile, kind);
    if (key === undefined) return;
    if (secret === '') await this.secrets.delete(key);
    else await this.secrets.store(key, secret);
  }

  async remove(profile: ConnectionProfile, kind: SecretKind = 'password'): Promise<void> {
    const key = this.keyOf(profile, kind);
    if (key !== undefined) await this.secrets.delete(key);
  }

  /**
   * Where a secret of a profile is kept; undefined where it has no use for one of that kind. Profiles that lead to
   * different servers or users have different ones.
   */
  keyOf(profile: ConnectionProfile, kind: SecretKind = 'password'): string | undefined {
    const { workspaceFile, workspaceFolders } = vscode.workspace;
    return secretKey(kind, profile, (workspaceFile ?? workspaceFolders?.[0]?.uri)?.toString() ?? '');
  }
}
