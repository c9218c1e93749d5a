import * as vscode from 'vscode';
import { addressOf, type ConnectionProfile } from './connectionProfile';

/**
 * Whether a profile may connect. What the settings of an untrusted workspace say may come from anybody, so a person has
 * to agree to the address each time.
 */
export async function mayConnect(profile: ConnectionProfile): Promise<boolean> {
  if (vscode.workspace.isTrusted || profile.scope === 'user') return true;
  const connect = 'Connect';
  const answer = await vscode.window.showWarningMessage(
    `Connect to ${addressOf(profile)}?`,
    {
      modal: true,
      detail: `The connection "${profile.name}" comes from the settings of this workspace, which you have not trusted. Connecting tells that server your address, and your user name and password if you stored them for it.`,
    },
    connect,
  );
  return answer === connect;
}
