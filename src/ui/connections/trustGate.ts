import * as vscode from 'vscode';
import { agreesTo } from '../reporting/notifications';
import { addressOf, type ConnectionProfile } from './connectionProfile';
import { isInsecure } from './networkProfile';

/**
 * Whether a profile may connect. What the settings of an untrusted workspace say may come from anybody, so a person has
 * to agree to the address each time.
 */
export async function mayConnect(profile: ConnectionProfile): Promise<boolean> {
  if (vscode.workspace.isTrusted || profile.scope === 'user') return true;
  return agreesTo(
    'Connect',
    `Connect to ${addressOf(profile)}?`,
    `The connection "${profile.name}" comes from the settings of this workspace, which you have not trusted. Connecting tells that server your address, and your user name and password if you stored them for it.${
      isInsecure(profile)
        ? ' Its certificate would not be verified, so anybody in between could read them too.'
        : ''
    }`,
  );
}
